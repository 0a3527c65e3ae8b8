"""Exports a Keras 3 character-and-word classifier for use by the Swift package.

    python export_keras.py MODEL.keras OUTDIR --labels a,b,c [--text TEXT.json --words WORDS.txt]
        [--padding pre|post] [--truncating pre|post] [--legacy-hard-sigmoid]

The model has two inputs of integer ids:

    characters  Embedding, then Conv1D of one or several widths, each followed by GlobalMaxPooling1D
                (or by MaskedGlobalMaxPooling1D below, which leaves padding out)
    words       Embedding (mask_zero or not), Bidirectional(LSTM(return_sequences=True)), additive
                attention: AttentionPooling below, or a layer of your own with `Attention` in its
                class name and the weights W [2u, a], b [a], v [a] or [a, 1], in that order,
                computing softmax(tanh(x W + b) v) over the words
    joined      Concatenate, Dense layers, and a last Dense (or several on the same input) with
                sigmoid, softmax or no activation

with Dropout of any kind in between. Anything else is refused by its name. Before anything is
written, the exported numbers are computed with NumPy on random ids and compared with the model:
a layer that computes something else than it looks like is found out here.

With --text (the `text` object of a bundle's config.json; `"rules": "plain"` lower-cases by a table,
splits at spaces and looks words up) and --words (one a line, ids from 2 on) the bundle reads texts;
without them it takes ids.

Load your own layers' code first if your model needs it (`--import my_layers`). Versions:
Weights/weights/charword/requirements.txt.
"""

import argparse
import importlib
import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras  # noqa: E402
import numpy as np  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

IDENTITY = ("Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Flatten")


class Refused(Exception):
    """The model is not of this architecture; the message says where."""


@keras.saving.register_keras_serializable("swift-moderation")
class AttentionPooling(keras.layers.Layer):
    """softmax(tanh(x W + b) v) over time, then the weighted sum (Bahdanau et al. 2014)."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units, self.supports_masking = units, True

    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")
        self.v = self.add_weight(shape=(self.units, 1), initializer="glorot_uniform")

    def call(self, x, mask=None):
        scores = keras.ops.tanh(x @ self.W + self.b) @ self.v
        if mask is not None:
            mask = keras.ops.cast(mask, scores.dtype)[..., None]
            scores = scores - 1e9 * (1 - mask)
        return keras.ops.sum(keras.ops.softmax(scores, axis=1) * x, axis=1)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, shape):
        return (shape[0], shape[-1])

    def get_config(self):
        return super().get_config() | {"units": self.units}


@keras.saving.register_keras_serializable("swift-moderation")
class MaskedGlobalMaxPooling1D(keras.layers.Layer):
    """The maximum over the places whose id is not 0: called with [convolution, ids]."""

    def call(self, inputs):
        x, ids = inputs
        mask = keras.ops.cast(keras.ops.not_equal(ids, 0), x.dtype)[..., None]
        return keras.ops.max(x * mask - 1e9 * (1 - mask), axis=1)

    def compute_output_shape(self, shape):
        return (shape[0][0], shape[0][-1])


def sources(layer):
    """The layers that a layer reads from, identities skipped."""
    nodes = layer._inbound_nodes
    if len(nodes) != 1:
        raise Refused(f"layer {layer.name} is called {len(nodes)} times, not once")
    found = []
    for tensor in nodes[0].input_tensors:
        source = tensor._keras_history.operation
        while type(source).__name__ in IDENTITY:
            source = source._inbound_nodes[0].input_tensors[0]._keras_history.operation
        found.append(source)
    return found


def expect(layer, *kinds):
    kind = type(layer).__name__
    if kind not in kinds:
        raise Refused(f"layer {layer.name} is a {kind}, where {' or '.join(kinds)} was expected")
    return layer


def function(activation, legacy):
    name = activation.__name__
    if name == "hard_sigmoid" and legacy:
        return "hard_sigmoid_keras2"
    if name not in ("linear", "relu", "tanh", "sigmoid", "hard_sigmoid", "softmax"):
        raise Refused(f"the activation {name} is not supported")
    return name


def numpy(weight):
    return np.ascontiguousarray(keras.ops.convert_to_numpy(weight), dtype=np.float32)


class Exported:
    """A model as config.json and tensors have it."""

    def __init__(self, model, labels, legacy=False, padding="post", truncating="post"):
        self.tensors = {}
        self.legacy = legacy
        side = {"padding": padding, "truncating": truncating}
        outputs = [expect(t._keras_history.operation, "Dense", "Concatenate")
                   for t in model.outputs]
        if len(outputs) == 1 and type(outputs[0]).__name__ == "Concatenate":
            outputs = [expect(s, "Dense") for s in sources(outputs[0])]
        kinds = {function(o.activation, legacy) for o in outputs}
        if len(kinds) != 1 or (output := kinds.pop()) not in ("sigmoid", "softmax", "linear"):
            raise Refused("the outputs do not share one of sigmoid, softmax and linear")
        if output == "softmax" and len(outputs) > 1:
            raise Refused("several softmax outputs")
        parents = {id(sources(o)[0]) for o in outputs}
        if len(parents) != 1:
            raise Refused("the outputs read from different layers")
        dense, layer = [], sources(outputs[0])[0]
        while type(layer).__name__ == "Dense":
            dense.insert(0, layer)
            layer = sources(layer)[0]
        branches = sources(expect(layer, "Concatenate"))

        # Where each branch's features stand in the concatenation, and where they shall stand.
        spelling, reading, start = [], [], 0
        for branch in branches:
            kind = type(branch).__name__
            width = branch.output.shape[-1]
            if kind in ("GlobalMaxPooling1D", "MaskedGlobalMaxPooling1D"):
                spelling.append((branch, range(start, start + width)))
            elif "Attention" in kind:
                reading.append((branch, range(start, start + width)))
            else:
                raise Refused(f"layer {branch.name} is a {kind}, which neither pools characters "
                              "nor attends to words")
            start += width
        if len(reading) != 1:
            raise Refused(f"there are {len(reading)} attention layers, not one")
        order = [i for _, places in spelling + reading for i in places]

        characters, self.character_input = self.spelling([b for b, _ in spelling], side)
        words, self.word_input = self.reading(reading[0][0], side)
        shapes = []
        for index, layer in enumerate(dense):
            kernel = numpy(layer.kernel).T
            self.put(f"dense.{index}.kernel", kernel[:, order] if index == 0 else kernel)
            self.put(f"dense.{index}.bias", self.bias(layer, layer.units))
            shapes.append({"units": layer.units, "activation": function(layer.activation, legacy)})
        kernel = np.concatenate([numpy(o.kernel).T for o in outputs])
        self.put("output.kernel", kernel if dense else kernel[:, order])
        self.put("output.bias", np.concatenate([self.bias(o, o.units) for o in outputs]))
        if len(labels) != len(kernel):
            raise Refused(f"{len(labels)} labels for {len(kernel)} outputs")
        self.configuration = {
            "format": "character-word-1",
            "labels": labels,
            "network": {
                "characters": characters, "words": words, "dense": shapes, "output": output},
        }

    def put(self, name, array):
        if not np.isfinite(array).all():
            raise Refused(f"{name} holds NaN or infinity")
        self.tensors[name] = np.ascontiguousarray(array, dtype=np.float32)

    @staticmethod
    def bias(layer, size):
        return numpy(layer.bias) if layer.use_bias else np.zeros(size, np.float32)

    def spelling(self, pools, side):
        masked = {type(pool).__name__ == "MaskedGlobalMaxPooling1D" for pool in pools}
        if len(masked) != 1:
            raise Refused("some convolutions are pooled with a mask, others without")
        embeddings, convolutions = {}, []
        for index, pool in enumerate(pools):
            layer = expect(sources(pool)[0], "Conv1D")
            if layer.strides != (1,) or layer.dilation_rate != (1,) or layer.groups != 1:
                raise Refused(f"layer {layer.name} has strides, dilation or groups")
            name = f"characters.convolutions.{index}"
            self.put(f"{name}.kernel", numpy(layer.kernel).transpose(0, 2, 1))
            self.put(f"{name}.bias", self.bias(layer, layer.filters))
            convolutions.append({
                "width": layer.kernel_size[0], "filters": layer.filters,
                "padding": layer.padding,
                "activation": function(layer.activation, self.legacy)})
            embedding = expect(sources(layer)[0], "Embedding")
            embeddings[id(embedding)] = embedding
        if len(embeddings) != 1:
            raise Refused(f"the convolutions read {len(embeddings)} embeddings, not one")
        [embedding] = embeddings.values()
        ids = expect(sources(embedding)[0], "InputLayer")
        self.put("characters.embedding", numpy(embedding.embeddings))
        return {
            "count": embedding.input_dim, "size": embedding.output_dim,
            "length": ids.batch_shape[1], "masked": masked.pop(), **side,
            "convolutions": convolutions,
        }, ids

    def reading(self, attention, side):
        both = expect(sources(attention)[0], "Bidirectional")
        if both.merge_mode != "concat":
            raise Refused(f"layer {both.name} merges by {both.merge_mode}, not by concat")
        forward, backward = both.forward_layer, both.backward_layer
        for layer in (forward, backward):
            expect(layer, "LSTM")
            if not layer.return_sequences:
                raise Refused(f"layer {layer.name} does not return sequences")
        for name in ("units", "activation", "recurrent_activation"):
            if getattr(forward, name) != getattr(backward, name):
                raise Refused(f"the two directions differ in {name}")
        embedding = expect(sources(both)[0], "Embedding")
        ids = expect(sources(embedding)[0], "InputLayer")
        self.put("words.embedding", numpy(embedding.embeddings))
        for name, layer in (("forward", forward), ("backward", backward)):
            cell = layer.cell
            self.put(f"words.{name}.kernel", numpy(cell.kernel).T)
            self.put(f"words.{name}.recurrent", numpy(cell.recurrent_kernel))
            self.put(f"words.{name}.bias", self.bias(cell, 4 * cell.units))
        weights = [numpy(w) for w in attention.weights]
        shapes = [w.shape for w in weights]
        wide = 2 * forward.units
        if len(weights) != 3 or shapes[0][0] != wide or shapes[1] != (shapes[0][1],) or (
                weights[2].size != shapes[0][1]):
            raise Refused(f"layer {attention.name} has weights of the shapes {shapes}, not W "
                          f"[{wide}, a], b [a], v [a]")
        self.put("words.attention.kernel", weights[0].T)
        self.put("words.attention.bias", weights[1])
        self.put("words.attention.score", weights[2].reshape(-1))
        return {
            "count": embedding.input_dim, "size": embedding.output_dim,
            "length": ids.batch_shape[1], "masked": bool(embedding.mask_zero), **side,
            "units": forward.units,
            "activation": function(forward.activation, self.legacy),
            "recurrentActivation": function(forward.recurrent_activation, self.legacy),
            "attention": {"units": shapes[0][1], "masked": bool(embedding.mask_zero)},
        }, ids


# The same in NumPy

FUNCTIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "hard_sigmoid_keras2": lambda x: np.clip(x * 0.2 + 0.5, 0, 1),
}


def scores(configuration, tensors, characters, words):
    """Scores of one text from ids at their full length, in float64."""
    t = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    network = configuration["network"]
    c, w = network["characters"], network["words"]
    features = []
    vectors = t["characters.embedding"][characters]
    for index, shape in enumerate(c["convolutions"]):
        kernel = t[f"characters.convolutions.{index}.kernel"]
        width = shape["width"]
        before = {"same": (width - 1) // 2, "valid": 0, "causal": width - 1}[shape["padding"]]
        after = 0 if shape["padding"] == "valid" else width - 1 - before
        padded = np.pad(vectors, ((before, after), (0, 0)))
        y = np.stack([np.einsum("wi,wfi->f", padded[i : i + width], kernel)
                      for i in range(len(padded) - width + 1)])
        y += t[f"characters.convolutions.{index}.bias"]
        y = FUNCTIONS[shape["activation"]](y)
        if c["masked"]:
            y = y[np.asarray(characters) != 0]
        features.append(y.max(axis=0) if len(y) else np.zeros(kernel.shape[1]))
    real = np.asarray(words) != 0
    present = real if w["masked"] else np.ones(len(words), bool)
    f, g = FUNCTIONS[w["recurrentActivation"]], FUNCTIONS[w["activation"]]
    states = []
    for name, step in (("forward", 1), ("backward", -1)):
        h, cell = np.zeros(w["units"]), np.zeros(w["units"])
        outputs = []
        for i in range(len(words))[::step]:
            if present[i]:
                gates = (t[f"words.{name}.kernel"] @ t["words.embedding"][words[i]]
                         + h @ t[f"words.{name}.recurrent"] + t[f"words.{name}.bias"])
                i_, f_, c_, o_ = np.split(gates, 4)
                cell = f(f_) * cell + f(i_) * g(c_)
                h = f(o_) * g(cell)
            outputs.append(h)
        states.append(np.stack(outputs[::step]))
    states = np.concatenate(states, axis=1)
    energies = np.tanh(states @ t["words.attention.kernel"].T + t["words.attention.bias"])
    energies = energies @ t["words.attention.score"]
    if w["attention"]["masked"]:
        energies = np.where(real, energies, -np.inf)
    weights = np.exp(energies - energies.max()) if real.any() or not w["attention"]["masked"] else (
        np.zeros(len(words)))
    weights /= max(weights.sum(), 1e-300)
    x = np.concatenate([*features, weights @ states])
    for index, shape in enumerate(network["dense"]):
        x = FUNCTIONS[shape["activation"]](
            t[f"dense.{index}.kernel"] @ x + t[f"dense.{index}.bias"])
    x = t["output.kernel"] @ x + t["output.bias"]
    if network["output"] == "softmax":
        x = np.exp(x - x.max())
        return x / x.sum()
    return FUNCTIONS[network["output"]](x)


def random_ids(generator, count, length, padding, least):
    """Ids of a text with padding at one side; now and then none."""
    total = length or int(generator.integers(least, 40))
    used = int(generator.integers(1, total + 1)) if length else total
    ids = generator.integers(1, count, used) if count > 1 else np.zeros(used, int)
    zeros = np.zeros(total - used, int)
    return np.concatenate([ids, zeros] if padding == "post" else [zeros, ids]).astype(np.int32)


def predict(model, exported, characters, words):
    values = {exported.character_input.name: characters[None], exported.word_input.name: words[None]}
    names = [t._keras_history.operation.name for t in model.inputs]
    result = model([keras.ops.convert_to_tensor(values[name]) for name in names], training=False)
    result = result if isinstance(result, (list, tuple)) else [result]
    return np.concatenate([keras.ops.convert_to_numpy(r)[0] for r in result])


def verify(model, exported, trials=16, tolerance=1e-4):
    """Tries whether the exported numbers give what the model gives, also with the other reading of
    the attention's mask; keeps the one that fits, refuses if none does."""
    network = exported.configuration["network"]
    c, w = network["characters"], network["words"]
    generator = np.random.default_rng(1)
    widest = max((s["width"] for s in c["convolutions"]), default=1)
    cases = [
        (random_ids(generator, c["count"], c["length"], c["padding"], widest),
         random_ids(generator, w["count"], w["length"], w["padding"], 1))
        for _ in range(trials)
    ]
    expected = [predict(model, exported, *case) for case in cases]
    worst = {}
    for masked in (w["attention"]["masked"], not w["attention"]["masked"]):
        w["attention"]["masked"] = masked
        worst[masked] = max(
            float(np.abs(scores(exported.configuration, exported.tensors, *case) - y).max())
            for case, y in zip(cases, expected))
        if worst[masked] <= tolerance:
            return worst[masked]
    raise Refused(f"the exported numbers give other scores than the model (by {min(worst.values()):.2g}): "
                  "some layer computes something else than its kind says")


def export(model, folder, labels, text=None, words=None, **options):
    """Writes config.json, model.safetensors and words.txt; nothing if the model is refused."""
    exported = Exported(model, labels, **options)
    difference = verify(model, exported)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if text is not None:
        exported.configuration["text"] = text
        (folder / "words.txt").write_text("\n".join(words) + "\n", encoding="utf-8", newline="\n")
    save_file(exported.tensors, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    (folder / "config.json").write_text(
        json.dumps(exported.configuration, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return difference


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model", help="a .keras file")
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--labels", required=True, help="names of the outputs, a,b,c")
    parser.add_argument("--text", type=pathlib.Path)
    parser.add_argument("--words", type=pathlib.Path)
    parser.add_argument("--padding", choices=("pre", "post"), default="post")
    parser.add_argument("--truncating", choices=("pre", "post"), default="post")
    parser.add_argument("--legacy-hard-sigmoid", action="store_true",
                        help="hard_sigmoid is Keras 2's: clip(0.2 x + 0.5, 0, 1)")
    parser.add_argument("--import", dest="modules", action="append", default=[],
                        help="a module to import first, with the model's own layers")
    arguments = parser.parse_args()
    if (arguments.text is None) != (arguments.words is None):
        parser.error("--text and --words belong together")
    for module in arguments.modules:
        importlib.import_module(module)
    try:
        difference = export(
            keras.saving.load_model(arguments.model, compile=False), arguments.outdir,
            arguments.labels.split(","),
            json.loads(arguments.text.read_text()) if arguments.text else None,
            arguments.words.read_text(encoding="utf-8").splitlines() if arguments.words else None,
            legacy=arguments.legacy_hard_sigmoid, padding=arguments.padding,
            truncating=arguments.truncating)
    except Refused as refusal:
        print(f"{arguments.model}: {refusal}", file=sys.stderr)
        return 1
    print(f"written; largest difference to the model {difference:.2g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
