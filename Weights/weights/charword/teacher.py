"""Soft targets for the character-and-word classifier, from three models that see other things.

The MiniLM head, TF-IDF of words and TF-IDF of characters each score the training rows, every row
by models that were trained without it (five folds). The mean of their logits is what the network
learns beside the labels: it says how sure one can be of a label, and it says something about the
labels that a row lacks. Rare labels gain most: a few hundred threats become a scale over all rows.
"""

import hashlib
import json

import numpy as np

from weights.charword import baseline, data
from weights.charword.head import as_scikit_learn, fit

FOLDS = 5


def logit(probabilities):
    p = np.clip(probabilities, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def combined(scores):
    """Scores of several models, `[models, rows, labels]`, as one: the mean of their logits."""
    return 1 / (1 + np.exp(-np.mean([logit(s) for s in scores], axis=0)))


def folds(rows):
    """A fold per row, by its text."""
    return np.array([data.digest(data.key(text)) // 100 % FOLDS for text in rows.texts])


def targets(rows, validation, embed, work, log=print):
    """Probabilities, `[rows, labels]`, for training rows. `embed`: texts to sentence embeddings.

    The validation rows only stop the head's training.
    """
    name = hashlib.sha256("\0".join(rows.texts).encode()).hexdigest()[:16]
    path = work / f"teacher-{name}.npy"
    if path.exists():
        return np.load(path)
    vectors, judged = embed(rows.texts), embed(validation.texts)
    place = folds(rows)
    scores = np.zeros((3, len(rows), len(data.LABELS)), dtype=np.float32)
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(place == fold), np.flatnonzero(place != fold)
        others = rows.take(outside)
        head = as_scikit_learn(
            *fit(others, vectors[outside], validation, judged))
        scores[0, inside] = head.predict_proba(vectors[inside])
        texts = [rows.texts[i] for i in inside]
        for number, kind in ((1, "words"), (2, "characters")):
            scores[number, inside] = baseline.Baseline(kind).fit(others)(texts)
        log(json.dumps({"fold": fold + 1, "rows": len(inside)}), flush=True)
    result = combined(scores)
    np.save(path, result)
    np.save(work / f"teacher-parts-{name}.npy", scores)
    return result
