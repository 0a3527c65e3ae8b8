"""Writes goldens/*.json: small tokenizers, one for each component, and what the reference library
makes of the texts in nasty_texts.py.

    python make_goldens.py        # see requirements.txt; the real files need the shared data
"""

import json
import os
import pathlib
import tempfile

from tokenizers import (
    AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers)

from nasty_texts import SHORT, clean

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ.get("MODERATION_DATA", HERE.parents[3] / "shared/data"))
TEXTS = [clean(text) for text in SHORT]
CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def result(encoding):
    out = {"ids": encoding.ids, "offsets": [x for pair in encoding.offsets for x in pair]}
    if any(encoding.type_ids):
        out["types"] = encoding.type_ids
    if any(encoding.special_tokens_mask):
        out["special"] = encoding.special_tokens_mask
    return out


def write(name, content):
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    (HERE / "goldens" / f"{name}.json").write_text(text + "\n")


def golden(name, tokenizer, texts=TEXTS):
    write(name, {
        "tokenizer": json.loads(tokenizer.to_str()),
        "results": [result(tokenizer.encode(text)) for text in texts],
    })


def characters(normalizer):
    """Every character of the normalised texts but a few is a token, so ids show the text."""
    seen = sorted({c for text in TEXTS for c in normalizer.normalize_str(text)})
    vocab = {"<unk>": 0}
    for c in seen[::2]:
        vocab[c] = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab, [], unk_token="<unk>", fuse_unk=False))
    tokenizer.normalizer = normalizer
    return tokenizer


def words(pre_tokenizer):
    """Every other word of the texts is a token, so ids and offsets show the words."""
    seen = sorted({w for text in TEXTS for w, _ in pre_tokenizer.pre_tokenize_str(text)})
    vocab = {"<unk>": 0}
    for w in seen[::2]:
        if len(w) < 12:
            vocab[w] = len(vocab)
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def charsmap():
    """A tiny precompiled charsmap: é as one or two scalars → E, ™ → TM, U+0001 → nothing,
    CR → space, a + U+0301 → â."""
    entries = {"é": "E", "e\u0301": "e'", "™": "TM", "\x01": "", "\r": " ", "ª": "a", "ﬁ": "fi"}
    nodes, base_of = [{}], {}
    values, pool = {}, b""
    for key, value in entries.items():
        node = 0
        for byte in key.encode():
            if byte not in nodes[node]:
                nodes.append({})
                nodes[node][byte] = len(nodes) - 1
            node = nodes[node][byte]
        values[node] = len(pool)
        pool += value.encode() + b"\0"
    units = [0] * (256 * (len(nodes) + 1))
    base = [256 * (i + 1) for i in range(len(nodes))]
    units[0] = base[0] << 10
    for i, node in enumerate(nodes):
        for byte, child in node.items():
            at = base[i] ^ byte
            units[at] = (at ^ base[child]) << 10 | (child in values) << 8 | byte
            if child in values:
                units[base[child]] = 1 << 31 | values[child]
    import struct
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + pool


def normalizer_goldens():
    n = normalizers
    cases = {
        "NFC": n.NFC(), "NFD": n.NFD(), "NFKC": n.NFKC(), "NFKD": n.NFKD(),
        "Lowercase": n.Lowercase(), "Nmt": n.Nmt(), "ByteLevel": n.ByteLevel(),
        "Strip": n.Strip(), "StripRight": n.Strip(left=False), "Prepend": n.Prepend("▁x"),
        "ReplaceString": n.Replace("ll", "<L>"), "ReplaceExpression": n.Replace(Regex(r"\s+"), "_"),
        "ReplaceSpaces": n.Replace(Regex(" {2,}"), "▁"),
        "Precompiled": n.Precompiled(charsmap()),
        "StripAccents": n.Sequence([n.NFD(), n.StripAccents()]),
        "BertUncased": n.BertNormalizer(),
        "BertCased": n.BertNormalizer(lowercase=False),
        "BertAccents": n.BertNormalizer(clean_text=False, strip_accents=False),
        "Sequence": n.Sequence([
            n.Nmt(), n.NFKC(), n.Replace("a", "aa"), n.Strip(), n.Lowercase(), n.Prepend("_")]),
    }
    for name, normalizer in cases.items():
        golden(f"normalizer-{name}", characters(normalizer))


def pre_tokenizer_goldens():
    p = pre_tokenizers
    cases = {
        "Bert": p.BertPreTokenizer(), "Whitespace": p.Whitespace(),
        "WhitespaceSplit": p.WhitespaceSplit(),
        "Digits": p.Digits(individual_digits=False), "DigitsIndividual": p.Digits(True),
        "CharDelimiterSplit": p.CharDelimiterSplit("a"),
        "Metaspace": p.Metaspace(), "MetaspaceFirst": p.Metaspace("_", "first"),
        "MetaspaceNever": p.Metaspace(prepend_scheme="never", split=False),
        "ByteLevel": p.ByteLevel(), "ByteLevelPlain": p.ByteLevel(False, True, False),
        "SplitCl100k": p.Sequence([
            p.Split(Regex(CL100K), "isolated"), p.ByteLevel(False, use_regex=False)]),
        "SplitInverted": p.Split(Regex(r"[\p{Lu}a-c]+|\d{2,}?|\bt\w*"), "removed", invert=True),
        "FixedLength": p.FixedLength(length=4),
        "Sequence": p.Sequence([p.WhitespaceSplit(), p.Punctuation("contiguous"), p.Metaspace()]),
    }
    for behavior in (
            "removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        cases["Punctuation-" + behavior] = p.Punctuation(behavior)
        cases["Split-" + behavior] = p.Split(" ", behavior)
    for name, pre_tokenizer in cases.items():
        golden(f"pretokenizer-{name}", words(pre_tokenizer))


def unigram(byte_fallback, unknown=0):
    vocab = [("<unk>", 0.0), ("▁", -2.0), ("▁a", -3.5), ("a", -3.5), ("aa", -5.0), ("aaa", -7.0),
             ("l", -4.0), ("lo", -4.5), ("▁he", -4.0), ("llo", -5.1), ("e", -3.0), ("he", -4.4),
             ("o", -3.3), ("w", -6.0), ("wor", -6.5), ("r", -3.1), ("d", -4.0), ("世", -9.0),
             ("é", -7.25), ("!", -5.0), ("a", -3.25)]
    if byte_fallback:
        vocab += [(f"<0x{b:02X}>", 0.0) for b in range(256) if b != 0xF0]
    tokenizer = Tokenizer(models.Unigram(vocab, unknown, byte_fallback))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def bpe(alphabet, **options):
    merges = [("l", "l"), ("ll", "o"), ("h", "e"), ("t", "h"), ("th", "e"), ("a", "a"),
              ("aa", "a"), ("aa", "aa"), ("y", "e"), ("ye", "s"), ("e", "r")]
    prefix = options.get("continuing_subword_prefix", "")
    suffix = options.get("end_of_word_suffix", "")
    vocab = {}
    for token in ["<unk>"] + alphabet:
        vocab.setdefault(token, len(vocab))
    if prefix:
        merges = [("h", "##e"), ("##l", "##l"), ("##ll", "##o"), ("he", "##llo"), ("t", "##h")]
        for token in alphabet:
            vocab.setdefault(prefix + token, len(vocab))
    if suffix:
        merges += [("o", "r"), ("e", "</w>"), ("th", "e</w>")]
        for token in alphabet + [""]:
            vocab.setdefault(token + suffix, len(vocab))
    for a, b in merges:
        vocab.setdefault(a + b[len(prefix):] if prefix else a + b, len(vocab))
    if options.get("byte_fallback"):
        for b in range(256):
            vocab.setdefault(f"<0x{b:02X}>", len(vocab))
    if options.get("ignore_merges"):
        vocab["yesterday"] = len(vocab)
    return Tokenizer(models.BPE(vocab, merges, **options))


def model_goldens():
    letters = [chr(c) for c in range(33, 127) if chr(c) not in "zZ"] + ["é", "世"]
    wordpiece = {t: i for i, t in enumerate(
        ["[PAD]", "[UNK]", "he", "##l", "##lo", "hello", "w", "##o", "##r", "##ld", "a", "##a",
         "##aa", ",", "!", "##é", "the", "##yes", "yes", "##ter", "##day", "##", "x", "中", "ç"])}
    tokenizer = Tokenizer(models.WordPiece(wordpiece, unk_token="[UNK]", max_input_chars_per_word=20))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    golden("model-WordPiece", tokenizer)
    tokenizer = Tokenizer(models.WordPiece({"u": 0, "+a": 1, "a": 2}, unk_token="u",
                                           continuing_subword_prefix="+"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    golden("model-WordPieceOneContinuation", tokenizer)
    golden("model-Unigram", unigram(False))
    golden("model-UnigramBytes", unigram(True))
    for name, options in {
        "BPE": dict(unk_token="<unk>"), "BPEFused": dict(unk_token="<unk>", fuse_unk=True),
        "BPENoUnknown": {}, "BPEPrefix": dict(unk_token="<unk>", continuing_subword_prefix="##"),
        "BPESuffix": dict(unk_token="<unk>", end_of_word_suffix="</w>"),
        "BPEBytes": dict(unk_token="<unk>", byte_fallback=True, fuse_unk=True),
        "BPEIgnoreMerges": dict(unk_token="<unk>", ignore_merges=True),
    }.items():
        tokenizer = bpe(letters, **options)
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        golden(f"model-{name}", tokenizer)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(
        vocab_size=400, show_progress=False, special_tokens=["<s>", "</s>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    golden("model-BPEByteLevel", tokenizer)


def post_processor_goldens():
    pairs = [("Hello there", " the end "), ("", "a"), ("a", ""), ("  x  y", "İ é  <mask> z")]
    cases = {
        "Template": processors.TemplateProcessing(
            single="[Z]:3 $A:2 [Y]", pair="[Z] $B:1 [Y]:4 $A:0",
            special_tokens=[("[Z]", 5), {"id": "[Y]", "ids": [7, 8], "tokens": ["y", "z"]}]),
        "Bert": processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1)),
        "Roberta": processors.RobertaProcessing(("</s>", 2), ("<s>", 1)),
        "RobertaUntrimmed": processors.RobertaProcessing(("</s>", 2), ("<s>", 1), False, False),
        "RobertaNoPrefix": processors.RobertaProcessing(("</s>", 2), ("<s>", 1), True, False),
        "ByteLevel": processors.ByteLevel(trim_offsets=True),
        "Sequence": processors.Sequence([
            processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
            processors.TemplateProcessing(
                single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])]),
        "None": None,
    }
    for name, processor in cases.items():
        tokenizer = bpe([chr(c) for c in range(33, 127)] + ["Ġ", "Ã", "©"], unk_token="<unk>")
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=name == "Roberta")
        tokenizer.add_tokens([AddedToken("<mask>", lstrip=True, rstrip=True, special=True)])
        if processor:
            tokenizer.post_processor = processor
        singles = [a for a, _ in pairs] + [b for _, b in pairs]
        longs = []
        for size, stride in ((6, 0), (8, 2), (7, 1)):
            for side in ("right", "left"):
                tokenizer.enable_truncation(size, stride=stride, direction=side)
                text = "the yesterday hello there aaaaaaa bb"
                e = tokenizer.encode(text)
                tokenizer.enable_truncation(size, direction=side)
                p = tokenizer.encode(text, "hello the")
                longs.append({
                    "text": text, "pair": "hello the", "size": size, "overlap": stride,
                    "side": side, "windows": [result(w) for w in [e] + e.overflowing],
                    "truncatedPair": result(p)})
        tokenizer.no_truncation()
        write(f"postprocessor-{name}", {
            "tokenizer": json.loads(tokenizer.to_str()),
            "texts": [{"text": t, **result(tokenizer.encode(t))} for t in singles],
            "plain": [{"text": t, **result(tokenizer.encode(t, add_special_tokens=False))}
                      for t in singles],
            "pairs": [{"text": a, "pair": b, **result(tokenizer.encode(a, b))} for a, b in pairs],
            "windows": longs,
        })


def added_token_goldens():
    tokenizer = bpe([chr(c) for c in range(33, 127)], unk_token="<unk>")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    tokenizer.add_tokens([
        AddedToken("Yesterday", normalized=True, single_word=True),
        AddedToken("the", normalized=False, single_word=True), AddedToken("<mask>", lstrip=True),
        AddedToken("[SEP]", rstrip=True, normalized=False), AddedToken("[SEP] b", special=True),
        AddedToken("ﬁne", normalized=True), AddedToken("aaaa"), AddedToken("aa"),
        AddedToken("there", lstrip=True, rstrip=True, single_word=True)])
    tokenizer.add_special_tokens(["[CLS]", "<s>", "é"])
    extra = ["hello there, the Yesterday", "YESTERDAY the[SEP] b[SEP]  c", "  <MASK>  <mask>x",
             "breathe the_the the", "aaaaaaaa aaa", "FINE ﬁne  there  there"]
    write("added-tokens", {
        "tokenizer": json.loads(tokenizer.to_str()),
        "texts": [{"text": t, **result(tokenizer.encode(t))} for t in TEXTS + extra]})


def real_goldens():
    from transformers import (
        BertTokenizerFast, CamembertTokenizerFast, DebertaV2TokenizerFast, XLMRobertaTokenizerFast)
    import shutil
    import transformers
    transformers.logging.set_verbosity_error()

    def converted(kind, file):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(DATA / "tokenizers" / file, folder)
            return kind.from_pretrained(folder).backend_tokenizer

    def loaded(file):
        tokenizer = Tokenizer.from_file(str(DATA / "tokenizers" / file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    for name, tokenizer in {
        "bert": loaded("bert-base-uncased/tokenizer.json"),
        "bert-vocabulary": converted(BertTokenizerFast, "bert-base-uncased/vocab.txt"),
        "mpnet": loaded("all-mpnet-base-v2/tokenizer.json"),
        "xlm-roberta": converted(
            XLMRobertaTokenizerFast, "xlm-roberta/sentencepiece.bpe.model"),
        "camembert": converted(CamembertTokenizerFast, "xlm-roberta/sentencepiece.bpe.model"),
        "deberta": converted(DebertaV2TokenizerFast, "deberta-v3/spm.model"),
    }.items():
        write(f"real-{name}", {"results": [result(tokenizer.encode(text)) for text in TEXTS]})


if __name__ == "__main__":
    (HERE / "goldens").mkdir(exist_ok=True)
    write("texts", {"texts": SHORT})
    normalizer_goldens()
    pre_tokenizer_goldens()
    model_goldens()
    post_processor_goldens()
    added_token_goldens()
    real_goldens()
