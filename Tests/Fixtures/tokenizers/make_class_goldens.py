"""Writes goldens/classes.json: what transformers' tokenizer classes make of small tokenizer.json
files with the keys of tokenizer_config.json, special_tokens_map.json and added_tokens.json.

    python make_class_goldens.py        # see requirements.txt

The named cases stand for one rule each; the others are drawn at random (from a fixed seed) out of
the keys and values that have an effect, so that rules meet each other.
"""

import json
import os
import pathlib
import random
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
from transformers import AutoTokenizer  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = [
    "a B é 中b", "a [MASK] b", "<mask> [SEP]c", "x <y> [cls] Foo foo", "  a  <mask>b [UNK]",
    "É<s>b</s>", "[QUESTION] <x> a", "A a a a b b b c c", "",
]


def added(id, content, special=True, **options):
    token = {
        "id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
        "normalized": not special, "special": special}
    return {**token, **options}


def file(vocab, tokens, model, **parts):
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
        "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None,
        **parts, "model": {**model, "vocab": {token: i for i, token in enumerate(vocab)}}}


def template(first, last, ids, text_type=0):
    def special(token, type_id=0):
        return {"SpecialToken": {"id": token, "type_id": type_id}}

    def sequence(name, type_id):
        return {"Sequence": {"id": name, "type_id": type_id}}

    return {
        "type": "TemplateProcessing",
        "single": [special(first), sequence("A", text_type), special(last, text_type)],
        "pair": [special(first), sequence("A", 0), special(last), sequence("B", 1),
                 special(last, 1)],
        "special_tokens": {
            token: {"id": token, "ids": [ids[token]], "tokens": [token]}
            for token in (first, last)}}


def bert_normalizer(lowercase=True, accents=None, chinese=True):
    return {
        "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": chinese,
        "strip_accents": accents, "lowercase": lowercase}


BERT = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##a", "##b", "[", "]", "mask",
    "<x>", "<", "x", ">", "cls", "sep", "A", "B", "e", "é", "É", "中", "中b", "foo", "Foo", "##é",
    "<s>", "</s>", "/", "s", "y", "MASK", "SEP", "unk", "UNK"]
BYTES = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] + [
    chr(c) for c in [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)]]


def bert(text_type=0, tokens=("[PAD]", "[UNK]", "[CLS]", "[SEP]"), **normalizer):
    special = [added(BERT.index(token), token) for token in tokens]
    return file(
        BERT, special, {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100},
        normalizer=bert_normalizer(**normalizer), pre_tokenizer={"type": "BertPreTokenizer"},
        post_processor=template("[CLS]", "[SEP]", {"[CLS]": 2, "[SEP]": 3}, text_type))


def mpnet(**normalizer):
    tokenizer = bert(tokens=("[UNK]",), **normalizer)
    tokenizer["post_processor"] = {
        "type": "RobertaProcessing", "sep": ["</s>", 30], "cls": ["<s>", 29],
        "trim_offsets": True, "add_prefix_space": False}
    return tokenizer


def byte_level(prefix, tokens=5, sequence=False, processor="RobertaProcessing"):
    special = [added(i, BYTES[i]) for i in range(tokens)]
    pre_tokenizer = {
        "type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True}
    if sequence:
        pre_tokenizer = {"type": "Sequence", "pretokenizers": [pre_tokenizer]}
    ends = {
        "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
        "add_prefix_space": prefix}
    if processor == "ByteLevel":
        ends = {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True,
                "use_regex": True}
    return file(
        BYTES, special, {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
            "end_of_word_suffix": "", "fuse_unk": False, "merges": []},
        pre_tokenizer=pre_tokenizer, post_processor=ends)


def changed(tokenizer, **parts):
    return {**tokenizer, **parts}


LEFT = {"direction": "Left", "max_length": 6, "strategy": "LongestFirst", "stride": 0}
PADDING = {
    "strategy": "BatchLongest", "direction": "Left", "pad_to_multiple_of": None, "pad_id": 9,
    "pad_type_id": 0, "pad_token": "<x>"}
TOKENIZERS = {
    "bert": bert(), "bert-cased": bert(lowercase=False),
    "bert-accents": bert(lowercase=False, accents=True, chinese=False),
    "bert-types": bert(text_type=1),
    "bert-mask-strips": changed(
        bert(), added_tokens=bert()["added_tokens"] + [added(4, "[MASK]", lstrip=True)]),
    "bert-ordinary": changed(
        bert(), added_tokens=bert()["added_tokens"] + [
            added(38, "Foo", False), added(39, "<x>", False, normalized=False)]),
    "bert-sequence": changed(
        bert(), normalizer={"type": "Sequence", "normalizers": [bert_normalizer(False)]}),
    "bert-left": changed(bert(), truncation=LEFT),
    "bert-padding": changed(bert(), padding=PADDING),
    "mpnet": mpnet(), "mpnet-cased": mpnet(lowercase=False, chinese=False),
    "roberta": byte_level(False), "roberta-prefix": byte_level(True),
    "roberta-few": byte_level(True, tokens=3), "roberta-sequence": byte_level(True, sequence=True),
    "bytes": byte_level(True, processor="ByteLevel"),
    "plain": file(BERT, [], {"type": "WordLevel", "unk_token": "[UNK]"},
                  pre_tokenizer={"type": "WhitespaceSplit"}),
}
TYPED = {
    "__type": "AddedToken", "content": "<x>", "lstrip": True, "rstrip": False,
    "normalized": False, "single_word": False}
DECODER = {
    "4": {"content": "[MASK]", "lstrip": True, "normalized": False, "rstrip": False,
          "single_word": False, "special": True},
    "13": {"content": "<x>", "lstrip": False, "normalized": True, "rstrip": True,
           "single_word": False, "special": False}}


def case(name, tokenizer, config=None, map=None, added=None, model=None):
    return {
        "name": name, "tokenizer": tokenizer,
        "files": {file: content for file, content in {
            "tokenizer_config.json": config, "special_tokens_map.json": map,
            "added_tokens.json": added, "config.json": model}.items() if content is not None}}


def named():
    def of(name):
        return {"tokenizer_class": name}

    classes = {
        "bert": ["Bert", "DistilBert", "Electra", "ConvBert", "SqueezeBert", "MobileBert",
                 "LayoutLM", "Lxmert", "Funnel", "Splinter", "DPRQuestionEncoder",
                 "DPRContextEncoder", "DPRReader", "Realm", "RetriBert", "XLMRoberta", "Camembert",
                 "Barthez", "DebertaV2", "Deberta", "Albert", "RemBert", "BigBird", "FNet", "XLNet",
                 "T5", "Llama", "Gemma", "GPTNeoX", "Qwen2", "GPT2", "Herbert", "OpenAIGPT"],
        "bert-cased": ["Bert", "DistilBert", "Electra", "Splinter", "DPRQuestionEncoder",
                       "XLMRoberta"],
        "mpnet": ["MPNet"], "mpnet-cased": ["MPNet"],
        "roberta-prefix": ["Roberta", "Longformer", "Blenderbot", "Mvp", "Bart", "LED",
                           "XLMRoberta", "GPT2", "Llama", "T5", "Gemma"],
        "bytes": ["Roberta", "GPT2", "Qwen2"], "roberta-few": ["Roberta", "Bart"],
        "roberta-sequence": ["Roberta", "Llama"],
        "bert-types": ["Bert", "DistilBert"],
    }
    for tokenizer, names in classes.items():
        for name in names:
            yield case(f"{name} by name", tokenizer, of(f"{name}Tokenizer"))
    yield case("PreTrainedTokenizerFast", "bert-cased", of("PreTrainedTokenizerFast"))
    yield case("PreTrainedTokenizer", "bert-cased", of("PreTrainedTokenizer"))
    yield case("Fast at the end of a name", "bert-cased", of("BertTokenizerFast"))
    for model, tokenizer in {
            "bert": "bert-cased", "mpnet": "mpnet-cased", "roberta": "roberta-prefix",
            "xlm-roberta": "roberta-prefix", "electra": "bert-cased", "distilbert": "bert-types",
            "deberta-v2": "bert", "camembert": "bert", "albert": "bert", "qwen3": "bytes",
            "modernbert": "roberta-prefix", "llama": "roberta-prefix"}.items():
        yield case(f"model_type {model}", tokenizer, {}, model={"model_type": model})
        yield case(f"model_type {model} and no file", tokenizer, model={"model_type": model})
    yield case("the class in config.json", "bert-cased",
               model={"model_type": "roberta", "tokenizer_class": "BertTokenizer"})
    yield case("a class beats a model type", "bert-cased", of("PreTrainedTokenizerFast"),
               model={"model_type": "bert"})
    b = of("BertTokenizer")
    yield case("null takes a token away", "bert", {**b, "mask_token": None})
    yield case("an object of a token", "bert", {**b, "mask_token": TYPED})
    yield case("a token with other options than the file's", "bert-mask-strips",
               {**b, "mask_token": {**TYPED, "content": "[MASK]", "lstrip": False}})
    yield case("a string stands for the file's token", "bert-mask-strips",
               {**b, "mask_token": "[MASK]"})
    yield case("special_tokens_map.json goes before", "bert", {**b, "mask_token": "<x>"},
               map={"mask_token": "[MASK]"})
    yield case("a map with objects", "bert", b, map={
        "mask_token": {"content": "<x>", "lstrip": True, "rstrip": False, "normalized": False,
                       "single_word": False}})
    yield case("additional tokens of both files", "bert",
               {**b, "additional_special_tokens": ["<x>"]},
               map={"additional_special_tokens": ["<y>", "[cls]"]})
    yield case("additional tokens as objects", "bert",
               {**b, "additional_special_tokens": [TYPED, "<y>"]})
    yield case("additional null", "bert", {
        **of("CamembertTokenizer"), "additional_special_tokens": None})
    yield case("added_tokens.json", "bert", b, added={"<y>": 38, "Foo": 27})
    yield case("added_tokens.json with another id", "bert", b, added={"<y>": 77})
    yield case("added_tokens.json and the file", "bert-ordinary", b, added={"Foo": 38, "<y>": 40})
    yield case("added_tokens.json of special tokens", "bert", {**b, "mask_token": "<y>"},
               added={"<y>": 38})
    yield case("added_tokens_decoder", "bert", {**b, "added_tokens_decoder": DECODER})
    yield case("added_tokens_decoder hides the older files", "bert",
               {**b, "added_tokens_decoder": DECODER}, map={"mask_token": "<y>"},
               added={"Foo": 27})
    yield case("extra_special_tokens", "bert", {
        **b, "extra_special_tokens": {"end": "<y>", "cls_token": "<x>"}})
    yield case("extra_special_tokens as objects", "bert", {
        **b, "extra_special_tokens": {"end": TYPED, "other": "[cls]"}})
    yield case("split_special_tokens", "bert-ordinary", {**b, "split_special_tokens": True})
    yield case("token types are left out", "bert-types", {
        **b, "model_input_names": ["input_ids", "attention_mask"]})
    yield case("token types are put in", "bert-types", {
        **of("DistilBertTokenizer"),
        "model_input_names": ["input_ids", "token_type_ids", "attention_mask"]})
    for length in (5, 5.0, 1e30, None):
        yield case(f"model_max_length {length}", "bert", {**b, "model_max_length": length})
    yield case("max_len", "bert", {**b, "max_len": 5})
    yield case("max_len and model_max_length", "bert", {**b, "max_len": 5, "model_max_length": 6})
    yield case("max_len and null", "bert", {**b, "max_len": 5, "model_max_length": None})
    yield case("truncation_side", "bert", {**b, "max_len": 6, "truncation_side": "left"})
    yield case("the file's side", "bert-left", {**b, "max_len": 6})
    yield case("truncation_side goes before the file's", "bert-left", {
        **b, "max_len": 6, "truncation_side": "right"})
    yield case("the padding token of the file", "bert-padding", of("PreTrainedTokenizerFast"))
    yield case("the padding token of the class", "bert-padding", b)
    yield case("a sequence of normalisers is left alone", "bert-sequence", b)
    yield case("added tokens keep the file's normaliser", "bert-ordinary", {
        **b, "do_lower_case": False})
    for lower in (None, True, False):
        for accents in (None, True, False):
            for chinese in (None, True, False):
                keys = {"do_lower_case": lower, "strip_accents": accents,
                        "tokenize_chinese_chars": chinese}
                keys = {key: value for key, value in keys.items() if value is not None}
                text = ", ".join(f"{key} {value}" for key, value in keys.items()) or "no key"
                yield case(f"Bert: {text}", "bert-accents", {**b, **keys})
                yield case(f"MPNet: {text}", "mpnet-cased", {**of("MPNetTokenizer"), **keys})
    for prefix in (True, False, None):
        for tokenizer in ("roberta", "roberta-prefix", "bytes", "roberta-sequence"):
            keys = {"add_prefix_space": prefix, "trim_offsets": prefix is None}
            yield case(f"add_prefix_space {prefix} on {tokenizer}", tokenizer, {
                **of("RobertaTokenizer"), **keys})
    for name in ("Llama", "Gemma", "GPTNeoX", "GPT2", "Qwen2"):
        for beginning in (True, False):
            for end in (True, False):
                yield case(f"{name}: add_bos_token {beginning}, add_eos_token {end}", "roberta", {
                    **of(f"{name}Tokenizer"), "add_bos_token": beginning, "add_eos_token": end})


def drawn(count):
    draw = random.Random(7)
    words = ["[MASK]", "<x>", "<y>", "[cls]", "foo", "Foo", "<mask>", "<s>", "b"]

    def token():
        if draw.random() < 0.6:
            return draw.choice(words)
        return {**TYPED, "content": draw.choice(words), "lstrip": draw.random() < 0.5,
                "rstrip": draw.random() < 0.3, "normalized": draw.random() < 0.4,
                "single_word": draw.random() < 0.2}

    def plain(value):
        if isinstance(value, dict):
            return {key: v for key, v in value.items() if key != "__type"}
        return value

    bert_like = ["Bert", "DistilBert", "MPNet", "Electra", "PreTrained", "DebertaV2", "Camembert",
                 "XLMRoberta", "BigBird", "FNet"]
    for number in range(count):
        name = draw.choice(bert_like)
        config = {"tokenizer_class": f"{name}Tokenizer"}
        for key in ("mask_token", "cls_token", "bos_token", "pad_token", "unk_token"):
            if draw.random() < 0.2:
                config[key] = None if draw.random() < 0.2 else token()
        if draw.random() < 0.3:
            config["additional_special_tokens"] = [token() for _ in range(draw.randint(0, 3))]
        if draw.random() < 0.3:
            config["extra_special_tokens"] = {
                role: token() for role in draw.sample(["x", "y", "sep_token"], 2)}
        for key in ("do_lower_case", "strip_accents", "split_special_tokens"):
            if draw.random() < 0.25:
                config[key] = draw.random() < 0.5
        map = added = None
        if draw.random() < 0.3:
            config["added_tokens_decoder"] = {
                str(id): {**plain(token_ if isinstance(token_, dict) else
                                  {**TYPED, "content": token_}),
                          "special": draw.random() < 0.5}
                for id, token_ in ((draw.randint(4, 45), token()) for _ in range(3))}
        if draw.random() < 0.4:
            map = {key: plain(token()) for key in ("mask_token", "eos_token")}
        if draw.random() < 0.3:
            added = {draw.choice(words): draw.randint(4, 45) for _ in range(2)}
        tokenizer = draw.choice(
            ["bert", "bert-cased", "bert-mask-strips", "bert-ordinary", "plain"])
        if tokenizer == "plain" and name in ("Bert", "DistilBert", "MPNet", "Electra"):
            tokenizer = "bert"
        yield case(f"drawn {number}", tokenizer, config, map, added)


def result(entry):
    with tempfile.TemporaryDirectory() as folder:
        files = {**entry["files"], "tokenizer.json": TOKENIZERS[entry["tokenizer"]]}
        for name, content in files.items():
            pathlib.Path(folder, name).write_text(json.dumps(content))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        limit = tokenizer.model_max_length
        out = {"maximum": int(limit) if limit < 1e9 else None, "results": []}
        for text in TEXTS:
            encoding = tokenizer(text, truncation=limit < 1e9, return_offsets_mapping=True)
            row = {"ids": encoding["input_ids"]}
            if entry["tokenizer"].startswith(("roberta", "bytes")):
                row["offsets"] = [x for pair in encoding["offset_mapping"] for x in pair]
            if "token_type_ids" in encoding:
                row["types"] = encoding["token_type_ids"]
            out["results"].append(row)
        return out


def main():
    entries = []
    for entry in [*named(), *drawn(160)]:
        try:
            entries.append({**entry, **result(entry)})
        except Exception as error:  # What the reference refuses is no golden.
            print(f"{entry['name']}: {type(error).__name__}: {str(error)[:100]}")
    text = json.dumps(
        {"tokenizers": TOKENIZERS, "texts": TEXTS, "cases": entries}, separators=(",", ":"))
    lines = text.replace('},{"name"', '},\n{"name"')
    (HERE / "goldens" / "classes.json").write_text(lines + "\n")
    print(f"{len(entries)} cases")


if __name__ == "__main__":
    main()
