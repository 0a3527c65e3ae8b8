"""What each engine's arithmetic does to the embeddings: cosine to PyTorch float32.

    python accuracy.py --model DIR [--texts FILE] [--count N] [--ours "moderation-benchmark serve"]
                       [--outliers] [--json FILE]

Over every HateCheck text by default. `--outliers` first makes activation outliers worse on purpose
(layer-norm gains × 20 on three channels of every layer); the reference is then the altered model.
"""

import argparse
import json
import os
import pathlib
import shutil

import numpy
from safetensors.numpy import load_file, save_file

import cache as caches
import texts
from peers import PEERS, Peer


def worsened(model: str, root: str) -> str:
    """A copy of the model with three channels of every layer norm blown up twentyfold."""
    target = caches.entry(root, model, "outliers") / pathlib.Path(model).resolve().name
    if (target / "model.safetensors").exists():
        return str(target)
    shutil.copytree(model, target, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("*.safetensors"))
    tensors = load_file(pathlib.Path(model) / "model.safetensors")
    for name in sorted(tensors):
        if "encoder.layer" in name and name.endswith("LayerNorm.weight"):
            width = tensors[name].shape[0]
            channels = [width // 7, width // 3, 5 * width // 6]
            tensors[name] = tensors[name].copy()
            tensors[name][channels] *= 20
    save_file(tensors, target / "model.safetensors", {"format": "pt"})
    return str(target)


def cosines(reference: numpy.ndarray, found: numpy.ndarray) -> numpy.ndarray:
    norms = numpy.linalg.norm(reference, axis=1) * numpy.linalg.norm(found, axis=1)
    return (reference * found).sum(1) / norms


def vectors(peer: Peer, ids: list[list[int]]) -> numpy.ndarray:
    """The peer's embeddings or logits of the messages, one at a time."""
    reply = peer.ask({"op": "embed", "ids": ids, "batch": 1})
    if "error" in reply:
        raise SystemExit(f"{peer.label}: {reply['error']}")
    return numpy.array(reply["vectors"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", type=pathlib.Path, help="one text a line; default: HateCheck")
    parser.add_argument("--count", type=int, help="only so many of them")
    parser.add_argument("--ours")
    parser.add_argument("--our-precisions", nargs="*", default=["float32", "int8"])
    parser.add_argument("--peers", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--outliers", action="store_true")
    parser.add_argument("--cache", default=str(caches.default()))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--log", type=pathlib.Path)
    flags = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"

    model = worsened(flags.model, flags.cache) if flags.outliers else flags.model
    lines = flags.texts.read_text().splitlines() if flags.texts else texts.hatecheck()
    if not lines:
        raise SystemExit("no texts: the data folder is absent (MODERATION_DATA)")
    ids = texts.encode(model, lines[:flags.count], 256)

    def run(engine: str, precision: str, command: str | None = None):
        with Peer(engine, precision, model, flags.cache, flags.threads, command, flags.log) as peer:
            if peer.failure:
                print(f"left out: {peer.label}: {peer.failure}", flush=True)
                return peer.label, None
            return peer.label, vectors(peer, ids)

    _, reference = run("pytorch", "float32")
    results = {}
    wanted = [pair for pair in PEERS if pair != ("pytorch", "float32") and (
        not flags.peers or pair[0] in flags.peers or ":".join(pair) in flags.peers)]
    runs = [("ours", precision, flags.ours) for precision in flags.our_precisions if flags.ours]
    print(f"{len(ids)} texts\n\n| engine | mean | 1st percentile | minimum |\n|---|---|---|---|")
    for engine, precision, command in runs + [(*pair, None) for pair in wanted]:
        label, found = run(engine, precision, command)
        if found is None:
            continue
        values = cosines(reference, found)
        results[label] = {"mean": values.mean(), "minimum": values.min(),
                          "first_percentile": numpy.percentile(values, 1)}
        row = results[label]
        print(f"| {label} | {row['mean']:.6f} | {row['first_percentile']:.6f} | "
              f"{row['minimum']:.6f} |", flush=True)
    if flags.json:
        results = {label: {k: float(v) for k, v in row.items()} for label, row in results.items()}
        flags.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
