#!/usr/bin/env python3
"""Runs a bundle's model in Python and in `moderate` on the same texts and prints the largest
difference between their scores. Exit code 1 above the tolerance.

    python Weights/check_parity.py Weights/lilith --texts texts.txt --context adult,message
    python Weights/check_parity.py Weights/balance-tes-haters --texts texts.txt --head head.joblib
    python Weights/check_parity.py Weights/char-word --texts labeled_data.csv --column tweet

Python is transformers in float32 with eager attention for a classifier, sentence-transformers
followed by the scikit-learn estimators given by --head (in the order of the bundle's heads) for an
encoder, and the PyTorch model of Weights/weights/charword for characters and words. Texts are the lines of a
file or a column of a CSV file, --count of them evenly spread, scored one by one, without padding.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import sys

import numpy as np


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("--texts", type=pathlib.Path, required=True)
    parser.add_argument("--column", help="of a CSV file")
    parser.add_argument("--count", type=int, help="of texts; all without it")
    parser.add_argument("--head", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--context", default="")
    parser.add_argument("--moderate", default=".build/release/moderate")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    return parser.parse_args()


def read_texts(options):
    with open(options.texts, newline="", encoding="utf-8") as file:
        if options.column:
            texts = [row[options.column] for row in csv.DictReader(file)]
        else:
            texts = file.read().split("\n")
    texts = [text for text in texts if text.strip()]
    count = min(options.count or len(texts), len(texts))
    return [texts[index * len(texts) // count] for index in range(count)]


def prefix(bundle, context):
    """What ContextPrefixes does: each value to the first free dimension that allows it."""
    if not context:
        return ""
    rules = bundle["context"]
    chosen = {}
    for value in context.split(","):
        for dimension in rules["dimensions"]:
            names = {name.lower(): name for name in dimension["values"]}
            if dimension["name"] not in chosen and value.strip().lower() in names:
                chosen[dimension["name"]] = names[value.strip().lower()]
                break
        else:
            sys.exit(f"context {value} is not allowed")
    wrapped = "".join(
        rules.get("template", "[{}]").replace("{}", chosen[dimension["name"]])
        for dimension in rules["dimensions"] if dimension["name"] in chosen)
    return wrapped + rules.get("separator", " ")


def model_source(folder, model):
    path = folder / model.get("path", "")
    return str(path) if "path" in model and path.exists() else model["name"]


def classifier_scores(folder, bundle, texts):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    source = model_source(folder, bundle["model"])
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = AutoModelForSequenceClassification.from_pretrained(
        source, attn_implementation="eager", torch_dtype=torch.float32).eval()
    activation = bundle["model"].get("activation")
    if activation is None:
        kind = model.config.problem_type
        several = model.config.num_labels > 1 and kind != "multi_label_classification"
        activation = "identity" if kind == "regression" else "softmax" if several else "sigmoid"
    limit = min(tokenizer.model_max_length, bundle.get("maximumTokens", 1 << 30), 1 << 30)
    names = [model.config.id2label[index] for index in range(model.config.num_labels)]
    rows = []
    with torch.no_grad():
        for text in texts:
            inputs = tokenizer(text, truncation=True, max_length=limit, return_tensors="pt")
            logits = model(**inputs).logits[0]
            scores = {"sigmoid": torch.sigmoid, "identity": lambda x: x,
                      "softmax": lambda x: torch.softmax(x, -1)}[activation](logits)
            rows.append(scores.numpy().astype(np.float64))
    return {"head": (names, np.stack(rows))}


def encoder_scores(folder, bundle, texts, heads):
    import joblib
    from sentence_transformers import SentenceTransformer

    if len(heads) != len(bundle["heads"]):
        sys.exit(f"give --head once for each of the bundle's {len(bundle['heads'])} heads")
    encoder = SentenceTransformer(model_source(folder, bundle["model"]), device="cpu")
    if "maximumTokens" in bundle:
        encoder.max_seq_length = min(encoder.max_seq_length, bundle["maximumTokens"])
    prompt = bundle["model"].get("prompt")
    vectors = np.stack([encoder.encode(text, prompt=prompt) for text in texts])
    result = {}
    for reference, path in zip(bundle["heads"], heads):
        head = joblib.load(path)
        # An estimator of several labels knows them by number only: the exported head has the names.
        classes = json.loads((folder / reference["path"] / "head.json").read_text())["classes"]
        result[reference.get("name", "head")] = (
            classes, np.asarray(head.predict_proba(vectors)))
    return result


def character_word_scores(folder, bundle, texts):
    from weights.charword import export

    source = folder / bundle["model"]["path"]
    names = json.loads((source / "config.json").read_text(encoding="utf-8"))["labels"]
    scorer = export.Scorer(source)
    return {"head": (names, np.concatenate([scorer([text]) for text in texts]))}


def expected(bundle, heads):
    """Each label's score: the mean over the classes it reads."""
    columns = []
    for index, label in enumerate(bundle["labels"]):
        sources = label.get("scores")
        if not sources:
            (names, rows), = heads.values()
            unnamed = names == [f"LABEL_{i}" for i in range(len(bundle["labels"]))]
            columns.append(rows[:, index if unnamed else names.index(label["name"])])
            continue
        parts = []
        for source in sources:
            names, rows = heads[source.get("head", next(iter(heads)))]
            parts.append(rows[:, names.index(source.get("class", label["name"]))])
        columns.append(np.mean(parts, axis=0))
    return np.stack(columns, axis=1)


def main():
    options = arguments()
    bundle = json.loads((options.bundle / "moderation.json").read_text())
    if any("calibration" in label for label in bundle["labels"]):
        sys.exit("compare before calibrating: verdicts carry calibrated scores")
    texts = read_texts(options)
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    command = [options.moderate, "classify", "--model", str(options.bundle), "--format", "json",
               "--precision", options.precision, "--input", "-", "--input-format", "jsonl"]
    if options.context:
        command += ["--context", options.context]
    output = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout
    verdicts = [json.loads(line) for line in output.splitlines()]
    names = [label["name"] for label in bundle["labels"]]
    ours = np.array([[verdict["labels"][name]["score"] for name in names] for verdict in verdicts])

    given = [prefix(bundle, options.context) + text for text in texts]
    if bundle["model"]["kind"] == "classifier":
        heads = classifier_scores(options.bundle, bundle, given)
    elif bundle["model"]["kind"] == "characterWord":
        heads = character_word_scores(options.bundle, bundle, given)
    else:
        heads = encoder_scores(options.bundle, bundle, given, options.head)
    theirs = expected(bundle, heads)

    difference = np.abs(ours - theirs)
    thresholds = np.array([label.get("threshold", 0.5) for label in bundle["labels"]], np.float32)
    flipped = (ours.astype(np.float32) >= thresholds) != (theirs.astype(np.float32) >= thresholds)
    for name, worst, flips in zip(names, difference.max(axis=0), flipped.sum(axis=0)):
        print(f"{name}: largest difference {worst:.2e}, {flips} decisions differ")
    print(f"{len(texts)} texts: {difference.max():.2e}, {int(flipped.sum())} decisions differ")
    sys.exit(int(difference.max() > options.tolerance))


if __name__ == "__main__":
    main()
