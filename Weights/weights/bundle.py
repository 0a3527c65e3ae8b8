"""From a fine-tuned model to a bundle: int8 weights, calibration, thresholds.

    python -m weights.bundle WORK/model OUTPUT      # OUTPUT must not be there yet

The weights are prepared by `moderate quantize` on training texts. Calibration and thresholds rest on
validation rows, scored by the prepared weights in our own engine. A set's rows count as much there as
the mixture lets them count in training.
"""

import argparse
import hashlib
import json
import pathlib
import random
import shutil

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from weights import engine, mixture, sources, words
from weights.rows import LABELS, select

#: Precision that a label's threshold is to have, where positives are at most a quarter of rows.
WANTED = {"offensive": 0.81, "obscene": 0.93, "threatening": 0.50, "insult": 0.82, "hate": 0.64}
POSITIVE = 0.25
DESCRIPTIONS = {
    "offensive": "Offensive language of any kind: slurs, abuse, contempt.",
    "obscene": "Obscene, sexual or scatological language.",
    "threatening": "Threats, incitement to harm, wishes of harm.",
    "insult": "Insults and humiliation of a person or group.",
    "hate": "Hate against people for what they are.",
}
SEVERITY = {"offensive": "medium", "obscene": "low", "threatening": "critical", "insult": "medium", "hate": "high"}
ACTIONS = {
    "warn-author": "Ask the author to reconsider before the message is posted.",
    "hold-for-review": "Hold the message until a person has looked at it.",
    "offer-report": "Offer readers to report the message.",
    "hide-behind-warning": "Hide the message behind a warning.",
}
TAKEN = {
    "offensive": ("warn-author", "hide-behind-warning"), "obscene": ("warn-author", "hide-behind-warning"),
    "threatening": ("hold-for-review", "offer-report"), "insult": ("warn-author", "offer-report"),
    "hate": ("hold-for-review", "offer-report"),
}


def description(labels):
    """`moderation.json`, with each label's own keys from `labels`."""
    return {
        "format": 1, "name": "default",
        "description": "Five labels of abuse in English and French, from a small transformer; nothing to download.",
        "license": "Apache-2.0", "languages": ["en", "fr"],
        "model": {"kind": "classifier", "path": ".", "activation": "sigmoid"},
        "labels": [
            {"name": name, "description": DESCRIPTIONS[name], "severity": SEVERITY[name],
             "actions": {"author": [TAKEN[name][0]], "readers": [TAKEN[name][1]]}} | labels.get(name, {})
            for name in LABELS],
        "actions": ACTIONS, "maximumTokens": 512, "longTexts": {"policy": "windows", "overlap": 64, "combine": "max"},
        "respelling": {"words": "words.tsv"},
    }


def balance(labels, weights):
    """Weights at which positives are at most `POSITIVE` of the rows."""
    positive, negative = (weights * labels).sum(), (weights * (1 - labels)).sum()
    share = min(1.0, POSITIVE / (1 - POSITIVE) * negative / max(positive, 1e-9))
    return np.where(labels > 0, weights * share, weights)


def validation():
    """The validation rows, weighted by the shares of their sets."""
    rows = select(sources.load(), "validation")
    shares = {name: share * count for name, (share, count) in mixture.SHARES.items()}
    rows.weights = rows.weights * np.array([[shares[name]] for name in rows.sets], dtype=np.float32)
    return rows


def logit(p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def platt(scores, labels, weights):
    model = LogisticRegression(C=1e6).fit(logit(scores)[:, None], labels, weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def threshold(scores, labels, weights, wanted):
    """The lowest score at which precision is as wanted, if it still finds a fifth; else the best F0.5."""
    precision, recall, cuts = precision_recall_curve(labels, scores, sample_weight=weights)
    fine = np.flatnonzero((precision[:-1] >= wanted) & (recall[:-1] > 0.2))
    if len(fine) == 0:
        value = 1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-9)
        fine = [int(np.argmax(value[:-1]))]
    place = fine[0]
    return float(cuts[place]), float(precision[place]), float(recall[place])


def tuned(bundle, report):
    """Calibration, threshold and support of each label."""
    rows = validation()
    scores = engine.kept_scores(bundle, rows.texts, sources.CACHE)
    found = {}
    for index, name in enumerate(LABELS):
        known = rows.weights[:, index] > 0
        labels = rows.labels[known, index]
        weights = balance(labels, rows.weights[known, index])
        slope, intercept = platt(scores[known, index], labels, weights)
        calibrated = 1 / (1 + np.exp(-(slope * logit(scores[known, index]) + intercept)))
        cut, precision, recall = threshold(calibrated, labels, weights, WANTED[name])
        report[name] = {"threshold": round(cut, 3), "precision": precision, "recall": recall}
        found[name] = {
            "threshold": round(cut, 3),
            "calibration": {"method": "platt", "slope": round(slope, 4), "intercept": round(intercept, 4)},
            "support": {"positives": int(labels.sum()), "negatives": int((1 - labels).sum()),
                        "source": "validation rows of the model card"}}
    return found


def write(folder, content):
    (folder / "moderation.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def prepare(model, output, work):
    """int8 weights in `output`, rounded for a few hundred training texts."""
    plain = work / "float32"
    shutil.rmtree(plain, ignore_errors=True)
    shutil.copytree(model, plain)
    words.write(plain / "tokenizer.json", plain / "words.tsv")
    write(plain, description({}))
    rng = random.Random(3)
    texts = [row.text for row in sources.load() if row.split == "train"]
    engine.write_lines(work / "calibration.jsonl", rng.sample(texts, 600))
    engine.run(
        "quantize", "--model", plain, "--output", output, "--calibrate", work / "calibration.jsonl",
        "--instruction-set", "avx512vnni")
    return json.loads((output / "moderation.json").read_text()).get("quantization")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    arguments = parser.parse_args()
    quantization = prepare(arguments.model, arguments.output, arguments.model.parent)
    content = json.loads((arguments.output / "moderation.json").read_text())
    content.pop("quantization", None)
    report = {}
    content = description(tuned(arguments.output, report))
    content["model"]["precisions"] = ["int8"]
    content["files"] = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(arguments.output.iterdir()) if path.name != "moderation.json"}
    content["quantization"] = quantization
    write(arguments.output, content)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
