"""Our own engine from Python: scores of texts by a bundle, and prepared int8 weights."""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

from weights.rows import LABELS

ROOT = pathlib.Path(__file__).resolve().parents[2]


def executable():
    """`MODERATE`, or the release build of this checkout."""
    path = pathlib.Path(os.environ.get("MODERATE", ROOT / ".build/release/moderate"))
    if not path.exists():
        raise SystemExit(f"{path} is absent: build it, or set MODERATE")
    return path


def run(*arguments):
    return subprocess.run([executable(), *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def write_lines(path, texts, labels=None):
    with open(path, "w", encoding="utf-8") as file:
        for index, text in enumerate(texts):
            row = {"text": text} | ({"labels": labels[index]} if labels else {})
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def scores(bundle, texts, threads=2, precision=None):
    """Scores `[texts, 5]`, as the bundle gives them."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "texts.jsonl"
        write_lines(path, texts)
        chosen = ["--precision", precision] if precision else []
        lines = run("classify", "--model", bundle, "--input", path, "--format", "json",
                    "--threads", threads, *chosen).splitlines()
    found = np.zeros((len(texts), len(LABELS)))
    if len(lines) != len(texts):
        raise SystemExit(f"{len(lines)} verdicts for {len(texts)} texts")
    for index, line in enumerate(lines):
        labels = json.loads(line)["labels"]
        found[index] = [labels[name]["score"] for name in LABELS]
    return found


def kept_scores(bundle, texts, cache):
    """Scores as `scores` gives them, computed once for the same weights, words, calibration and texts.

    Other thresholds are judged without another pass."""
    labels = json.loads((bundle / "moderation.json").read_text())["labels"]
    digest = hashlib.sha256((bundle / "model.safetensors").read_bytes())
    digest.update((bundle / "words.tsv").read_bytes())
    digest.update(json.dumps([label.get("calibration") for label in labels]).encode())
    digest.update("\0".join(texts).encode())
    path = cache / f"scores-{digest.hexdigest()[:20]}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, scores(bundle, texts))
    return np.load(path)


def perturb(texts, disguise, strength=2, seed=0):
    """The texts in disguise, as `moderate perturb` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "texts.jsonl"
        write_lines(path, texts)
        lines = run("perturb", "--input", path, "--disguise", disguise, "--strength", strength,
                    "--seed", seed, "--format", "json").splitlines()
    return [json.loads(line)["text"] for line in lines]


DISGUISES = ("leet", "homoglyphs", "zero-width", "spacing", "repeats", "case", "typos", "emoji", "punctuation")
