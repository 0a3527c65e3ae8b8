"""The peer: sentence-transformers and scikit-learn in a pandas function of Spark and in an actor of Ray."""

import functools

import numpy
import pandas
import pyarrow
from pyspark.sql.functions import pandas_udf


@functools.lru_cache(maxsize=None)
def models(folder: str):
    """The encoder and a head of five labels, once a worker. What the head was fitted on does not change
    its time."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    torch.set_num_threads(1)
    encoder = SentenceTransformer(folder, device="cpu")
    width = encoder.get_sentence_embedding_dimension()
    random = numpy.random.default_rng(0)
    head = OneVsRestClassifier(LogisticRegression()).fit(
        random.normal(size=(64, width)), random.integers(0, 2, size=(64, 5)))
    return encoder, head


def judged(folder: str, texts: list[str]) -> list[numpy.ndarray]:
    encoder, head = models(folder)
    vectors = encoder.encode(texts, batch_size=64, show_progress_bar=False)
    return list(head.predict_proba(vectors).astype(numpy.float32))


def scores_function(folder: str):
    @pandas_udf("array<float>")
    def scores(texts: pandas.Series) -> pandas.Series:
        return pandas.Series(judged(folder, texts.tolist()))

    return scores


class Actor:
    def __init__(self, folder: str):
        self.folder = folder
        models(folder)

    def __call__(self, table: pyarrow.Table) -> pyarrow.Table:
        scores = judged(self.folder, table.column("text").to_pylist())
        return pyarrow.table({"id": table.column("id"), "scores": scores})
