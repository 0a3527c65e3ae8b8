"""Batches of ids, scores of a network for them, and how good scores are."""

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from weights.charword import data

SEED = 20240613
BATCH = 128


def collate(items, unknown=0.0, rng=None):
    """(characters, words, lengths, grams, offsets) of a batch; words become unknown at times."""
    longest = max(len(c) for c, _, _ in items)
    characters = np.zeros((len(items), longest), dtype=np.int64)
    words, grams, offsets = [], [], []
    for place, (c, ids, subwords) in enumerate(items):
        characters[place, : len(c)] = c
        for word, pieces in zip(ids, subwords):
            offsets.append(len(grams))
            grams.extend(pieces)
            words.append(1 if unknown and rng.random() < unknown else word)
    lengths = [len(ids) for _, ids, _ in items]
    return torch.from_numpy(characters), *(
        torch.tensor(numbers, dtype=torch.long) for numbers in (words, lengths, grams, offsets))


def batches(items, rng=None):
    """Indices in batches of like length; shuffled when given a generator."""
    order = sorted(range(len(items)), key=lambda i: (
        len(items[i][0]) + (rng.random() * 30 if rng else 0)))
    found = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    if rng:
        rng.shuffle(found)
    return found


@torch.no_grad()
def predict(network, items):
    network.eval()
    result = np.zeros((len(items), len(data.LABELS)), dtype=np.float32)
    for batch in batches(items):
        result[batch] = torch.sigmoid(network(*collate([items[i] for i in batch]))).numpy()
    return result


def quality(labels, weights, scores):
    """Mean average precision over the labels that have both kinds of rows."""
    values = []
    for i in range(labels.shape[1]):
        known = weights[:, i] > 0
        if 0 < labels[known, i].sum() < known.sum():
            values.append(average_precision_score(
                labels[known, i], scores[known, i], sample_weight=weights[known, i]))
    return float(np.mean(values)), [round(float(v), 4) for v in values]


def positive_weights(rows):
    """Rare positives count more, common ones less: the square root of negatives over positives."""
    positive = (rows.weights * rows.labels).sum(axis=0)
    negative = (rows.weights * (1 - rows.labels)).sum(axis=0)
    return torch.tensor(
        np.clip(np.sqrt(negative / np.maximum(positive, 1)), 0.4, 4), dtype=torch.float32)
