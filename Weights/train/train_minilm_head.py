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
import warnings

import joblib
import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import baseline
import card
import data
import disguise
import judge
import train as training

SEED = 20240613


class Embedder:
    """sentence-transformers embeddings, kept in a cache folder: no text is embedded twice."""

    def __init__(self, folder, cache):
        self.folder, self.cache, self.model = folder, pathlib.Path(cache), None
        self.cache.mkdir(parents=True, exist_ok=True)
        self.known = {}
        for path in sorted(self.cache.glob("texts-*.json")):
            vectors = np.load(path.with_suffix(".npy"))
            self.known.update(zip(json.loads(path.read_text()), vectors))

    def __call__(self, texts):
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        for start in range(0, len(missing), 8192):
            part = missing[start : start + 8192]
            if self.model is None:
                from sentence_transformers import SentenceTransformer

                self.model = SentenceTransformer(str(self.folder), device="cpu")
            print(f"embedding {start + len(part)} / {len(missing)} texts", flush=True)
            vectors = self.model.encode(part, batch_size=32, show_progress_bar=False)
            vectors = vectors.astype(np.float32)
            name = hashlib.sha256("\0".join(part).encode()).hexdigest()[:16]
            np.save(self.cache / f"texts-{name}.npy", vectors)
            (self.cache / f"texts-{name}.json").write_text(json.dumps(part))
            self.known.update(zip(part, vectors))
        return np.stack([self.known[text] for text in texts])


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
    heavy = training.positive_weights(rows)
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
        value, by_label = training.quality(validation.labels, validation.weights, scores)
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
    path = pathlib.Path(__file__).resolve().parents[1] / "export_head.py"
    spec = importlib.util.spec_from_file_location("export_head", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.export(head, folder, data.LABELS)
    (folder / "head.safetensors").chmod(0o644)


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--output", type=pathlib.Path, default=here.parent / "minilm")
    parser.add_argument("--encoder", type=pathlib.Path, default=None)
    parser.add_argument("--work", type=pathlib.Path, default=here / ".work")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    arguments.encoder = arguments.encoder or training.encoder_folder()
    torch.set_num_threads(arguments.threads)

    report = {}
    rows = data.load(report, arguments.work)
    parts = {split: data.select(rows, split) for split in ("train", "validation", "test")}
    charged = disguise.charged_words(parts["train"])
    embed = Embedder(arguments.encoder, arguments.work / "embeddings")

    # Every other positive row once more, disguised: the encoder itself stays as it is.
    abusive = judge.positives(parts["train"])
    abusive = abusive.take(range(0, len(abusive), 2))
    hidden = judge.disguised_texts(abusive, charged, disguise.KINDS, 3)
    rows_of = parts["train"]
    both = data.Rows(
        rows_of.texts + hidden,
        np.concatenate([rows_of.labels, abusive.labels]),
        np.concatenate([rows_of.weights, abusive.weights]),
        np.concatenate([rows_of.sets, abusive.sets]),
        rows_of.ids + abusive.ids)
    validation = parts["validation"]
    head = as_scikit_learn(
        *fit(both, embed(both.texts), validation, embed(validation.texts)))
    joblib.dump(head, arguments.work / "minilm-head.joblib")
    export_head(head, arguments.output)

    results = {
        "MiniLM": judge.judge(lambda t: head.predict_proba(embed(t)), parts, charged),
        "TF-IDF words": judge.judge(
            baseline.trained("words", rows_of, arguments.work), parts, charged),
        "TF-IDF characters": judge.judge(
            baseline.trained("characters", rows_of, arguments.work), parts, charged),
    }
    card.write_minilm(arguments.output, results, report)


if __name__ == "__main__":
    main()
