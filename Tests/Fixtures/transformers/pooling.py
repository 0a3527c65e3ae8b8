"""Small sentence-transformers folders, from text to embedding: modules, prompts, lengths."""

import dataclasses
import json
import pathlib
import shutil

import numpy
import tokenizers
import torch
import transformers
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from make_models import randomize, save_golden, seed, size, write_json

WORDS = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "document", ":", ".", ",", "!", "the",
    "a", "cat", "dog", "sat", "on", "mat", "run", "##s", "##ning", "##n", "quick", "brown", "fox",
    "over", "lazy", "and", "we", "meet", "at", "noon", "tea", "?", "e", "##st",
]

TEXTS = [
    "", "cat", "The cat sat on the mat.", "Running dogs, running foxes!", "zzz",
    "the quick brown fox runs over the lazy dog and the cat and the dog sat on a mat, "
    "and we run and run at noon?",
]


@dataclasses.dataclass
class Pooling:
    """A pipeline over one small encoder, in the files of the releases before 5 unless `current`."""

    name: str
    #: Modes in the old spelling's order, or in any order where `current`.
    modes: list[str] | None
    normalize: bool = False
    current: bool = False
    dense: dict | None = None
    prompts: dict | None = None
    default_prompt: str | None = None
    include_prompt: bool | None = None
    max_seq_length: int | None = None
    model_max_length: int | None = None
    #: No modules.json: sentence-transformers then takes the mean.
    bare: bool = False
    family: str = "Bert"


def pooling(name: str, *modes: str, **keywords) -> Pooling:
    return Pooling(f"pooling-{name}", list(modes), **keywords)


PROMPTS = {"query": "query: ", "document": "document: ", "none": ""}

POOLINGS = [
    pooling("mean-normalized", "mean", normalize=True),
    pooling("cls-normalized", "cls", normalize=True),
    pooling("max", "max"),
    pooling("mean-sqrt-length", "mean_sqrt_len_tokens"),
    pooling("weighted-mean", "weightedmean"),
    pooling("last-token", "lasttoken"),
    pooling("all-at-once-normalized", "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean",
            "lasttoken", normalize=True),
    # No mode switched on: the mean.
    pooling("no-mode"),
    pooling("current-format", "cls", current=True, normalize=True, prompts=PROMPTS),
    # The list's order is the order of the parts, unlike with the old switches.
    pooling("current-format-list", "max", "cls", current=True),
    pooling("dense-tanh-normalized", "mean", normalize=True, dense={
        "out_features": 5, "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh"}),
    pooling("dense-identity-no-bias", "cls", dense={
        "out_features": 11, "bias": False,
        "activation_function": "torch.nn.modules.linear.Identity"}),
    pooling("prompts", "mean", normalize=True, prompts=PROMPTS),
    pooling("default-prompt", "mean", prompts=PROMPTS, default_prompt="query"),
    pooling("prompt-left-out", "mean", prompts=PROMPTS, include_prompt=False),
    pooling("seven-tokens", "mean", max_seq_length=7, model_max_length=9),
    # Without max_seq_length: the smaller of the tokenizer's length and the positions.
    pooling("tokenizer-length", "mean", model_max_length=9),
    pooling("positions-length", "cls", model_max_length=1_000_000),
    Pooling("pooling-bare", None, bare=True),
    # Positions begin at 2, so that 20 of them hold 18 tokens, and the tokenizer says so.
    pooling("xlm-roberta-cls-normalized", "cls", normalize=True, family="XLMRoberta",
            model_max_length=18),
]

SWITCHES = {
    "cls": "pooling_mode_cls_token", "mean": "pooling_mode_mean_tokens",
    "max": "pooling_mode_max_tokens", "mean_sqrt_len_tokens": "pooling_mode_mean_sqrt_len_tokens",
    "weightedmean": "pooling_mode_weightedmean_tokens", "lasttoken": "pooling_mode_lasttoken",
}

CURRENT = {
    "Transformer": "sentence_transformers.base.modules.transformer.Transformer",
    "Pooling": "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
    "Normalize": "sentence_transformers.sentence_transformer.modules.normalize.Normalize",
    "Dense": "sentence_transformers.base.modules.dense.Dense",
}


def save_tokenizer(folder: pathlib.Path, spec: Pooling) -> None:
    from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: i for i, word in enumerate(WORDS)}
    tokenizer = tokenizers.Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = {word: vocabulary[word] for word in ("[CLS]", "[SEP]")}
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=list(special.items()))
    tokenizer.add_special_tokens(WORDS[:5])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]",
    }
    if spec.model_max_length is not None:
        config["model_max_length"] = spec.model_max_length
    write_json(folder / "tokenizer_config.json", config)


def save_modules(folder: pathlib.Path, spec: Pooling, hidden: int, generator) -> None:
    modules = [("Transformer", "")]
    modules.append(("Pooling", "1_Pooling"))
    if spec.current:
        modes = spec.modes[0] if len(spec.modes) == 1 else spec.modes
        config = {"embedding_dimension": hidden, "pooling_mode": modes, "include_prompt": True}
    else:
        config = {"word_embedding_dimension": hidden}
        config |= {switch: mode in spec.modes for mode, switch in SWITCHES.items()}
        if spec.include_prompt is not None:
            config["include_prompt"] = spec.include_prompt
    (folder / "1_Pooling").mkdir()
    write_json(folder / "1_Pooling/config.json", config)
    if spec.dense:
        width = hidden * max(1, len(spec.modes))
        modules.append(("Dense", "2_Dense"))
        (folder / "2_Dense").mkdir()
        write_json(folder / "2_Dense/config.json", {"in_features": width} | spec.dense)
        shape = (spec.dense["out_features"], width)
        tensors = {"linear.weight": torch.randn(shape, generator=generator) * 0.4}
        if spec.dense["bias"]:
            tensors["linear.bias"] = torch.randn(shape[0], generator=generator) * 0.3
        save_file(tensors, folder / "2_Dense/model.safetensors", {"format": "pt"})
    if spec.normalize:
        modules.append(("Normalize", f"{len(modules)}_Normalize"))
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path,
         "type": CURRENT[kind] if spec.current else f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(modules)])
    if not spec.current:
        length = {"max_seq_length": spec.max_seq_length, "do_lower_case": False}
        write_json(folder / "sentence_bert_config.json", length)
    if spec.prompts:
        write_json(folder / "config_sentence_transformers.json", {
            "prompts": spec.prompts, "default_prompt_name": spec.default_prompt})


@torch.no_grad()
def make_pooling(spec: Pooling, root: pathlib.Path) -> int:
    folder = root / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(seed(spec.name))
    kind = getattr(transformers, spec.family + "Model")
    config = kind.config_class(
        hidden_size=8, num_attention_heads=2, num_hidden_layers=1, intermediate_size=12,
        vocab_size=len(WORDS), max_position_embeddings=20, type_vocab_size=2,
        pad_token_id=0 if spec.family == "Bert" else 1, attn_implementation="eager")
    model = kind(config, add_pooling_layer=False).eval()
    randomize(model, generator, 0.3)
    save_file(model.half().state_dict(), folder / "model.safetensors", {"format": "pt"})
    saved = json.loads(model.config.to_json_string())
    for key in ("transformers_version", "dtype"):
        saved.pop(key, None)
    write_json(folder / "config.json", saved | {"architectures": [kind.__name__]})
    save_tokenizer(folder, spec)
    if not spec.bare:
        save_modules(folder, spec, config.hidden_size, generator)

    pipeline = SentenceTransformer(
        str(folder), device="cpu", local_files_only=True,
        model_kwargs={"attn_implementation": "eager", "torch_dtype": torch.float32})
    prompts = [None] + sorted(spec.prompts or {})
    arrays, inputs = {}, {}
    for prompt in prompts:
        # One at a time: a batch would be padded, and rounds differently.
        rows = [pipeline.encode([text], prompt_name=prompt)[0] for text in TEXTS]
        suffix = "" if prompt is None else f".{prompt}"
        arrays["embedding" + suffix] = numpy.stack(rows)
        chosen = prompt or spec.default_prompt
        start = (spec.prompts or {}).get(chosen, "") if chosen else ""
        inputs["inputs" + suffix] = [
            pipeline.tokenize([start + text])["input_ids"][0].tolist() for text in TEXTS]
    golden = {"texts": TEXTS, "max_seq_length": pipeline.max_seq_length} | inputs
    save_golden(folder, golden, arrays)
    return size(folder)
