"""TF-IDF and logistic regression on the same rows: what the networks have to beat.

`words`: word 1- and 2-grams, the usual baseline. `characters`: n-grams of 2 to 5 characters inside
word boundaries, which is harder to deceive. One regression per label, on the rows that have it.
"""

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from weights.charword import data


class Baseline:
    def __init__(self, kind):
        self.vectorizer = (
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
            if kind == "words"
            else TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=5,
                                 sublinear_tf=True, max_features=60_000)
        )
        self.models = []

    def fit(self, rows):
        vectors = self.vectorizer.fit_transform(rows.texts)
        for label in range(len(data.LABELS)):
            known = np.flatnonzero(rows.weights[:, label] > 0)
            model = LogisticRegression(C=4.0, solver="liblinear", max_iter=300)
            model.fit(vectors[known], rows.labels[known, label] > 0,
                      sample_weight=rows.weights[known, label])
            self.models.append(model)
        return self

    def __call__(self, texts):
        vectors = self.vectorizer.transform(texts)
        return np.stack([m.predict_proba(vectors)[:, 1] for m in self.models], axis=1)


def trained(kind, rows, work):
    """The baseline, from the work folder if it has been trained on so many rows before."""
    path = work / f"baseline-{kind}-{len(rows)}.joblib"
    if path.exists():
        return joblib.load(path)
    model = Baseline(kind).fit(rows)
    work.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, path)
    return model
