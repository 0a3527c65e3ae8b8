"""Writes a trained character-and-word model as a bundle, and reads one back into PyTorch.

The vectors of listed words are folded: projection of the frozen vector, learnt difference and mean
of the subwords become one row. Embeddings are stored as float16, the rest as float32. What the card
measures, and what the Swift reader is held to, is the model read back from these files.
"""

import json

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from weights.charword import data, model, preparation
from weights.charword.predict import predict


def array(tensor):
    return np.ascontiguousarray(tensor.detach().numpy(), dtype=np.float32)


def tensors(network, grams_of_words):
    """`grams_of_words`: subwords of each listed word, ids 2 and on."""
    with torch.no_grad():
        count = network.words.weight.shape[0]
        flat = torch.tensor([g for grams in grams_of_words for g in grams])
        sizes = [len(grams) for grams in grams_of_words]
        offsets = torch.tensor(np.cumsum([0, *sizes[:-1]]))
        words = network.words.weight.clone()
        words += network.project(network.base)
        words[2:] += network.subwords(flat, offsets)
        words[0] = 0
        assert len(grams_of_words) == count - 2
    found = {
        "characters.embedding": array(network.characters.weight),
        "words.embedding": array(words).astype(np.float16),
        "words.subwords": array(network.subwords.weight).astype(np.float16),
    }
    for index, layer in enumerate(network.convolutions):
        # [filters, size, width] -> [width, filters, size]
        found[f"characters.convolutions.{index}.kernel"] = array(layer.weight.permute(2, 0, 1))
        found[f"characters.convolutions.{index}.bias"] = array(layer.bias)
    for name, end in (("forward", ""), ("backward", "_reverse")):
        kernel, recurrent, one, other = (
            getattr(network.lstm, f"{part}_l0{end}")
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        found[f"words.{name}.kernel"] = array(kernel)
        found[f"words.{name}.recurrent"] = array(recurrent.T)
        found[f"words.{name}.bias"] = array(one + other)
    found["words.attention.kernel"] = array(network.attention.weight)
    found["words.attention.bias"] = array(network.attention.bias)
    found["words.attention.score"] = array(network.attend.weight[0])
    found["dense.0.kernel"] = array(network.dense.weight)
    found["dense.0.bias"] = array(network.dense.bias)
    found["output.kernel"] = array(network.output.weight)
    found["output.bias"] = array(network.output.bias)
    return found


def configuration(text, words):
    c, w, s = (model.CONFIGURATION[key] for key in ("characters", "words", "subwords"))
    return {
        "format": "character-word-1",
        "labels": data.LABELS,
        "network": {
            "characters": {
                "count": len(text["characters"]) + 2, "size": c["size"], "masked": True,
                "convolutions": [
                    {"width": width, "filters": c["filters"], "padding": "same",
                     "activation": "relu"} for width in c["widths"]],
            },
            "words": {
                "count": len(words) + 2, "size": w["size"], "masked": True,
                "subwordBuckets": s["buckets"], "units": w["units"], "activation": "tanh",
                "recurrentActivation": "sigmoid", "attention": {"units": w["attention"]},
            },
            "dense": [{"units": model.CONFIGURATION["dense"], "activation": "relu"}],
            "output": "sigmoid",
        },
        "text": {
            "rules": "disguises",
            "documentation": preparation.__doc__.strip().split("\n"),
            "maximumCharacters": text["maximumCharacters"],
            "maximumWords": text["maximumWords"],
            "subwords": s,
            **{key: text[key] for key in (
                "characters", "spaces", "edges", "ignored", "symbols", "leet", "alternatives",
                "fold", "lowercase", "letters")},
        },
    }


def write(folder, network, text, words, grams_of_words):
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors(network, grams_of_words), folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    (folder / "words.txt").write_text("\n".join(words) + "\n", encoding="utf-8", newline="\n")
    write_configuration(folder, text, words)


def write_configuration(folder, text, words):
    # Long tables on one line each, the rest laid out for a reader.
    value = configuration(text, words)
    long = {key: json.dumps(value["text"][key]) for key in (
        "ignored", "symbols", "letters", "leet", "alternatives", "fold",
        "lowercase", "subwords")}
    for key in long:
        value["text"][key] = f"@{key}@"
    layout = json.dumps(value, ensure_ascii=False, indent=2)
    for key, line in long.items():
        layout = layout.replace(f'"@{key}@"', line)
    (folder / "config.json").write_text(layout + "\n", encoding="utf-8")


class Scorer:
    """A bundle in PyTorch: texts to scores, `[n, labels]`."""

    def __init__(self, folder):
        value = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        words = (folder / "words.txt").read_text(encoding="utf-8").split("\n")[:-1]
        stored = {k: torch.tensor(v.astype(np.float32))
                  for k, v in load_file(folder / "model.safetensors").items()}
        text = value["text"]
        self.preparation = preparation.Preparation(text, words, text["subwords"])
        count = len(words) + 2
        network = model.CharacterWordModel(
            torch.zeros(count, 1), len(text["characters"]) + 2, len(value["labels"]))
        with torch.no_grad():
            network.project.weight.zero_()
            network.characters.weight.copy_(stored["characters.embedding"])
            network.words.weight.copy_(stored["words.embedding"])
            network.subwords.weight.copy_(stored["words.subwords"])
            for index, layer in enumerate(network.convolutions):
                layer.weight.copy_(
                    stored[f"characters.convolutions.{index}.kernel"].permute(1, 2, 0))
                layer.bias.copy_(stored[f"characters.convolutions.{index}.bias"])
            for name, end in (("forward", ""), ("backward", "_reverse")):
                getattr(network.lstm, f"weight_ih_l0{end}").copy_(stored[f"words.{name}.kernel"])
                getattr(network.lstm, f"weight_hh_l0{end}").copy_(
                    stored[f"words.{name}.recurrent"].T)
                getattr(network.lstm, f"bias_ih_l0{end}").copy_(stored[f"words.{name}.bias"])
                getattr(network.lstm, f"bias_hh_l0{end}").zero_()
            network.attention.weight.copy_(stored["words.attention.kernel"])
            network.attention.bias.copy_(stored["words.attention.bias"])
            network.attend.weight[0].copy_(stored["words.attention.score"])
            network.dense.weight.copy_(stored["dense.0.kernel"])
            network.dense.bias.copy_(stored["dense.0.bias"])
            network.output.weight.copy_(stored["output.kernel"])
            network.output.bias.copy_(stored["output.bias"])
        self.network = network.eval()

    def items(self, text):
        """(characters, word ids, subwords): listed words carry none."""
        characters, words, _ = self.preparation(text)
        ids = [word if isinstance(word, int) else 1 for word in words]
        grams = [[] if isinstance(word, int) else self.preparation.grams(word) for word in words]
        return characters, ids, grams

    def __call__(self, texts):
        return predict(self.network, [self.items(text) for text in texts])
