"""Writes small static embeddings, each with what model2vec makes of them.

    pip install model2vec==0.7.0
    python make_static.py [--output static]
"""

import argparse
import json
import pathlib
import shutil

import numpy
from model2vec import StaticModel
from safetensors.numpy import save_file
from tokenizers import Tokenizer

TEXTS = ["", "the quick brown fox", "zzz", "The fox, zzz, the DOGS.", "fox " * 9, "a\nb\tc é"]


def make(name: str, root: pathlib.Path, normalize: bool, rows: int | None) -> None:
    here = pathlib.Path(__file__).parent
    folder = root / name
    shutil.rmtree(folder, ignore_errors=True)
    tokenizer = Tokenizer.from_file(str(here / "tokenizer-32.json"))
    count = tokenizer.get_vocab_size()
    generator = numpy.random.default_rng(len(name))
    keywords = {}
    if rows is not None:
        keywords = {
            "weights": generator.uniform(0.2, 2, count),
            "token_mapping": generator.integers(0, rows, count)}
    vectors = generator.standard_normal((rows or count, 10)).astype(numpy.float32)
    model = StaticModel(vectors, tokenizer, config={"model_type": "model2vec"},
                        normalize=normalize, **keywords)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    save_file({"embedding": model.encode(TEXTS).astype(numpy.float32)},
              folder / "golden.safetensors")
    (folder / "golden.json").write_text(json.dumps({"texts": TEXTS}, ensure_ascii=False) + "\n")
    print(name, sorted(path.name for path in folder.iterdir()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path,
                        default=pathlib.Path(__file__).parent / "static")
    options = parser.parse_args()
    make("normalized", options.output, normalize=True, rows=None)
    make("mapped", options.output, normalize=False, rows=11)


if __name__ == "__main__":
    main()
