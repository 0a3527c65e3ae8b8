"""TF-IDF with logistic regression on the rows of the first round, of words and of characters."""

import functools
import hashlib
import pathlib

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from weights import mixture, sources
from weights.rows import LABELS

KINDS = {
    "words": {"ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True},
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3, "sublinear_tf": True,
                   "max_features": 300_000},
}


class Baseline:
    """One vectoriser, a regression a label."""

    def __init__(self, kind, rows, texts):
        self.vectoriser = TfidfVectorizer(**KINDS[kind])
        inputs = self.vectoriser.fit_transform(texts)
        pairs = np.array([row.labels for row in rows])
        share = np.array([mixture.SHARES[row.set][1] for row in rows])
        self.models = []
        for index in range(len(LABELS)):
            known = pairs[:, index, 1] > 0
            model = LogisticRegression(C=4.0, solver="liblinear")
            self.models.append(model.fit(
                inputs[known], pairs[known, index, 0], pairs[known, index, 1] * share[known]))

    def scores(self, texts):
        inputs = self.vectoriser.transform(texts)
        return np.stack([model.predict_proba(inputs)[:, 1] for model in self.models], axis=1)


class Kept:
    """A baseline's scores, computed once for the same texts and the same mixture.

    It is trained on the texts of the first round as they are, without disguises."""

    def __init__(self, kind, seed):
        self.kind, self.seed = kind, seed
        here = pathlib.Path(__file__).resolve().parent
        files = ("baseline.py", "mixture.py", "plain.py", "plain_en.txt", "plain_fr.txt", "comments.py",
                 "tweets.py", "rows.py")
        self.code = hashlib.sha256(b"".join((here / name).read_bytes() for name in files))

    @functools.cached_property
    def model(self):
        rows = mixture.chosen(mixture.training_rows(), 0, self.seed)
        return Baseline(self.kind, rows, [row.text for row in rows])

    def scores(self, texts):
        digest = self.code.copy()
        digest.update("\0".join(texts).encode())
        path = sources.CACHE / f"baseline-{self.kind}-{digest.hexdigest()[:20]}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, self.model.scores(texts))
        return np.load(path)
