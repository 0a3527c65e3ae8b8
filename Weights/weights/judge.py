"""Figures of the default moderator beside TF-IDF baselines: everything that the model card says.

    python -m weights.judge [BUNDLE]      # writes BUNDLE/card.json and BUNDLE/README.md

Scores come from our own engine, int8 as it ships. Thresholds of the baselines are chosen as the
bundle's were, on the same validation rows.
"""

import argparse
import json
import pathlib
import random

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from weights import baseline, bundle, card, engine, sources, train
from weights.rows import LABELS, select


def auc(truth, scores):
    return float(roc_auc_score(truth, scores)) if 0 < truth.sum() < len(truth) else None


def error_of_calibration(truth, scores, weights):
    """Expected calibration error over ten bins."""
    places, total = np.minimum((scores * 10).astype(int), 9), 0.0
    for place in range(10):
        inside = places == place
        if inside.any():
            w = weights[inside]
            total += abs(np.average(scores[inside] - truth[inside], weights=w)) * w.sum() if w.sum() else 0
    return float(total / weights.sum())


def figures(truth, scores, cut, weights=None):
    """Precision, recall, F1, AUC and average precision of one label."""
    fired = scores >= cut
    hits, wanted = float((fired & (truth > 0)).sum()), float((truth > 0).sum())
    precision = hits / fired.sum() if fired.any() else None
    recall = hits / wanted if wanted else None
    found = {"rows": len(truth), "positives": int(wanted), "precision": precision, "recall": recall,
             "f1": 2 * hits / (fired.sum() + wanted) if wanted else None, "auc": auc(truth, scores),
             "ap": float(average_precision_score(truth, scores)) if 0 < wanted < len(truth) else None}
    if weights is not None:
        found["calibration"] = error_of_calibration(truth, scores, weights)
    return found


class Judged:
    """A model's scores on demand, with its thresholds."""

    def __init__(self, scores, cuts):
        self.scores, self.cuts = scores, np.array(cuts)

    def flagged(self, texts):
        return (self.scores(texts) >= self.cuts).any(axis=1)


def held_out(model, rows):
    """By set and by label: figures on test rows of both kinds."""
    scores, found = model.scores(rows.texts), {}
    for name in ["all", *sorted(set(rows.sets))]:
        inside = np.ones(len(rows), bool) if name == "all" else rows.sets == name
        for index, label in enumerate(LABELS):
            known = inside & (rows.weights[:, index] > 0)
            truth = rows.labels[known, index]
            if truth.sum() >= 5 and (1 - truth).sum() >= 5:
                found[f"{name} {label}"] = figures(
                    truth, scores[known, index], model.cuts[index],
                    bundle.balance(truth, rows.weights[known, index]))
    return found


def kept_out(model):
    """Sets that nothing was trained on: AUC of abusive or not, and how the verdict does."""
    found = {}
    for name, cases in sources.judged().items():
        texts, truth = [c[0] for c in cases], np.array([c[1] for c in cases])
        scores = model.scores(texts)
        fired = (scores >= model.cuts).any(axis=1)
        one = figures(truth, fired.astype(float), 0.5)
        one["auc"], one["alarms"] = auc(truth, scores.max(axis=1)), float(fired[truth == 0].mean())
        one["auc of hate"], one["auc of offensive"] = auc(truth, scores[:, 4]), auc(truth, scores[:, 0])
        kinds = {}
        for kind in sorted({c[2] for c in cases}):
            inside = np.array([c[2] == kind for c in cases])
            kinds[kind] = [int(fired[inside].sum()), int(inside.sum()), int(truth[inside].sum())]
        one["flagged by kind"] = kinds
        found[name] = one
    return found


def disguised(model, rows, count=500):
    """Recall of the verdict on disguised positives, and its part of that on plain ones."""
    positive = [i for i in range(len(rows)) if ((rows.weights[i] == 1) & (rows.labels[i] == 1)).any()
                and len(rows.texts[i]) < 200]
    texts = [rows.texts[i] for i in random.Random(4).sample(positive, min(count, len(positive)))]
    texts += [text for text, _, _, flagged in sources.suite() if flagged]
    plain = model.flagged(texts).mean()
    found = {"rows": len(texts), "plain": float(plain)}
    for kind in engine.DISGUISES:
        found[kind] = float(model.flagged(engine.perturb(texts, kind)).mean() / plain)
    return found


def baselines(validation):
    """Both TF-IDF models with thresholds chosen on the validation rows."""
    for kind in baseline.KINDS:
        model = baseline.Kept(kind, train.SEED)
        scores, cuts = model.scores(validation.texts), []
        for index, name in enumerate(LABELS):
            known = validation.weights[:, index] > 0
            labels = validation.labels[known, index]
            cuts.append(bundle.threshold(
                scores[known, index], labels,
                bundle.balance(labels, validation.weights[known, index]), bundle.WANTED[name])[0])
        yield f"TF-IDF {kind}", Judged(model.scores, cuts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = pathlib.Path(__file__).resolve().parents[1] / "default"
    parser.add_argument("bundle", type=pathlib.Path, nargs="?", default=default)
    folder = parser.parse_args().bundle
    content = json.loads((folder / "moderation.json").read_text())
    cuts = [label["threshold"] for label in content["labels"]]
    rows = sources.load()
    test, validation = select(rows, "test"), bundle.validation()
    models = {"default": Judged(lambda texts: engine.kept_scores(folder, texts, sources.CACHE), cuts)}
    models |= dict(baselines(validation))
    result = {"thresholds": dict(zip(LABELS, cuts)), "rows": card.counted(rows)}
    for name, model in models.items():
        result[name] = {"held out": held_out(model, test), "kept out": kept_out(model),
                        "disguised": disguised(model, test)}
        print(name, json.dumps({k: round(v["auc"], 3) for k, v in result[name]["kept out"].items() if v["auc"]}))
    (folder / "card.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "README.md").write_text(card.text(result, content))


if __name__ == "__main__":
    main()
