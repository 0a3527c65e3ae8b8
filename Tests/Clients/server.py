"""Starts moderate-server on small random models, for the tests of real clients.

MODERATE_SERVER names the program; `make clients` builds it and sets it.
"""

import atexit
import functools
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
MODELS = ROOT / "Tests/Fixtures/transformers"
KEY = "clients-key"
PROGRAM = os.environ.get("MODERATE_SERVER", ROOT / "Server/.build/debug/moderate-server")
LABELS = ["offensive", "threatening", "hate"]


def classifier(folder: pathlib.Path) -> pathlib.Path:
    """A bundle of a classifier with three labels."""
    model = folder / "small/model"
    model.mkdir(parents=True)
    for name in ["config.json", "model.safetensors"]:
        shutil.copy(MODELS / "models/mpnet-classifier-multi" / name, model / name)
    shutil.copy(MODELS / "tokenizer-32.json", model / "tokenizer.json")
    bundle = {
        "format": 1,
        "name": "small",
        "languages": ["en"],
        "model": {"kind": "classifier", "path": "model"},
        "labels": [
            {"name": name, "threshold": 0, "scores": [{"class": source}]}
            for name, source in zip(LABELS, "abc")
        ],
    }
    (folder / "small/moderation.json").write_text(json.dumps(bundle))
    return folder / "small"


def encoder(folder: pathlib.Path) -> pathlib.Path:
    """A bundle of an encoder of 8 dimensions with a head of one label."""
    bundle = folder / "encoder"
    shutil.copytree(MODELS / "models/pooling-prompts", bundle / "encoder")
    (bundle / "head").mkdir()
    moderation = {
        "format": 1,
        "name": "encoder",
        "model": {"kind": "encoder", "path": "encoder"},
        "heads": [{"path": "head"}],
        "labels": [{"name": "toxic", "scores": [{"class": "1"}]}],
    }
    (bundle / "moderation.json").write_text(json.dumps(moderation))
    head = {
        "format": "moderation-head",
        "version": 1,
        "task": "binary",
        "classes": [0, 1],
        "input_size": 8,
        "model": {
            "kind": "linear",
            "prefix": "",
            "sizes": [8, 1],
            "output": "logistic",
            "decision": {"rule": "above", "value": 0},
        },
    }
    (bundle / "head/head.json").write_text(json.dumps(head))
    header = json.dumps(
        {
            "bias": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]},
            "weight": {"dtype": "F64", "shape": [8, 1], "data_offsets": [8, 72]},
        }
    ).encode()
    values = struct.pack("<9d", 0.1, 3, -2, 1.5, 0.5, -1, 2, -3, 1)
    path = bundle / "head/head.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + values)
    return bundle


@functools.cache
def start(kind: str = "classifier", *options: str) -> str:
    """The address of a server, which ends with the tests."""
    folder = pathlib.Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    model = {"classifier": classifier, "encoder": encoder}[kind](folder)
    log = open(folder / "log", "w")
    process = subprocess.Popen(
        [PROGRAM, "--model", model, "--port", "0", "--api-key", f"clients={KEY}", *options],
        stderr=log,
    )
    atexit.register(process.wait)
    atexit.register(process.terminate)
    return wait(process, folder / "log")


def wait(process: subprocess.Popen, log: pathlib.Path) -> str:
    """The address of a server, as soon as its log says that it listens."""
    for _ in range(600):
        for line in log.read_text().splitlines(keepends=True):
            event = json.loads(line) if line.endswith("\n") else {}
            if event.get("message") == "listening":
                return "http://127.0.0.1:" + event["address"].rsplit(":", 1)[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(log.read_text())
