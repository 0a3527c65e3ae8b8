"""Times our heads against the libraries that trained them, interleaved, one thread.

    python heads.py [--ours "moderation-benchmark serve"] [--rounds 20]

LightGBM and scikit-learn (logistic regression; StandardScaler with an MLP 512 -> 128) are trained on
made-up vectors of 384 numbers with one binary target.
"""

import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import joblib
import lightgbm
import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

HERE = pathlib.Path(__file__).resolve().parent
WIDTH = 384


def trained(folder: pathlib.Path) -> dict:
    """Name to (file or folder for us, function of Python)."""
    chance = numpy.random.default_rng(7)
    x = chance.normal(size=(4000, WIDTH))
    y = (x[:, :8].sum(1) + 0.5 * chance.normal(size=4000) > 0).astype(int)
    booster = lightgbm.train(
        {"objective": "binary", "num_leaves": 31, "verbose": -1, "num_threads": 1, "seed": 7},
        lightgbm.Dataset(x, y), 200)
    booster.save_model(folder / "model.txt")
    heads = {"LightGBM, 200 trees of 31 leaves": (
        folder / "model.txt", lambda rows: booster.predict(rows, num_threads=1))}
    for name, estimator in (
        ("logistic regression", LogisticRegression(max_iter=300)),
        ("StandardScaler, MLP 512, 128", make_pipeline(
            StandardScaler(), MLPClassifier((512, 128), max_iter=3, random_state=7))),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(x, y)
        slug = name.split(",")[0].replace(" ", "-")
        joblib.dump(estimator, folder / f"{slug}.joblib")
        subprocess.run(
            [sys.executable, str(HERE.parents[1] / "Weights/export_head.py"),
             str(folder / f"{slug}.joblib"), str(folder / slug)],
            check=True, stdout=subprocess.DEVNULL)
        heads[name] = (folder / slug, estimator.predict_proba)
    return heads


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", default=str(
        HERE.parent / ".build/release/moderation-benchmark") + " serve")
    parser.add_argument("--rounds", type=int, default=20)
    flags = parser.parse_args()
    process = subprocess.Popen(
        shlex.split(flags.ours), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(request: dict) -> dict:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        if "error" in reply:
            raise SystemExit(reply["error"])
        return reply

    print("One thread, microseconds a row, median / minimum\n")
    print("| head | rows | swift-moderation | Python | ratio |\n|---|---|---|---|---|")
    chance = numpy.random.default_rng(8)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        for name, (path, predict) in trained(pathlib.Path(folder)).items():
            ask({"op": "load head", "head": str(path)})
            for count in (1, 32, 1000):
                rows = chance.normal(size=(count, WIDTH))
                request = {"op": "score", "rows": rows.tolist(), "repeat": 6}
                ours, theirs = [], []
                for _ in range(flags.rounds):
                    ours += ask(request)["milliseconds"][1:]
                    for turn in range(6):
                        start = time.perf_counter()
                        predict(rows)
                        theirs += [(time.perf_counter() - start) * 1e3] if turn else []
                cells = [[1e3 * f(times) / count for f in (statistics.median, min)]
                         for times in (ours, theirs)]
                print(f"| {name} | {count} | {cells[0][0]:.2f} / {cells[0][1]:.2f} | "
                      f"{cells[1][0]:.2f} / {cells[1][1]:.2f} | "
                      f"{cells[0][0] / cells[1][0]:.2f} |", flush=True)
    process.stdin.close()


if __name__ == "__main__":
    main()
