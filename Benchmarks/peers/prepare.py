"""Makes every export of a model ahead of time: python prepare.py [--cache DIR] MODEL …"""

import argparse

import cache as caches
from peers import PEERS, Peer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--cache", default=str(caches.default()))
    options = parser.parse_args()
    for model in options.models:
        for engine, precision in PEERS:
            if engine in ("pytorch", "sentence_transformers"):
                continue
            with Peer(engine, precision, model, options.cache) as peer:
                print(model, engine, precision, peer.failure or f"{peer.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
