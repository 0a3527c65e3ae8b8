"""A step of a scikit-learn pipeline whose features are a moderator's scores."""

from __future__ import annotations

from typing import Sequence

from sklearn.base import BaseEstimator, TransformerMixin

from ._moderator import Moderator


class ModerationScores(TransformerMixin, BaseEstimator):
    """Texts to `[texts, labels]`. Nothing is fitted."""

    def __init__(self, model: str = "default", threads: int | None = None,
                 precision: str | None = None):
        self.model = model
        self.threads = threads
        self.precision = precision

    def fit(self, texts: Sequence[str], y=None) -> "ModerationScores":
        self.n_features_in_ = 1
        return self

    def transform(self, texts: Sequence[str]):
        with Moderator(self.model, threads=self.threads, precision=self.precision) as moderator:
            return moderator.scores(texts)

    def get_feature_names_out(self, input_features=None):
        import numpy

        with Moderator(self.model, threads=self.threads, precision=self.precision) as moderator:
            return numpy.array(moderator.labels, dtype=object)
