"""Writes published/: each model of published.py as a folder with small random weights, and what
transformers makes of texts with it.

    python make_published.py [--only NAME …]

The texts go through `AutoTokenizer` and the model's class, both from the folder as it is written, in
float32, eager attention, one text at a time. `golden.json` has the texts, the ids and the logits; of
an encoder, the mean of the last hidden states. For a folder that should not load it has words of the
error.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tokenizers"))
from make_models import randomize, seed  # noqa: E402
from published import PUBLISHED, Published  # noqa: E402
from small_tokenizers import ALBERT, DEBERTA, XLM_ROBERTA, byte_level, kind, pieces, words  # noqa: E402

TEXTS = [
    "you are so stupid, nobody wants you here!!", "Merci pour votre aide, c'est très gentil.",
    "  @user  LOL 123,456 😀 [MASK]<mask>", "",
]
SMALL = 300


def write(folder, files):
    for name, content in files.items():
        if isinstance(content, dict):
            content = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)


def saved(tokenizer_class, files):
    """The tokenizer.json that transformers saves of other files, beside these."""
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder), files)
        tokenizer = tokenizer_class.from_pretrained(folder)
        tokenizer.save_pretrained(folder)
        names = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
        new = {name: pathlib.Path(folder, name).read_text() for name in names}
    new["tokenizer.json"] = json.dumps(
        json.loads(new["tokenizer.json"]), ensure_ascii=False, separators=(",", ":"))
    return new | files


ROBERTA = byte_level("roberta", SMALL)
TOKENIZERS = {
    "vocab.txt": words(200), "roberta": ROBERTA, "gpt2": byte_level("gpt2", SMALL),
    "deberta": byte_level("deberta", SMALL),
    "sentencepiece.bpe.model": {"sentencepiece.bpe.model": pieces(200, **XLM_ROBERTA)},
    "spiece.model": {"spiece.model": pieces(200, **ALBERT)},
    "roberta tokenizer.json": saved(transformers.RobertaTokenizerFast, ROBERTA),
    "xlm-roberta tokenizer.json": saved(transformers.XLMRobertaTokenizerFast, {
        "sentencepiece.bpe.model": pieces(200, **XLM_ROBERTA)}),
    "deberta-v2 tokenizer.json": saved(transformers.DebertaV2TokenizerFast, {
        "spm.model": pieces(200, **DEBERTA)}),
    "distilbert tokenizer.json": saved(transformers.DistilBertTokenizerFast, words(200)),
    **{name: kind(name, 400) for name in ("modernbert", "qwen2", "llama3", "gemma")},
}


def folder_name(name: str) -> str:
    return name.replace("/", "--").replace(" ", "-")


def model_class(config: dict):
    return getattr(transformers, config["architectures"][0], None)


def make(model: Published, root: pathlib.Path) -> int:
    folder = root / folder_name(model.name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write(folder, TOKENIZERS[model.tokenizer])
    write(folder, model.files)
    config = dict(model.config)
    if not model.error or "vocab_size" in config or config["model_type"] in ("bert", "distilbert"):
        # Of the foreign tokenizer too, the words are those of the model's own.
        own = "vocab.txt" if model.tokenizer == "gpt2" else model.tokenizer
        tokenizer = load(own)
        config["vocab_size"] = len(tokenizer)
        if config["model_type"] == "modernbert":
            config |= {
                f"{role}_token_id": getattr(tokenizer, f"{name}_token_id")
                for role, name in {"bos": "cls", "cls": "cls", "eos": "sep", "sep": "sep",
                                   "pad": "pad"}.items()}
    write(folder, {"config.json": config})
    kind = model_class(config)
    if kind and (not model.error or config["model_type"] in ("bert", "distilbert")):
        settings = transformers.AutoConfig.from_pretrained(folder)
        network = kind(settings).eval()
        randomize(network, torch.Generator().manual_seed(seed(model.name)), 0.3)
        save(network, model.weights, folder)
    write(folder, {"golden.json": json.dumps(golden(model, folder, kind)) + "\n"})
    return sum(path.stat().st_size for path in folder.iterdir())


def load(tokenizer: str):
    """The tokenizer of these files alone."""
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder), TOKENIZERS[tokenizer])
        names = {
            "vocab.txt": "Bert", "roberta": "Roberta", "deberta": "Deberta",
            "sentencepiece.bpe.model": "XLMRoberta", "spiece.model": "Albert"}
        kind = (getattr(transformers, names[tokenizer] + "TokenizerFast") if tokenizer in names
                else transformers.AutoTokenizer)
        return kind.from_pretrained(folder)


def save(network, name: str, folder: pathlib.Path) -> None:
    tensors = {key: value.detach().contiguous() for key, value in network.state_dict().items()}
    if name == "pytorch_model.bin":
        prefix = network.base_model_prefix
        if prefix in ("bert", "roberta", "distilbert", "electra") and "XLM" not in type(
                network).__name__:
            # A buffer that older versions of transformers saved.
            count = network.config.max_position_embeddings
            if prefix != "distilbert":
                tensors[f"{prefix}.embeddings.position_ids"] = torch.arange(count).unsqueeze(0)
        torch.save(tensors, folder / name)
        return
    # Tied matrices stand once in a safetensors file.
    unique = {value.data_ptr(): key for key, value in reversed(tensors.items())}
    save_file({key: value for key, value in tensors.items() if unique[value.data_ptr()] == key},
              folder / name, {"format": "pt"})


@torch.no_grad()
def golden(model: Published, folder: pathlib.Path, kind) -> dict:
    result = {"name": model.name, "also": model.also}
    if model.error:
        return result | {"error": model.error}
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    is_classifier = "SequenceClassification" in kind.__name__
    loader = kind if is_classifier else transformers.AutoModel
    network = loader.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    ids, rows = [], []
    for text in TEXTS:
        inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=40)
        output = network(**inputs)
        ids.append(inputs["input_ids"][0].tolist())
        rows.append((output.logits[0] if is_classifier else output.last_hidden_state[0].mean(0)).tolist())
    return result | {"texts": TEXTS, "ids": ids, "logits" if is_classifier else "mean": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help="make only the models whose names have this")
    options = parser.parse_args()
    torch.set_num_threads(1)
    total = 0
    for model in PUBLISHED:
        if options.only and not any(part in model.name for part in options.only):
            continue
        size = make(model, HERE / "published")
        total += size
        print(f"{model.name:80} {size:7,} bytes")
    print(f"{total:,} bytes")


if __name__ == "__main__":
    main()
