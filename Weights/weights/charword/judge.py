"""Thresholds and the model card's figures: one procedure for every model.

A model is a function from texts to scores, `[n, 5]`. Thresholds come from validation rows, all
other figures from test rows, which no model and no threshold has seen.
"""

import json
import random

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from weights.charword import data, disguise

#: Precision that a threshold must reach on validation before recall counts.
WANTED_PRECISION = {
    "offensive": 0.85, "obscene": 0.9, "threatening": 0.5, "insult": 0.65, "hate": 0.6,
}
#: Share of positives that precision is computed for. The sets were collected to be abusive; a
#: precision measured at their own share of positives would promise too much. Sets with a smaller
#: share than this keep their own.
PREVALENCE = 0.25


def weighted(labels, weights):
    """Row weights that bring the share of positives down to `PREVALENCE`."""
    positive = weights * (labels > 0)
    share = positive.sum() / weights.sum()
    if share <= PREVALENCE:
        return weights
    return np.where(labels > 0, weights * PREVALENCE / share,
                    weights * (1 - PREVALENCE) / (1 - share))


def thresholds(labels, weights, scores):
    """Per label the lowest threshold with the wanted precision; the best F0.5 where there is none
    with a recall of a tenth."""
    chosen = {}
    for i, label in enumerate(data.LABELS):
        known = weights[:, i] > 0
        y, s = labels[known, i] > 0, scores[known, i]
        w = weighted(labels[known, i], weights[known, i])
        order = np.argsort(-s, kind="stable")
        true, false = np.cumsum((w * y)[order]), np.cumsum((w * ~y)[order])
        precision, recall = true / (true + false), true / true[-1]
        ends = np.append(s[order][1:] != s[order][:-1], True)
        good = ends & (precision >= WANTED_PRECISION[label]) & (recall >= 0.1)
        if good.any():
            place = np.flatnonzero(good)[-1]
            wanted = WANTED_PRECISION[label]
        else:
            f = 1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-12)
            place = int(np.argmax(np.where(ends, f, -1)))
            wanted = None
        # Halfway to the next lower score, rounded: the decision rests on no single row's digits.
        following = s[order][min(place + 1, len(s) - 1)]
        value = round(float(s[order][place] + following) / 2, 3)
        chosen[label] = {
            "threshold": value,
            "wanted precision": wanted,
            "precision": round(float(precision[place]), 4),
            "recall": round(float(recall[place]), 4),
            "positives": int(y.sum()),
            "negatives": int((~y).sum()),
        }
    return chosen


def figures(labels, weights, scores, chosen):
    """Per label: support, precision, recall, F1, AUC, average precision on the labelled rows."""
    result = {}
    for i, label in enumerate(data.LABELS):
        known = weights[:, i] > 0
        if not known.any():
            continue
        y, s = labels[known, i] > 0, scores[known, i]
        fired = s >= chosen[label]["threshold"]
        hits = int((fired & y).sum())
        precision = hits / fired.sum() if fired.any() else None
        recall = hits / y.sum() if y.any() else None
        both = 0 < y.sum() < len(y)
        f1 = None
        if precision is not None and recall is not None:
            f1 = 0.0 if hits == 0 else 2 * precision * recall / (precision + recall)
        result[label] = {
            "rows": int(known.sum()), "positives": int(y.sum()), "precision": precision,
            "recall": recall, "f1": f1,
            "auc": float(roc_auc_score(y, s)) if both else None,
            "average precision": float(average_precision_score(y, s)) if both else None,
        }
    return result


def hatecheck(scores, cases, chosen):
    """Per function the share of cases decided rightly: by the label hate, and by any label."""
    hate = scores[:, data.LABELS.index("hate")] >= chosen["hate"]["threshold"]
    limits = np.array([chosen[label]["threshold"] for label in data.LABELS])
    flagged = (scores >= limits).any(axis=1)
    functions, result = list(dict.fromkeys(f for _, f, _ in cases)), {}
    gold = np.array([g for _, _, g in cases])
    names = np.array([f for _, f, _ in cases])
    for function in functions:
        inside = names == function
        result[function] = {
            "cases": int(inside.sum()), "hateful": bool(gold[inside][0]),
            "hate": float((hate == gold)[inside].mean()),
            "flagged": float((flagged == gold)[inside].mean()),
        }
    result["all"] = {
        "cases": len(cases), "hate": float((hate == gold).mean()),
        "flagged": float((flagged == gold).mean()),
        "hate auc": float(roc_auc_score(gold, scores[:, data.LABELS.index("hate")])),
        "hate recall": float(hate[gold].mean()), "hate false alarms": float(hate[~gold].mean()),
        "flagged recall": float(flagged[gold].mean()),
        "flagged false alarms": float(flagged[~gold].mean()),
    }
    return result


def disguised_texts(rows, charged, kinds, seed):
    rng = random.Random(seed)
    change = disguise.Disguiser(charged, kinds)
    return [change(text, rng) for text in rows.texts]


def positives(rows):
    return rows.take(((rows.labels > 0) & (rows.weights > 0)).any(axis=1))


def kept_recall(rows, plain, hidden, chosen):
    """Recall on positive rows, plain and disguised, and the share that is kept."""
    result, hits, kept = {}, 0, 0
    for i, label in enumerate(data.LABELS):
        y = (rows.labels[:, i] > 0) & (rows.weights[:, i] > 0)
        if not y.any():
            continue
        limit = chosen[label]["threshold"]
        before, after = int((plain[y, i] >= limit).sum()), int((hidden[y, i] >= limit).sum())
        hits, kept = hits + before, kept + after
        result[label] = {
            "positives": int(y.sum()), "plain": before / int(y.sum()),
            "disguised": after / int(y.sum()), "kept": after / before if before else None,
        }
    result["all"] = {"kept": kept / hits if hits else None}
    return result


def judge(scorer, parts, charged):
    """Everything about one model, as JSON. Texts are scored set by set in a fixed order."""
    validation, test = parts["validation"], parts["test"]
    scores = scorer(validation.texts)
    chosen = thresholds(validation.labels, validation.weights, scores)
    scores = scorer(test.texts)
    by_set = {"all": figures(test.labels, test.weights, scores, chosen)}
    for name in data.SETS:
        inside = test.sets == name
        by_set[name] = figures(
            test.labels[inside], test.weights[inside], scores[inside], chosen)
    abusive = positives(test)
    plain = scorer(abusive.texts)
    result = {"thresholds": chosen, "test": by_set, "disguised": {}}
    for name, kinds, seed in (("known", disguise.KINDS, 1), ("unseen", disguise.UNSEEN, 4)):
        hidden = scorer(disguised_texts(abusive, charged, kinds, seed))
        result["disguised"][name] = kept_recall(abusive, plain, hidden, chosen)
    for language in ("en", "fr"):
        cases = data.read_hatecheck(language)
        result[f"hatecheck-{language}"] = hatecheck(
            scorer([text for text, _, _ in cases]), cases, chosen)
    return result


# The card


def number(value, digits=3):
    return "–" if value is None else f"{value:.{digits}f}"


def card_tables(results, first):
    """Markdown of the figures. `results`: name → judge(...); `first` is the card's own model."""
    lines = ["## Thresholds", "",
             "Chosen on validation rows: the lowest score with the wanted precision, computed for "
             f"at most {PREVALENCE:.0%} positives; the best F0.5 where that cannot be had.", "",
             "| label | threshold | wanted precision | precision | recall | positives / negatives |",
             "|---|---|---|---|---|---|"]
    for label, t in results[first]["thresholds"].items():
        lines.append(
            f"| {label} | {t['threshold']} | {number(t['wanted precision'], 2)} | "
            f"{number(t['precision'])} | {number(t['recall'])} | "
            f"{t['positives']} / {t['negatives']} |")
    lines += ["", "## Held-out rows", "",
              "Precision, recall and F1 at the thresholds; AUC and average precision (AP) without. "
              "A set stands for a label if it has test rows of both kinds.", "",
              "| set | label | positives / rows | precision | recall | F1 | AUC | AP | "
              + " | ".join(f"{name}: F1, AUC, AP" for name in results if name != first) + " |",
              "|---" * (8 + len(results) - 1) + "|"]
    for name in ["all", *data.SETS]:
        for label in data.LABELS:
            own = results[first]["test"][name].get(label)
            if own is None or own["auc"] is None:
                continue
            others = []
            for other, result in results.items():
                if other != first:
                    o = result["test"][name][label]
                    others.append(f"{number(o['f1'])}, {number(o['auc'])}, "
                                  f"{number(o['average precision'])}")
            lines.append(
                f"| {name} | {label} | {own['positives']} / {own['rows']} | "
                f"{number(own['precision'])} | {number(own['recall'])} | {number(own['f1'])} | "
                f"{number(own['auc'])} | {number(own['average precision'])} | "
                + " | ".join(others) + " |")
    lines += ["", "## Disguised spellings", "",
              "The positive test rows with their charged words disguised. Kept: recall on them as a "
              "share of the recall on the plain ones. Known kinds were trained on ("
              + ", ".join(disguise.KINDS).replace("_", " ") + "), unseen ones were not ("
              + ", ".join(disguise.UNSEEN).replace("_", " ") + "). The character-and-word model "
              "withstands the unseen kinds by rules, not by training: its text preparation has "
              "tables of look-alikes and readings of digits and signs, and whoever wrote these "
              "knew of the kinds. Disguises of no kind listed here are not measured.", "",
              "| model | kinds | " + " | ".join(data.LABELS) + " | all kept |",
              "|---" * (len(data.LABELS) + 3) + "|"]
    for name, result in results.items():
        for kinds, kept in result["disguised"].items():
            cells = [
                f"{number(kept[label]['plain'])} → {number(kept[label]['disguised'])}"
                for label in data.LABELS]
            lines.append(f"| {name} | {kinds} | " + " | ".join(cells)
                         + f" | **{kept['all']['kept']:.1%}** |")
    for language, title in (("en", "HateCheck, English"), ("fr", "HateCheck, French")):
        key = f"hatecheck-{language}"
        lines += ["", f"## {title}", "",
                  "Share of cases decided rightly by the label hate / by any label. Never trained "
                  "on.", "",
                  "| function | hateful | cases | " + " | ".join(results) + " |",
                  "|---" * (3 + len(results)) + "|"]
        for function, own in results[first][key].items():
            cells = [
                f"{number(r[key][function]['hate'])} / {number(r[key][function]['flagged'])}"
                for r in results.values()]
            kind = {True: "yes", False: "no", None: ""}[own.get("hateful")]
            lines.append(f"| {function} | {kind} | {own['cases']} | " + " | ".join(cells) + " |")
        lines.append("| AUC of hate | | | " + " | ".join(
            number(r[key]["all"]["hate auc"]) for r in results.values()) + " |")
        lines.append("| recall / false alarms of hate | | | " + " | ".join(
            f"{number(r[key]['all']['hate recall'])} / {number(r[key]['all']['hate false alarms'])}"
            for r in results.values()) + " |")
    return "\n".join(lines) + "\n"


def mapping_table():
    lines = ["| set | " + " | ".join(data.LABELS) + " |", "|---" * (len(data.LABELS) + 1) + "|"]
    for name in ("tdavidson", "edos", "openai", "mlma"):
        lines.append(f"| {name} | " + " | ".join(
            data.MAPPING[name][label] for label in data.LABELS) + " |")
    return "\n".join(lines) + "\n\nRule: " + data.MAPPING["rule"] + "\n"


def rows_table(rows):
    lines = ["| set and split | rows | " + " | ".join(data.LABELS) + " |",
             "|---" * (len(data.LABELS) + 2) + "|"]
    for name, line in data.table(rows).items():
        cells = [f"{line[label][0]} / {line[label][1]}" for label in data.LABELS]
        lines.append(f"| {name} | {line['rows']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def rounded(value):
    """Figures with five digits, for the JSON beside the card."""
    return json.loads(json.dumps(value), parse_float=lambda text: round(float(text), 5))
