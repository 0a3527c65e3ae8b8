"""Tokenizers of the kinds of Qwen2, Llama 3, GPT-2, ModernBERT and Gemma, trained on given texts.

The real ones are large; these have their normalisers, patterns, added tokens and post-processors,
with words of the texts at hand. Each maker writes the files of a published folder and returns
nothing, so that transformers and this library read the same folder.
"""

import collections
import json
import pathlib

from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
    trainers)

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def byte_level(texts, size, pre_tokenizer, normalizer=None, special=(), **options):
    tokenizer = Tokenizer(models.BPE(**options))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, show_progress=False, special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def write(folder, files):
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        pathlib.Path(folder, name).write_text(text)


def vocabulary_and_merges(tokenizer, last=()):
    model = json.loads(tokenizer.to_str())["model"]
    vocab = model["vocab"]
    for token in last:
        vocab[token] = len(vocab)
    merges = "".join(f"{left} {right}\n" for left, right in model["merges"])
    return {"vocab.json": vocab, "merges.txt": "#version: 0.2\n" + merges}


def qwen2(texts, size, folder):
    """vocab.json and merges.txt with a list of added tokens, as Qwen2 and Qwen3 are published."""
    tokenizer = byte_level(texts, size, split(QWEN2), normalizers.NFC())
    files = vocabulary_and_merges(tokenizer)
    count = len(files["vocab.json"])
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>"]
    files["tokenizer_config.json"] = {
        "tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>", "unk_token": None, "bos_token": None,
        "added_tokens_decoder": {
            str(count + i): {
                "content": token, "lstrip": False, "normalized": False, "rstrip": False,
                "single_word": False, "special": token != "<think>"}
            for i, token in enumerate(tokens)}}
    write(folder, files)


def llama3(texts, size, folder):
    """A tokenizer.json whose words go before the merges: some are in no merge at all."""
    texts = list(texts)
    tokenizer = byte_level(texts, size, split(LLAMA3), ignore_merges=True)
    content = json.loads(tokenizer.to_str())
    vocab = content["model"]["vocab"]
    words = collections.Counter()
    for text in texts:
        words.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text))
    for word, _ in words.most_common(size * 3):
        if len(vocab) < size * 1.1:
            vocab.setdefault(word, len(vocab))
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.add_special_tokens(
        ["<|begin_of_text|>", "<|end_of_text|>", "<|mask|>", "<|parallel_sep|>", "<|pad|>"])
    begin = tokenizer.token_to_id("<|begin_of_text|>")
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True), processors.TemplateProcessing(
            single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", begin)])])
    tokenizer.save(str(pathlib.Path(folder, "tokenizer.json")))
    write(folder, {"tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>",
        "eos_token": "<|end_of_text|>", "pad_token": "<|pad|>", "mask_token": "<|mask|>",
        "model_input_names": ["input_ids", "attention_mask"]}})


def gpt2(texts, size, folder):
    """vocab.json and merges.txt of GPT-2."""
    pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    files = vocabulary_and_merges(byte_level(texts, size, pre_tokenizer), ["<|endoftext|>"])
    write(folder, {**files, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"}})


def roberta(texts, size, folder):
    """vocab.json and merges.txt of RoBERTa, and its class by the model type alone."""
    tokenizer = byte_level(
        texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False),
        special=["<s>", "<pad>", "</s>", "<unk>"])
    write(folder, vocabulary_and_merges(tokenizer, ["<mask>"]))


def modernbert(texts, size, folder):
    """ModernBERT's: GPT-2's pattern behind NFC, and added tokens for runs of 2 to 24 spaces."""
    tokenizer = byte_level(
        texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.NFC(),
        special=["|||IP_ADDRESS|||", "<|padding|>"])
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True) for n in range(24, 1, -1)])
    tokenizer.add_tokens(
        [AddedToken(t, normalized=True) for t in ("|||EMAIL_ADDRESS|||", "|||PHONE_NUMBER|||")])
    tokenizer.add_special_tokens(
        ["<|endoftext|>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", AddedToken("[MASK]", lstrip=True)])
    ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends)
    tokenizer.save(str(pathlib.Path(folder, "tokenizer.json")))
    write(folder, {"tokenizer_config.json": {
        "tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "pad_token": "[PAD]", "mask_token": "[MASK]", "unk_token": "[UNK]",
        "model_input_names": ["input_ids", "attention_mask"]}})


def gemma(texts, size, folder, ends_with="<eos>"):
    """Gemma's: spaces become ▁, nothing in front, a gap between added tokens is one word, and
    what is no token becomes its bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    # Words for the training alone: without them its time would grow with the texts' lengths.
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, show_progress=False, limit_alphabet=400,
        special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)]))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    content = json.loads(tokenizer.to_str())
    # The bytes are tokens of the model and not looked for in texts.
    content["added_tokens"] = [t for t in content["added_tokens"] if t["content"] in special]
    content["pre_tokenizer"] = {
        "type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious",
        "invert": False}
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.add_tokens([
        AddedToken(text, normalized=False)
        for text in ["\n" * n for n in range(1, 8)] + ["▁" * n for n in range(2, 8)]
        + ["<unused0>", "<table>", "</table>"]])
    parts = ["<bos>", "<eos>"]
    ends = " <eos>" if ends_with else ""
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"<bos> $A{ends}", pair=f"<bos> $A{ends} <bos>:1 $B:1{ends and ends + ':1'}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in parts])
    tokenizer.save(str(pathlib.Path(folder, "tokenizer.json")))
    config = {
        "bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>",
        "mask_token": "<mask>", "model_input_names": ["input_ids", "attention_mask"]}
    # The class of Gemma writes the ends itself; a plain one takes those of the file.
    name = "PreTrainedTokenizerFast" if ends_with else "GemmaTokenizer"
    write(folder, {"tokenizer_config.json": {"tokenizer_class": name, **config}})


def gemma_class(texts, size, folder):
    """The same with the class of Gemma, which adds <bos> alone."""
    gemma(texts, size, folder, ends_with="")


KINDS = {
    "qwen2": qwen2, "llama3": llama3, "gpt2": gpt2, "roberta": roberta, "modernbert": modernbert,
    "gemma": gemma, "gemma-class": gemma_class}
