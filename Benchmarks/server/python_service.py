"""The service that a team would write in Python: FastAPI, sentence-transformers, scikit-learn.

    python python_service.py BUNDLE PORT

BUNDLE is an encoder with an MLP head, such as Weights/minilm, whose numbers it puts into scikit-learn's
classifier. `POST /moderate {"text": …}` answers with the score of each label.
"""

import json
import pathlib
import sys

import fastapi
import numpy
import pydantic
import uvicorn
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler

folder = pathlib.Path(sys.argv[1])
encoder = SentenceTransformer(str(folder / "encoder"), device="cpu")
bundle = json.loads((folder / "moderation.json").read_text())
labels = [label["name"] for label in bundle["labels"]]


def head():
    """scikit-learn's scaler and MLP with the numbers of the bundle's head."""
    tensors = load_file(folder / "head.safetensors")
    layers = range(sum(name.endswith(".weight") for name in tensors))
    scaler, model = StandardScaler(), MLPClassifier()
    scaler.mean_, scaler.scale_ = tensors["scalers.0.center"], tensors["scalers.0.scale"]
    scaler.var_, scaler.n_features_in_ = scaler.scale_**2, len(scaler.mean_)
    model.coefs_ = [tensors[f"model.layers.{layer}.weight"] for layer in layers]
    model.intercepts_ = [tensors[f"model.layers.{layer}.bias"] for layer in layers]
    model.n_layers_, model.n_outputs_, model.out_activation_ = len(layers) + 1, len(labels), "logistic"
    model._label_binarizer = LabelBinarizer().fit(numpy.eye(len(labels)))
    model.n_features_in_ = len(scaler.mean_)
    return make_pipeline(scaler, model)


classifier = head()
app = fastapi.FastAPI()


class Message(pydantic.BaseModel):
    text: str


@app.get("/health")
def health():
    return {}


@app.post("/moderate")
def moderate(message: Message):
    scores = classifier.predict_proba(encoder.encode([message.text]))[0]
    return {"labels": {label: float(score) for label, score in zip(labels, scores)}}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
