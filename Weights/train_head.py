"""Trains, judges and exports a head on embeddings, in one command.

    moderate embed --model ENCODER --input train.jsonl --output train.npy     # and so on
    python train_head.py --train train.npy train.jsonl --validation validation.npy validation.jsonl \\
        --test test.npy test.jsonl --kind mlp --encoder ENCODER --output my-moderator/

The vectors' rows belong to the lines of the JSONL files, {"text", "labels": {name: 0|1}}; a missing
label is unknown and trains nothing. Without --validation and --test a part of the training rows is
set aside by iterative stratification (split.py).

--kind mlp       StandardScaler, MLPClassifier(512, 128), early stopping
       logistic  StandardScaler, LogisticRegression
       lightgbm  LGBMClassifier, 300 trees
Where every row knows every label the MLP is one multi-label network; else each label has its own
estimator, trained on the rows that know it.

Written: head/ (head.json, head.safetensors: Weights/export_head.py), moderation.json with thresholds
chosen on the validation rows, head.joblib, and evaluation.json with the numbers on the test rows.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import export_head
import split as splitting

UNKNOWN = -1


class Failure(Exception):
    """What is wrong with the input, in words."""


def load(vectors: Path, rows: Path) -> tuple[np.ndarray, list[dict]]:
    x = np.load(vectors, allow_pickle=False)
    if x.ndim != 2:
        raise Failure(f"{vectors}: expected [rows, numbers], found the shape {x.shape}")
    if not np.isfinite(x).all():
        raise Failure(f"{vectors}: holds NaN or infinity")
    labelled = [json.loads(line) for line in rows.open(encoding="utf-8") if line.strip()]
    if len(labelled) != len(x):
        raise Failure(f"{vectors} has {len(x)} rows, {rows} has {len(labelled)} lines")
    return x.astype(np.float32), labelled


def matrix(rows: list[dict], labels: list[str]) -> np.ndarray:
    """[rows, labels] of 0, 1 and UNKNOWN."""
    def value(row, label):
        found = (row.get("labels") or {}).get(label)
        return UNKNOWN if found is None else int(found)
    return np.array([[value(r, l) for l in labels] for r in rows], int).reshape(-1, len(labels))


def estimator(kind: str, seed: int):
    if kind == "mlp":
        return MLPClassifier((512, 128), early_stopping=True, random_state=seed)
    if kind == "logistic":
        return LogisticRegression(C=1.0, max_iter=2000)
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=300, learning_rate=0.05, max_depth=6, random_state=seed, verbose=-1,
        deterministic=True, force_row_wise=True)


def fit(kind: str, x: np.ndarray, y: np.ndarray, labels: list[str], seed: int):
    for k, label in enumerate(labels):
        known = y[y[:, k] != UNKNOWN, k]
        if len(np.unique(known)) < 2:
            raise Failure(f"{label}: the training rows need positives and negatives")
    scaler = [] if kind == "lightgbm" else [StandardScaler()]
    if y.shape[1] == 1:
        known = y[:, 0] != UNKNOWN
        return make_pipeline(*scaler, estimator(kind, seed)).fit(x[known], y[known, 0])
    if kind == "mlp" and (y != UNKNOWN).all():
        return make_pipeline(*scaler, estimator(kind, seed)).fit(x, y)
    # One estimator a label, each on the rows that know it, behind one scaler.
    scaled = scaler[0].fit_transform(x) if scaler else x
    heads = MultiOutputClassifier(estimator(kind, seed))
    heads.estimators_ = [
        estimator(kind, seed).fit(scaled[y[:, k] != UNKNOWN], y[y[:, k] != UNKNOWN, k])
        for k in range(y.shape[1])
    ]
    heads.classes_ = [member.classes_ for member in heads.estimators_]
    heads.n_features_in_ = x.shape[1]
    if not scaler:
        return heads
    pipeline = make_pipeline(scaler[0], heads)
    return pipeline


def probabilities(model, x: np.ndarray, count: int) -> np.ndarray:
    """[rows, labels]"""
    p = model.predict_proba(x)
    if isinstance(p, list):
        return np.stack([member[:, 1] for member in p], axis=1)
    return p[:, 1:] if count == 1 else p


def threshold(y: np.ndarray, p: np.ndarray, precision: float | None) -> float:
    """The threshold of the highest F1, or of the highest recall at a precision; `>=` flags."""
    if len(np.unique(y)) < 2:
        return 0.5
    ps, rs, ts = metrics.precision_recall_curve(y, p)
    ps, rs = ps[:-1], rs[:-1]
    if precision is not None and (ps >= precision).any():
        best = np.flatnonzero(ps >= precision)
        best = best[np.argmax(rs[best])]
    else:
        best = np.argmax(2 * ps * rs / np.maximum(ps + rs, 1e-12))
    # A little below the score itself, so that rounding to float32 changes no decision.
    below = ts[best - 1] if best > 0 else 0.0
    return float(np.round((ts[best] + below) / 2, 6))


def judge(y: np.ndarray, p: np.ndarray, thresholds: list[float], labels: list[str]) -> dict:
    result, f1s = {}, []
    for k, label in enumerate(labels):
        known = y[:, k] != UNKNOWN
        truth, scores = y[known, k], p[known, k]
        flagged = scores >= thresholds[k]
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            truth, flagged, average="binary", zero_division=0)
        both = len(np.unique(truth)) == 2
        f1s.append(f1)
        result[label] = {
            "rows": int(known.sum()), "positives": int(truth.sum()), "threshold": thresholds[k],
            "precision": float(precision), "recall": float(recall), "f1": float(f1),
            "auc": float(metrics.roc_auc_score(truth, scores)) if both else None,
            "average_precision":
                float(metrics.average_precision_score(truth, scores)) if truth.any() else None,
        }
    return {"labels": result, "macro_f1": float(np.mean(f1s))}


def bundle(arguments, labels, thresholds, y) -> dict:
    encoder = arguments.encoder
    model = {"kind": "encoder"}
    if encoder is None:
        model["path"] = "encoder"
    elif Path(encoder).is_dir() or "/" not in encoder:
        model["path"] = encoder
    else:
        model["name"] = encoder
    def source(label):
        return [{"class": "1" if len(labels) == 1 else label}]
    return {
        "format": 1, "name": arguments.name or arguments.output.resolve().name, "model": model,
        "heads": [{"path": "head"}],
        "labels": [
            {
                "name": label, "threshold": thresholds[k], "scores": source(label),
                "support": {
                    "positives": int((y[:, k] == 1).sum()),
                    "negatives": int((y[:, k] == 0).sum()),
                },
            }
            for k, label in enumerate(labels)
        ],
    }


def run(arguments) -> int:
    x, rows = load(*arguments.train)
    labels = (
        arguments.labels.split(",") if arguments.labels
        else list(dict.fromkeys(l for r in rows for l in (r.get("labels") or {}))))
    if not labels:
        raise Failure("the training rows have no labels")
    y = matrix(rows, labels)
    if bool(arguments.validation) != bool(arguments.test):
        raise Failure("give --validation and --test, or neither")
    if arguments.validation:
        xv, rv = load(*arguments.validation)
        xt, rt = load(*arguments.test)
        yv, yt = matrix(rv, labels), matrix(rt, labels)
    else:
        strata = [
            {(k, v) for k, v in enumerate(row) if v != UNKNOWN} for row in y.tolist()]
        part = splitting.stratify(strata, [0.8, 0.1, 0.1], arguments.seed)
        (xv, yv), (xt, yt) = (x[part == 1], y[part == 1]), (x[part == 2], y[part == 2])
        x, y = x[part == 0], y[part == 0]
    model = fit(arguments.kind, x, y, labels, arguments.seed)
    pv = probabilities(model, xv, len(labels))
    thresholds = []
    for k in range(len(labels)):
        known = yv[:, k] != UNKNOWN
        thresholds.append(threshold(yv[known, k], pv[known, k], arguments.precision))
    report = {
        "kind": arguments.kind, "seed": arguments.seed,
        "train_rows": len(x), "validation_rows": len(xv), "test_rows": len(xt),
        "validation": judge(yv, pv, thresholds, labels),
        "test": judge(yt, probabilities(model, xt, len(labels)), thresholds, labels),
    }
    output = arguments.output
    output.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, output / "head.joblib")
    export_head.export(model, output / "head", labels if len(labels) > 1 else None)
    for name, value in (
        ("moderation.json", bundle(arguments, labels, thresholds, yv)),
        ("evaluation.json", report),
    ):
        (output / name).write_text(
            json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{'label':24} {'positives':>9} {'threshold':>9} {'P':>6} {'R':>6} {'F1':>6} {'AUC':>6}")
    for label, row in report["test"]["labels"].items():
        auc = "–" if row["auc"] is None else f"{row['auc']:.3f}"
        print(
            f"{label:24} {row['positives']:9} {row['threshold']:9.3f} {row['precision']:6.3f} "
            f"{row['recall']:6.3f} {row['f1']:6.3f} {auc:>6}")
    print(f"macro F1 {report['test']['macro_f1']:.4f} on {len(xt)} test rows; wrote {output}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    for name in ("train", "validation", "test"):
        parser.add_argument(
            f"--{name}", nargs=2, type=Path, metavar=("VECTORS.npy", "ROWS.jsonl"),
            required=name == "train")
    parser.add_argument("--kind", choices=("mlp", "logistic", "lightgbm"), default="mlp")
    parser.add_argument("--labels", help="a,b,c; by default all, in order of appearance")
    parser.add_argument("--precision", type=float, help="highest recall at this precision")
    parser.add_argument("--encoder", help="folder or Hugging Face name, for moderation.json")
    parser.add_argument("--name", help="the bundle's name")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        return run(arguments)
    except (Failure, export_head.Refused, OSError, ValueError) as error:
        print(f"train_head.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
