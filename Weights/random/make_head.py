"""Trains a scikit-learn head on an encoder's embeddings, to compare the whole way in two languages.

    python make_head.py --encoder DIR --output DIR [--rows 400] [--data ../../../shared/data]

The head is the first system's: Pipeline(StandardScaler(), MLPClassifier((512, 128), relu,
early_stopping, random_state=42)), two classes, on French tweets. With an encoder of random weights
it learns next to nothing, which does not matter: what is compared is the arithmetic from a text to
`predict_proba`. Writes `head.joblib`, `texts.jsonl` (the held-out texts), `ids.json` (their token
ids) and `golden.safetensors` with `embedding`, `probability` and `prediction` by Python.
"""

import argparse
import csv
import io
import json
import os
import pathlib
import zipfile

import joblib
import numpy
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent


def tweets(data: pathlib.Path) -> tuple[list[str], list[int]]:
    """French tweets of MLMA, 1 where the annotators saw anything but a normal one."""
    with zipfile.ZipFile(data / "moderation/mlma/hate_speech_mlma.zip") as archive:
        name = next(n for n in archive.namelist()
                    if n.endswith("fr_dataset.csv") and "__MACOSX" not in n)
        with archive.open(name) as file:
            rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
    return [row["tweet"] for row in rows], [int(row["sentiment"] != "normal") for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--held-out", type=int, default=50)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(
        os.environ.get("MODERATION_DATA") or HERE.parents[2] / "shared/data"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)

    texts, classes = tweets(options.data)
    order = numpy.random.default_rng(42).permutation(len(texts))[:options.rows]
    texts, classes = [texts[i] for i in order], numpy.array([classes[i] for i in order])
    encoder = SentenceTransformer(
        str(options.encoder), device="cpu", local_files_only=True,
        model_kwargs={"attn_implementation": "eager"})
    embeddings = numpy.concatenate([encoder.encode([text]) for text in texts])
    head = make_pipeline(StandardScaler(), MLPClassifier(
        (512, 128), activation="relu", early_stopping=True, random_state=42))
    held = options.held_out
    head.fit(embeddings[held:], classes[held:])
    joblib.dump(head, options.output / "head.joblib")

    texts, embeddings = texts[:held], embeddings[:held]
    ids = [encoder.preprocess([text])["input_ids"][0].tolist() for text in texts]
    (options.output / "texts.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in texts))
    (options.output / "ids.json").write_text(json.dumps(ids) + "\n")
    save_file({
        "embedding": embeddings,
        "probability": numpy.ascontiguousarray(head.predict_proba(embeddings), numpy.float64),
        "prediction": head.predict(embeddings).astype(numpy.int64),
    }, options.output / "golden.safetensors")
    print(f"{options.output}: {len(order) - held} rows to learn from, {held} held out")


if __name__ == "__main__":
    main()
