"""Runs one peer: python serve.py ENGINE [--cache DIR], then JSON lines (README.md)."""

import argparse
import importlib
import os

import cache as caches

ENGINES = ("onnxruntime", "openvino", "pytorch", "ctranslate2", "sentence_transformers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--cache", default=str(caches.default()))
    options = parser.parse_args()
    # Nothing is fetched, and no library takes more threads than it was told.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
                   "TRANSFORMERS_VERBOSITY": "error"}
    from protocol import serve

    engine = importlib.import_module(f"engine_{options.engine}").ENGINE()
    serve(engine, options.cache)


if __name__ == "__main__":
    main()
