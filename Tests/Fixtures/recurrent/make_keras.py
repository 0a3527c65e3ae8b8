"""Random Keras models of several sizes, masks and lengths with the scores Keras gives.

    python make_keras.py        # KERAS_BACKEND=torch; versions in Weights/weights/charword/requirements.txt

Each folder keras-… gets the exported model and cases.json: ids (without the padding, which the
reader adds), and the scores.
"""

import json
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "Weights"))
import export_keras as ek  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

MODELS = {
    # name: characters (count, size, length, masked), convolutions (width, filters, padding,
    # activation), words (count, size, length, masked), units, activation, recurrent activation,
    # attention, dense, output, labels, padding side
    "masked": ((30, 6, 24, True), [(3, 8, "same", "relu")], (40, 10, 12, True), 7, "tanh",
               "sigmoid", 6, [(9, "relu")], "sigmoid", 5, "post"),
    "unmasked": ((30, 6, 24, False), [(3, 8, "same", "relu"), (4, 5, "valid", "relu")],
                 (40, 10, 12, False), 5, "tanh", "sigmoid", 4, [(9, "tanh")], "sigmoid", 5, "post"),
    "padded-in-front": ((20, 5, 15, False), [(5, 17, "same", "tanh")], (25, 3, 9, True), 4, "tanh",
                        "sigmoid", 3, [], "sigmoid", 3, "pre"),
    "hard-sigmoid": ((20, 4, None, True), [(2, 16, "causal", "relu"), (1, 3, "same", "linear")],
                     (25, 8, None, True), 8, "tanh", "hard_sigmoid", 5,
                     [(12, "relu"), (6, "sigmoid")], "sigmoid", 5, "post"),
    "one-of-each": ((3, 1, None, False), [(1, 1, "same", "relu")], (3, 1, None, False), 1, "relu",
                    "sigmoid", 1, [], "linear", 1, "post"),
    "softmax": ((50, 12, 40, True), [(2, 33, "same", "relu"), (6, 16, "same", "sigmoid")],
                (60, 17, 20, True), 19, "tanh", "hard_sigmoid", 21, [(20, "relu")], "softmax", 4,
                "pre"),
}


def build(characters, convolutions, words, units, activation, recurrent, attention, dense, output,
          labels, _):
    layers = keras.layers
    ids = keras.Input((characters[2],), dtype="int32", name="characters")
    spelt = layers.Embedding(characters[0], characters[1])(ids)
    branches = []
    for width, filters, padding, function in convolutions:
        y = layers.Conv1D(filters, width, padding=padding, activation=function,
                          bias_initializer="random_normal")(spelt)
        pool = ek.MaskedGlobalMaxPooling1D()([y, ids]) if characters[3] else (
            layers.GlobalMaxPooling1D()(y))
        branches.append(pool)
    read = keras.Input((words[2],), dtype="int32", name="words")
    x = layers.Embedding(words[0], words[1], mask_zero=words[3])(read)
    x = layers.Bidirectional(layers.LSTM(
        units, activation=activation, recurrent_activation=recurrent, return_sequences=True,
        bias_initializer="random_normal"))(x)
    x = ek.AttentionPooling(attention)(x)
    joined = layers.Concatenate()([x, *branches] if len(branches) > 1 else [*branches, x])
    for size, function in dense:
        joined = layers.Dropout(0.1)(layers.Dense(size, activation=function)(joined))
    result = layers.Dense(labels, activation=output)(joined)
    return keras.Model([ids, read], result)


def stripped(ids, fixed):
    """Without padding, which only a fixed length adds again."""
    return [int(i) for i in (ids[ids != 0] if fixed else ids)]


def main():
    generator = np.random.default_rng(5)
    for name, shape in MODELS.items():
        keras.utils.set_random_seed(len(name))
        model = build(*shape)
        # Larger than the initialisers make them, so that no gate or activation stays linear.
        for weight in model.weights:
            weight.assign(generator.normal(0, 0.6, weight.shape).astype(np.float32))
        folder = here / f"keras-{name}"
        labels = [f"label {i}" for i in range(shape[9])]
        difference = ek.export(
            model, folder, labels, padding=shape[10], truncating="post")
        exported = ek.Exported(model, labels)
        widest = max(s[0] for s in shape[1])
        cases = []
        for _ in range(12):
            c = ek.random_ids(generator, shape[0][0], shape[0][2], shape[10], widest)
            w = ek.random_ids(generator, shape[2][0], shape[2][2], shape[10], 1)
            if not shape[2][2] and shape[2][3] and len(w) > 2:
                w[len(w) // 2] = 0  # a hole in the mask
            scores = ek.predict(model, exported, c, w)
            cases.append({"characters": stripped(c, shape[0][2]), "words": stripped(w, shape[2][2]),
                          "scores": [float(s) for s in scores]})
        (folder / "cases.json").write_text(json.dumps(cases) + "\n")
        print(name, f"{difference:.2g}", sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
