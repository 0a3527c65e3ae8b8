"""Makes metrics.json: scikit-learn's numbers on random and degenerate data.

    python -m pip install -r requirements.txt
    python make_metrics.py
"""

import json
import pathlib
import warnings

import numpy as np
from scipy import optimize, stats
from sklearn import metrics
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)


def number(x):
    x = float(x)
    if np.isnan(x):
        return None
    if np.isinf(x):
        return 1e300 if x > 0 else -1e300
    return x


def numbers(xs):
    return [number(x) for x in xs]


def ece(truths, scores, bins=10):
    edges = np.linspace(0, 1, bins + 1)
    ids = np.searchsorted(edges[1:-1], scores)
    total = 0.0
    rows = []
    for i in range(bins):
        mask = ids == i
        n = int(mask.sum())
        mean = float(scores[mask].mean()) if n else 0.0
        rate = float(truths[mask].mean()) if n else 0.0
        total += n / len(scores) * abs(mean - rate)
        rows.append([n, mean, rate])
    if len(set(truths)) == 2:  # the same bins as scikit-learn's own
        rate, mean = calibration_curve(truths, scores, n_bins=bins)
        assert np.allclose(mean, [r[1] for r in rows if r[0]])
        assert np.allclose(rate, [r[2] for r in rows if r[0]])
    return total, rows


def platt(truths, scores):
    """scikit-learn's fit, and the same loss minimised to convergence."""
    if len(set(truths)) < 2:
        return None
    odds = np.log(np.clip(scores, 1e-7, 1 - 1e-7) / (1 - np.clip(scores, 1e-7, 1 - 1e-7)))
    a, b = _sigmoid_calibration(odds, truths)
    n1, n0 = truths.sum(), (1 - truths).sum()
    target = np.where(truths > 0, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def loss(ab):
        z = ab[0] * odds + ab[1]
        return np.sum(np.logaddexp(0, z) - target * z)

    def gradient(ab):
        z = ab[0] * odds + ab[1]
        e = 1 / (1 + np.exp(-z)) - target
        return np.array([np.sum(e * odds), np.sum(e)])

    def hessian(ab):
        p = 1 / (1 + np.exp(-(ab[0] * odds + ab[1])))
        w = p * (1 - p)
        return np.array([[np.sum(w * odds**2), np.sum(w * odds)], [np.sum(w * odds), np.sum(w)]])

    x = np.array([-a, -b])
    if len(set(odds)) > 1:
        for _ in range(50):
            x = x - np.linalg.solve(hessian(x), gradient(x))
        assert loss(x) <= loss([-a, -b]) + 1e-12
    probe = np.linspace(-4, 4, 9)
    return {
        "sklearn": numbers(1 / (1 + np.exp(a * probe + b))),
        "converged": numbers(1 / (1 + np.exp(-(x[0] * probe + x[1])))),
        "probe": numbers(probe),
    }


def single(name, truths, scores, threshold):
    truths = np.asarray(truths, int)
    scores = np.asarray(scores, float)
    flagged = (scores >= threshold).astype(int)
    tn, fp, fn, tp = metrics.confusion_matrix(truths, flagged, labels=[0, 1]).ravel()
    p, r, f, _ = metrics.precision_recall_fscore_support(
        truths, flagged, average="binary", zero_division=0)
    one_class = len(set(truths)) < 2
    roc = {}
    for key, drop in (("full", False), ("dropped", True)):
        x, y, t = metrics.roc_curve(truths, scores, drop_intermediate=drop)
        roc[key] = {"fpr": numbers(x), "tpr": numbers(y), "thresholds": numbers(t)}
    pp, rr, tt = metrics.precision_recall_curve(truths, scores)
    f1s = 2 * pp[:-1] * rr[:-1] / np.maximum(pp[:-1] + rr[:-1], 1e-300)
    error, bins = ece(truths, scores)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(scores, truths)
    probe = np.linspace(-0.1, 1.1, 25)
    return {
        "name": name,
        "truths": truths.tolist(),
        "scores": numbers(scores),
        "threshold": threshold,
        "confusion": [int(tp), int(fp), int(fn), int(tn)],
        "precision": number(p), "recall": number(r), "f1": number(f),
        "accuracy": number(metrics.accuracy_score(truths, flagged)),
        "auc": None if one_class else number(metrics.roc_auc_score(truths, scores)),
        "average_precision": number(metrics.average_precision_score(truths, scores)),
        "roc": roc,
        "pr": {"precision": numbers(pp), "recall": numbers(rr), "thresholds": numbers(tt)},
        "brier": number(np.mean((scores - truths) ** 2) if one_class
                        else metrics.brier_score_loss(truths, scores)),
        "ece": error, "bins": bins,
        "maximum_f1": number(f1s.max()),
        "recall_at_precision_0.8": number(max(rr[:-1][pp[:-1] >= 0.8], default=-1)),
        "minimum_cost_1_5": number(min(
            np.sum((scores >= t) & (truths == 0)) + 5 * np.sum((scores < t) & (truths == 1))
            for t in tt)),
        "isotonic": {"probe": numbers(probe), "values": numbers(isotonic.predict(probe)),
                     "x": numbers(isotonic.X_thresholds_), "y": numbers(isotonic.y_thresholds_)},
        "platt": platt(truths, scores),
    }


def f32(x):
    return np.asarray(x, np.float32).astype(float)


def singles():
    n = 60
    truths = rng.random(n) < 0.4
    noisy = f32(np.clip(0.35 * truths + 0.65 * rng.random(n), 0, 1))
    yield single("random", truths, noisy, 0.5)
    yield single("random doubles", truths, np.clip(0.3 * truths + 0.7 * rng.random(n), 0, 1), 0.41)
    yield single("ties", truths, np.round(noisy, 1), 0.5)
    yield single("coarse ties", truths, np.round(noisy * 3) / 3, 1 / 3)
    yield single("useless", truths, f32(rng.random(n)), 0.5)
    yield single("inverted", truths, 1 - noisy, 0.5)
    yield single("no positives", np.zeros(20), f32(rng.random(20)), 0.5)
    yield single("no negatives", np.ones(20), f32(rng.random(20)), 0.5)
    yield single("all equal scores", truths[:30], np.full(30, 0.5), 0.5)
    yield single("all equal, none flagged", truths[:30], np.full(30, 0.25), 0.5)
    yield single("perfect", truths, f32(truths * 0.9 + 0.05), 0.5)
    yield single("zeros and ones", truths, truths.astype(float), 1.0)
    yield single("one positive row", [1], [0.7], 0.5)
    yield single("one negative row", [0], [0.7], 0.5)
    yield single("two rows", [0, 1], [0.2, 0.8], 0.5)
    yield single("nothing flagged", truths, noisy * 0.5, 0.9)
    yield single("everything flagged", truths, noisy, 0.0)
    yield single("score equals threshold", [1, 0, 1, 0], [0.5, 0.5, 0.4, 0.6], 0.5)
    yield single("bin edges", rng.random(22) < 0.5, np.r_[np.linspace(0, 1, 11),
                                                         np.linspace(0, 1, 11)], 0.3)
    yield single("rare", np.r_[1, 1, np.zeros(60)], f32(np.r_[0.9, 0.1, rng.random(60) * 0.5]), 0.4)


def multi(name, truths, scores, thresholds):
    """`truths` has −1 where the label of a row is unknown."""
    truths = np.asarray(truths)
    flagged = (scores >= thresholds).astype(int)
    known = truths >= 0
    case = {"name": name, "truths": truths.tolist(), "scores": [numbers(r) for r in scores],
            "thresholds": numbers(thresholds)}
    complete = known.all()
    if complete:
        for average in ("macro", "micro", "weighted"):
            case[average] = numbers(metrics.precision_recall_fscore_support(
                truths, flagged, average=average, zero_division=0)[:3])
        if all(len(set(c)) == 2 for c in truths.T):
            for average in ("macro", "micro", "weighted"):
                case[f"auc_{average}"] = number(
                    metrics.roc_auc_score(truths, scores, average=average))
                case[f"ap_{average}"] = number(
                    metrics.average_precision_score(truths, scores, average=average))
    else:  # each label over its own known rows; micro over all known cells
        rows = []
        for k in range(truths.shape[1]):
            m = known[:, k]
            rows.append(metrics.precision_recall_fscore_support(
                truths[m, k], flagged[m, k], average="binary", zero_division=0)[:3])
        rows = np.array(rows)
        support = (truths == 1).sum(axis=0)
        case["macro"] = numbers(rows.mean(axis=0))
        case["weighted"] = numbers(np.average(rows, axis=0, weights=support))
        case["micro"] = numbers(metrics.precision_recall_fscore_support(
            truths[known], flagged[known], average="binary", zero_division=0)[:3])
    full = known.all(axis=1)
    case["exact_rows"] = int(full.sum())
    case["exact"] = number(metrics.accuracy_score(truths[full], flagged[full])) if full.any() else 0
    return case


def multis():
    n, k = 40, 4
    truths = (rng.random((n, k)) < [0.5, 0.3, 0.2, 0.1]).astype(int)
    truths[0] = 1
    truths[1] = 0
    scores = f32(np.clip(0.3 * truths + 0.7 * rng.random((n, k)), 0, 1))
    thresholds = np.array([0.5, 0.4, 0.6, 0.55])
    yield multi("random", truths, scores, thresholds)
    empty = truths.copy()
    empty[:, 2] = 0
    yield multi("a label without positives", empty, scores, thresholds)
    yield multi("no positives at all", np.zeros_like(truths), scores, thresholds)
    masked = np.where(rng.random((n, k)) < 0.2, -1, truths)
    yield multi("missing labels masked", masked, scores, thresholds)
    one = truths.copy()
    one[:, 1:] = np.where(rng.random((n, k - 1)) < 0.999, -1, one[:, 1:])
    one[:, 1:] = -1
    one[0] = 1
    yield multi("one row with every label", one, scores, thresholds)
    yield multi("ties everywhere", truths, np.round(scores * 2) / 2, thresholds)


def mcnemar():
    for b, c in ((0, 0), (1, 0), (5, 12), (0, 9), (12, 13), (10, 30), (100, 140), (500, 501), (40, 0)):
        if b + c <= 25:
            p = stats.binomtest(min(b, c), b + c, 0.5).pvalue if b + c else 1.0
        else:
            p = stats.chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)
        yield [b, c, number(min(p, 1))]


def bootstrap():
    """The standard deviation of F1, AUC and average precision over resampled rows: what the
    seeded resampling here must reproduce within sampling error."""
    n = 300
    truths = rng.random(n) < 0.3
    scores = f32(np.clip(0.25 * truths + 0.75 * rng.random(n), 0, 1))
    values = {"f1": [], "auc": [], "average_precision": []}
    for _ in range(4000):
        i = rng.integers(0, n, n)
        values["f1"].append(metrics.f1_score(truths[i], scores[i] >= 0.5))
        values["auc"].append(metrics.roc_auc_score(truths[i], scores[i]))
        values["average_precision"].append(metrics.average_precision_score(truths[i], scores[i]))
    return {"truths": truths.astype(int).tolist(), "scores": numbers(scores), "threshold": 0.5,
            "intervals": {k: numbers(np.percentile(v, [2.5, 97.5])) for k, v in values.items()}}


out = {"single": list(singles()), "multi": list(multis()), "mcnemar": list(mcnemar()),
       "bootstrap": bootstrap()}
path = pathlib.Path(__file__).parent / "metrics.json"


def compact(x):
    return json.dumps(x, separators=(",", ":"))


lines = ['{"single":[', ",\n".join(compact(c) for c in out["single"]), '],\n"multi":[',
         ",\n".join(compact(c) for c in out["multi"]), '],\n"mcnemar":', compact(out["mcnemar"]),
         ',\n"bootstrap":', compact(out["bootstrap"]), "}\n"]
path.write_text("".join(lines))
print(path, path.stat().st_size)
