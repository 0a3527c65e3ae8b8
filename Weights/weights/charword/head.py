"""The head of the MiniLM bundle: its training, and its form in scikit-learn and on disk."""

import importlib.util
import json
import pathlib
import warnings

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from weights.charword import data
from weights.charword.predict import SEED, positive_weights, quality


def network(inputs):
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, 512), torch.nn.ReLU(), torch.nn.Dropout(0.5),
        torch.nn.Linear(512, 128), torch.nn.ReLU(), torch.nn.Dropout(0.3),
        torch.nn.Linear(128, len(data.LABELS)))


def fit(rows, vectors, validation, validation_vectors, epochs=40, patience=6):
    """Adam, batches of 200 as scikit-learn's; the epoch with the best mean average precision on
    validation stays."""
    torch.manual_seed(SEED)
    scaler = StandardScaler().fit(vectors)
    x = torch.tensor(scaler.transform(vectors), dtype=torch.float32)
    judged = torch.tensor(scaler.transform(validation_vectors), dtype=torch.float32)
    y, w = torch.tensor(rows.labels), torch.tensor(rows.weights)
    model = network(x.shape[1])
    heavy = positive_weights(rows)
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01)
    best, kept, waited = -1, None, 0
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(x)).split(200):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                model(x[batch]), y[batch], weight=w[batch], pos_weight=heavy, reduction="sum"
            ) / w[batch].sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            scores = torch.sigmoid(model(judged)).numpy()
        value, by_label = quality(validation.labels, validation.weights, scores)
        print(json.dumps({"epoch": epoch + 1, "average precision": by_label}), flush=True)
        if value > best:
            best, waited = value, 0
            kept = {k: v.clone() for k, v in model.state_dict().items()}
        else:
            waited += 1
            if waited == patience:
                break
    model.load_state_dict(kept)
    model.eval()
    return scaler, model


def as_scikit_learn(scaler, model):
    """The same head as a fitted Pipeline(StandardScaler, MLPClassifier((512, 128)))."""
    size = len(scaler.mean_)
    perceptron = MLPClassifier((512, 128), max_iter=1)
    examples = np.random.default_rng(0).normal(size=(8, size))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one iteration, for the attributes only
        perceptron.fit(examples.astype(np.float32), np.eye(8, len(data.LABELS), dtype=int))
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    perceptron.coefs_ = [layer.weight.detach().numpy().T.copy() for layer in linear]
    perceptron.intercepts_ = [layer.bias.detach().numpy().copy() for layer in linear]
    return make_pipeline(scaler, perceptron)


def export_head(head, folder):
    """With Weights/export_head.py, so that the files are what that script writes."""
    path = pathlib.Path(__file__).resolve().parents[2] / "export_head.py"
    spec = importlib.util.spec_from_file_location("export_head", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.export(head, folder, data.LABELS)
    (folder / "head.safetensors").chmod(0o644)
