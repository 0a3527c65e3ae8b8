"""What of each set a round of training sees, and the batches of it.

A set's share keeps large sets of tweets found by keywords from ruling what is learned. Some texts are
joined with harmless ones, so that a long text is not taken for an abusive one: the sets' long texts
were mostly collected for their abuse.
"""

import collections
import dataclasses
import random

import numpy as np

from weights import disguise, plain, reports, sources
from weights.rows import NO, UNKNOWN, WEAK_NO, YES
from weights.tweets import MILD, OBSCENE, RUDE

#: Share of a set's training rows in a round, and what each of them counts.
SHARES = {
    "toxic_spans": (0.22, 1.0), "paradetox": (0.45, 1.0), "hatemoji": (1.0, 1.0), "misogyny": (0.3, 0.7),
    "stormfront": (0.3, 0.7), "jigsaw-en": (1.0, 1.0), "jigsaw-fr": (1.0, 1.0), "goemotions": (0.11, 1.0),
    "toxigen": (1.0, 1.0), "templates": (0.6, 0.7), "stories-fr": (0.6, 1.0), "tdavidson": (0.07, 0.5),
    "edos": (0.1, 0.7), "openai": (0.2, 0.5), "mlma-en": (0.06, 0.3), "mlma-fr": (0.35, 0.4),
    "plain-en": (0.8, 1.0), "plain-fr": (0.75, 1.0), "reports": (1.0, 1.0),
}
#: The number of the last round, which is short: what the others had least of, and some of the rest.
FINISH = 1000
FINISHING = {
    "toxic_spans": 0.05, "paradetox": 0.12, "hatemoji": 0.35, "misogyny": 0.08, "stormfront": 0.08,
    "jigsaw-en": 0.6, "jigsaw-fr": 0.8, "goemotions": 0.04, "toxigen": 0.6, "templates": 0.2,
    "stories-fr": 0.2, "tdavidson": 0.02, "edos": 0.03, "openai": 0.05, "mlma-en": 0.02, "mlma-fr": 0.12,
}
#: In the last round, sentences of a pattern, and how often a threat of another set comes.
OF_PATTERN, OF_THREAT = 25, 2
#: Share of texts that a round shows in disguise, joined with harmless ones, and long as they are.
DISGUISED, JOINED, WHOLE = 0.25, 0.2, 0.12
#: Characters of a text that training sees, mostly and at most, and padded tokens of a batch.
LONGEST, LIMIT, BATCH = 160, 360, 512


def training_rows():
    rows = [
        row for row in sources.load() + plain.rows() + reports.rows()
        if row.split == "train" and row.set in SHARES]
    return [presumed(row) for row in rows]


def presumed(row):
    """Labels that a set leaves open, at half weight. Posts of which it only says that they are not
    hateful count as harmless where no word of a list makes that doubtful; swearing in a comment whose
    emotion is a kind one is no obscenity."""
    if row.set in ("misogyny", "stormfront") and row.labels[0] == UNKNOWN and row.labels[4] == NO:
        if not any(words.search(row.text) for words in (OBSCENE, MILD, RUDE)):
            return dataclasses.replace(row, labels=[WEAK_NO, NO, WEAK_NO, WEAK_NO, NO])
    if row.set == "goemotions" and row.labels[1] == UNKNOWN:
        return dataclasses.replace(row, labels=[row.labels[0], WEAK_NO, *row.labels[2:]])
    return row


def chosen(rows, number, seed):
    """The rows of a round; in the last one some come twice."""
    rng = random.Random(seed * 1000 + number)
    if number != FINISH:
        return [row for row in rows if rng.random() < SHARES[row.set][0] * boost(row)]
    of_pattern = collections.Counter(row.group for row in rows if row.set.startswith("plain"))

    def copies(row):
        if row.set.startswith("plain"):
            return min(1.0, OF_PATTERN / of_pattern[row.group])
        return OF_THREAT if row.labels[2] == YES else FINISHING[row.set] * boost(row)

    return [row for row in rows for share in [copies(row)] for _ in range(int(share + rng.random()))]


def boost(row):
    """Rows of hate in sets that have little of it come more often."""
    return 2.5 if row.set in ("stormfront", "misogyny") and row.labels[4] == YES else 1


def joined(row, harmless, rng):
    """The row with one to three harmless ones of its language around it, no longer than `LIMIT`."""
    texts, labels = [row.text], row.labels
    for _ in range(rng.randint(1, 3)):
        other = rng.choice(harmless[row.language])
        if sum(map(len, texts)) + len(other.text) < LIMIT - 4:
            texts.insert(rng.randrange(len(texts) + 1), other.text)
            labels = [both(a, b) for a, b in zip(labels, other.labels)]
    return dataclasses.replace(row, text=rng.choice([" ", " ", ". ", "\n"]).join(texts), labels=labels)


def both(first, second):
    """A label of two texts as one: it holds if it holds of either, and fails if it fails for both."""
    if first[0] or second[0]:
        return max(first, second, key=lambda label: label[0] * label[1])
    return min(first, second, key=lambda label: label[1])  # unknown if either is


def round_of(rows, number, seed, tokenizer):
    """Token ids, labels [n, 5] and weights [n, 5] of one round, in batches of like length."""
    selected, rng = chosen(rows, number, seed), random.Random(seed * 1000 + number + 500)
    hide = disguise.Disguiser(rng.randrange(1 << 30))
    harmless = {
        language: [row for row in selected if row.language == language and len(row.text) < 200
                   and row.labels[0] in (NO, WEAK_NO) and row.labels[4] in (NO, WEAK_NO)]
        for language in ("en", "fr")}
    texts = []
    for index, row in enumerate(selected):
        if len(row.text) < LONGEST and rng.random() < JOINED:
            row = selected[index] = joined(row, harmless, rng)
            text = row.text
        else:
            text = cropped(row.text, LIMIT if rng.random() < WHOLE else LONGEST)
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


def cropped(text, longest):
    """The beginning of a long text."""
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0]
