"""Writes goldens/folders.json: what transformers makes of folders of tokenizers as published.

    python make_folder_goldens.py        # see requirements.txt

The tokenizers are small and trained on sentences of this project: byte-level BPE as vocab.json and
merges.txt, a vocab.txt, SentencePiece models, and the kinds of trained.py. Each case is a set of files
as a model is published with them, and what `AutoTokenizer` of transformers gives for the texts.
"""

import base64
import json
import os
import pathlib
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
from transformers import AutoTokenizer  # noqa: E402

from small_tokenizers import ALBERT, DEBERTA, XLM_ROBERTA, byte_level, kind, pieces, words  # noqa: E402
from trained import KINDS  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = [
    "", " ", "Hello, world!", " hello  there ", "You're an idiot, aren't you?  I'LL say it",
    "a  b   c\n\nd\r\ne", "12,345.67 ٣٤ ⅷ 2,", "tu es bête, e\u0301 É Œuvre naïve", "İstanbul ΣΑΣ ß",
    "x <mask> y<mask>  <s></s>", "[CLS] a [SEP] b  [MASK] c[MASK] <unk>", "<|endoftext|> a <x>b <y> y",
    "``quoted'' `a' text", "中文，测试 👨‍👩‍👧 👍🏽", "\u200bzero\u00a0width\u3000x\u0085", "ﬁne ½ ™ Å",
    "▁▁a ▁b", "<pad> [PAD]z <0x41>", "aaaaaaaaaaaaaaaaaaaaaaaa bbbbb", "1234567 in 2024, 1st",
    "a" + " " * 30 + "b   c  \t d ", "\n\n\n x\n  \n\n\n\n\n\n\n\n\n", "<bos><eos> <table>a</table> [MASK]",
    "<|begin_of_text|>a<think> |||IP_ADDRESS||| <|im_end|>", "'s 'LL x'Re ''t 'ſ !!?\n\n;\r\n",
    "Query: How fast does light travel in a vacuum?", "a\ud83d b".encode("utf-16", "surrogatepass")
    .decode("utf-16", "replace"), "नमस्ते क्षत्रिय ไทย 한국 각",
]
def text(content):
    """A file as it stands in the goldens: its text, or its bytes in base64."""
    if isinstance(content, str):
        return content
    return {"base64": base64.b64encode(content).decode()}


SETS = {
    "roberta": byte_level("roberta"), "deberta": byte_level("deberta"),
    "gpt2": byte_level("gpt2"), "qwen": byte_level("qwen"), "bert": words(),
    "albert": {"spiece.model": text(pieces(**ALBERT))},
    "xlm-roberta": {"sentencepiece.bpe.model": text(pieces(**XLM_ROBERTA))},
    "deberta-v2": {"spm.model": text(pieces(**DEBERTA))},
}
SETS |= {f"kind of {name}": kind(name) for name in KINDS}


def change(text, old, new):
    assert old in text
    return text.replace(old, new)


R = SETS["roberta"]["merges.txt"]
CHANGED = {
    "merges without a version line": {"merges.txt": change(R, "#version: 0.2\n", "")},
    "merges with CR LF": {"merges.txt": R.replace("\n", "\r\n")},
    "merges without a last line feed": {"merges.txt": R[:-1]},
    "a merge twice": {"merges.txt": change(R, "#version: 0.2\n", "#version: 0.2\n" + "".join(
        R.splitlines(True)[9:11]))},
}
OBJECT = {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False,
          "normalized": True}
MAP = {
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>",
    "pad_token": "<pad>", "cls_token": "<s>", "mask_token": OBJECT}
QWEN = {"<|endoftext|>": 460, "<|im_start|>": 461, "<|im_end|>": 462}
DECODER = {
    str(id): {"content": token, "lstrip": False, "normalized": False, "rstrip": False,
              "single_word": False, "special": True} for token, id in QWEN.items()}


def case(name, tokenizer, config=None, model=None, map=None, added=None, files=None):
    beside = {
        "tokenizer_config.json": config, "config.json": model and {"model_type": model},
        "special_tokens_map.json": map, "added_tokens.json": added}
    return {"name": name, "tokenizer": tokenizer, "files": {
        **{name: json.dumps(content) for name, content in beside.items() if content is not None},
        **(files or {})}}


def cases():
    def of(name, **keys):
        return {"tokenizer_class": name, **keys}

    for name in ("Roberta", "Longformer", "Bart", "LED", "Mvp", "GPT2", "Deberta"):
        tokenizer = {"GPT2": "gpt2", "Deberta": "deberta"}.get(name, "roberta")
        yield case(f"{name} by name", tokenizer, of(f"{name}Tokenizer"))
        yield case(f"{name} with a space in front", tokenizer, of(
            f"{name}Tokenizer", add_prefix_space=True))
    for model, tokenizer in {
            "roberta": "roberta", "gpt2": "gpt2", "deberta": "deberta", "qwen2": "qwen",
            "qwen3": "qwen", "xlm-roberta": "xlm-roberta", "camembert": "xlm-roberta",
            "deberta-v2": "deberta-v2", "albert": "albert", "bert": "bert", "distilbert": "bert",
            "electra": "bert", "longformer": "roberta", "bart": "roberta"}.items():
        yield case(f"model_type {model}", tokenizer, model=model)
    for name, files in CHANGED.items():
        yield case(name, "roberta", model="roberta", files=files)
        yield case(f"Qwen2: {name}", "roberta", of("Qwen2Tokenizer"), files=files)
    yield case("twitter-roberta-base-hate", "roberta", model="roberta", map=MAP)
    yield case("roberta and trim_offsets", "roberta", of("RobertaTokenizer", trim_offsets=False))
    yield case("special tokens by other names", "roberta", of(
        "RobertaTokenizer", cls_token="<x>", mask_token="<y>", pad_token="<mask>"))
    yield case("new tokens", "roberta", model="roberta", added={"<x>": 461, "<y>": 462})
    yield case("new tokens, one of them special", "roberta", model="roberta",
               added={"<y>": 462, "<x>": 461}, map={**MAP, "additional_special_tokens": ["<x>"]})
    yield case("new tokens with other ids", "roberta", model="roberta", added={"<x>": 600})
    yield case("DialoGPT", "gpt2", model="gpt2", map={
        "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
        added={"<x>": 457})
    yield case("GPT2 with a padding token", "gpt2", of("GPT2Tokenizer", pad_token="<x>"))
    yield case("GPT2 and add_bos_token", "gpt2", of("GPT2Tokenizer", add_bos_token=True))
    yield case("Deberta and add_bos_token", "deberta", of("DebertaTokenizer", add_bos_token=True))
    yield case("KoalaAI", "deberta", of("DebertaTokenizer", do_lower_case=False, bos_token="[CLS]"),
               model="deberta", map={"mask_token": {**OBJECT, "content": "[MASK]"}})
    yield case("Qwen2 as first published", "qwen", of(
        "Qwen2Tokenizer", eos_token="<|endoftext|>", pad_token="<|endoftext|>", unk_token=None,
        additional_special_tokens=["<|im_start|>", "<|im_end|>"]), added=QWEN)
    yield case("Qwen2", "qwen", of(
        "Qwen2Tokenizer", eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token=None,
        added_tokens_decoder=DECODER))
    for lower in (None, True, False):
        for accents in (None, True, False):
            keys = {"do_lower_case": lower, "keep_accents": accents, "remove_space": accents}
            keys = {key: value for key, value in keys.items() if value is not None}
            yield case(f"Albert {keys}", "albert", of("AlbertTokenizer", **keys))
    yield case("Albert with a mask of other options", "albert", of(
        "AlbertTokenizer", mask_token={**OBJECT, "content": "[MASK]", "__type": "AddedToken"}))
    yield case("Albert with new tokens", "albert", model="albert", added={"<x>": 300, "<y>": 301})
    yield case("Bert, cased", "bert", of("BertTokenizer", do_lower_case=False))
    yield case("Bert with new tokens", "bert", model="bert", added={"<x>": 400})
    for name in KINDS:
        if name != "roberta":
            yield case(f"kind of {name}", f"kind of {name}")
    yield case("kind of roberta", "kind of roberta", model="roberta")
    # Qwen3's and Gemma's classes by the model type, and what their keys change.
    yield case("kind of gemma, gemma3_text", "kind of gemma", {}, model="gemma3_text")
    yield case("kind of gemma, bos and eos", "kind of gemma-class", of(
        "GemmaTokenizer", add_bos_token=True, add_eos_token=True))
    yield case("kind of modernbert by its model type", "kind of modernbert", {
        "cls_token": "[CLS]"}, model="modernbert")
    yield case("XLM-R with a map", "xlm-roberta", model="xlm-roberta", map=MAP)


def result(entry):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**SETS[entry["tokenizer"]], **entry["files"]}.items():
            if isinstance(content, dict):
                pathlib.Path(folder, name).write_bytes(base64.b64decode(content["base64"]))
            else:
                pathlib.Path(folder, name).write_bytes(content.encode())
        tokenizer = AutoTokenizer.from_pretrained(folder)
        rows = []
        for text in TEXTS:
            encoding = tokenizer(text, return_offsets_mapping=True)
            row = {"ids": encoding["input_ids"],
                   "offsets": [x for pair in encoding["offset_mapping"] for x in pair]}
            if "token_type_ids" in encoding:
                row["types"] = encoding["token_type_ids"]
            rows.append(row)
        return {"results": rows, "class": type(tokenizer).__name__}


def main():
    entries = []
    for entry in cases():
        try:
            entries.append({**entry, **result(entry)})
        except Exception as error:  # What the reference refuses is no golden.
            print(f"{entry['name']}: {type(error).__name__}: {str(error)[:100]}")
    text = json.dumps(
        {"tokenizers": SETS, "texts": TEXTS, "cases": entries}, separators=(",", ":"))
    (HERE / "goldens" / "folders.json").write_text(text.replace('},{"name"', '},\n{"name"') + "\n")
    print(f"{len(entries)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
