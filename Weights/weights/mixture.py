"""What of each set a round of training sees, and the batches of it.

A set's share keeps large sets of tweets found by keywords from ruling what is learned.
"""

import random

import numpy as np

from weights import disguise, plain, sources

#: Share of a set's training rows in a round, and what each of them counts.
SHARES = {
    "toxic_spans": (0.25, 1.0), "paradetox": (0.5, 1.0), "hatemoji": (1.0, 1.0), "misogyny": (0.1, 0.7),
    "stormfront": (0.2, 0.7), "jigsaw-en": (0.7, 1.0), "jigsaw-fr": (1.0, 1.0), "goemotions": (0.12, 1.0),
    "toxigen": (1.0, 1.0), "templates": (1.0, 0.7), "stories-fr": (0.7, 1.0), "tdavidson": (0.1, 0.5),
    "edos": (0.15, 0.7), "openai": (0.2, 0.5), "mlma-en": (0.1, 0.3), "mlma-fr": (0.4, 0.4),
    "plain-en": (0.7, 1.0), "plain-fr": (0.8, 1.0),
}
#: Share of texts that a round shows in disguise.
DISGUISED = 0.2
#: Characters of a text that training sees, and padded tokens of a batch.
LONGEST, BATCH = 160, 512


def training_rows():
    return [row for row in sources.load() + plain.rows() if row.split == "train" and row.set in SHARES]


def chosen(rows, number, seed):
    """The rows of a round."""
    rng = random.Random(seed * 1000 + number)
    return [row for row in rows if rng.random() < SHARES[row.set][0] * boost(row)]


def round_of(rows, number, seed, tokenizer):
    """Token ids, labels [n, 5] and weights [n, 5] of one round, in batches of like length."""
    selected, rng = chosen(rows, number, seed), random.Random(seed * 1000 + number + 500)
    hide = disguise.Disguiser(rng.randrange(1 << 30))
    texts = []
    for row in selected:
        text = row.text[:LONGEST] if len(row.text) <= LONGEST else cropped(row.text, rng)
        texts.append(hide(text) if rng.random() < DISGUISED else text)
    pairs = np.array([row.labels for row in selected], dtype=np.float32)
    weights = pairs[:, :, 1] * np.array([[SHARES[row.set][1]] for row in selected], dtype=np.float32)
    ids = [found.ids for found in tokenizer.encode_batch(texts)]
    order = sorted(range(len(selected)), key=lambda i: len(ids[i]) + rng.random())
    batches, current = [], []
    for index in order:
        if current and (len(ids[index]) + 1) * (len(current) + 1) > BATCH:
            batches.append(current)
            current = []
        current.append(index)
    batches.append(current)
    rng.shuffle(batches)
    return [([ids[i] for i in batch], pairs[batch, :, 0], weights[batch]) for batch in batches]


def boost(row):
    """Rows of hate in sets that have little of it come more often."""
    return 3 if row.set in ("stormfront", "misogyny") and row.labels[4] == (1.0, 1.0) else 1


def cropped(text, rng):
    """The beginning of a long text; a later part would lose what the label rests on as often."""
    return text[:LONGEST].rsplit(" ", 1)[0]
