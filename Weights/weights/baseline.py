"""TF-IDF with logistic regression on the rows of the first round, of words and of characters."""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from weights import mixture
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


def trained(kind, seed):
    """On the texts of a round as they are, without disguises."""
    rows = mixture.chosen(mixture.training_rows(), 0, seed)
    return Baseline(kind, rows, [row.text for row in rows])
