"""Trains the MiniLM bundle's head on the shared mapping of labels (data.py).

    python -m weights.charword.train_minilm [--encoder FOLDER] [--work FOLDER] [--output minilm]

The head has scikit-learn's shape StandardScaler, MLP 512 -> 128, ReLU, five logistic outputs.
scikit-learn's own `MLPClassifier` cannot leave a label of a row out of the loss, so the same
network is trained here with PyTorch, labels that a set does not give masked, early stopping on
validation, and written in the file format of Weights/export_head.py.
"""

import argparse
import pathlib

import joblib
import numpy as np
import torch

from weights.charword import baseline, card, data, disguise, judge
from weights.charword.embedder import Embedder, encoder_folder
from weights.charword.head import as_scikit_learn, export_head, fit


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=pathlib.Path, default=here.parents[1] / "minilm")
    parser.add_argument("--encoder", type=pathlib.Path, default=None)
    parser.add_argument("--work", type=pathlib.Path, default=here / ".work")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    arguments.encoder = arguments.encoder or encoder_folder()
    torch.set_num_threads(arguments.threads)

    report = {}
    rows = data.load(report, arguments.work)
    parts = {split: data.select(rows, split) for split in ("train", "validation", "test")}
    charged = disguise.charged_words(parts["train"])
    embed = Embedder(arguments.encoder, arguments.work / "embeddings")

    # Every other positive row once more, disguised: the encoder itself stays as it is.
    abusive = judge.positives(parts["train"])
    abusive = abusive.take(range(0, len(abusive), 2))
    hidden = judge.disguised_texts(abusive, charged, disguise.KINDS, 3)
    rows_of = parts["train"]
    both = data.Rows(
        rows_of.texts + hidden,
        np.concatenate([rows_of.labels, abusive.labels]),
        np.concatenate([rows_of.weights, abusive.weights]),
        np.concatenate([rows_of.sets, abusive.sets]),
        rows_of.ids + abusive.ids)
    validation = parts["validation"]
    head = as_scikit_learn(
        *fit(both, embed(both.texts), validation, embed(validation.texts)))
    joblib.dump(head, arguments.work / "minilm-head.joblib")
    export_head(head, arguments.output)

    results = {
        "MiniLM": judge.judge(lambda t: head.predict_proba(embed(t)), parts, charged),
        "TF-IDF words": judge.judge(
            baseline.trained("words", rows_of, arguments.work), parts, charged),
        "TF-IDF characters": judge.judge(
            baseline.trained("characters", rows_of, arguments.work), parts, charged),
    }
    card.write_minilm(arguments.output, results, report)


if __name__ == "__main__":
    main()
