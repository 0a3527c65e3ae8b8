"""Kills `moderate` with SIGKILL at random moments, and looks at what it leaves.

    MODERATE=.build/release/moderate python Tests/Endurance/kill.py [--rounds 50] [--seed 1]

Each round of `quantize`, `evaluate --report`, `embed --output` and `review` is killed once. What then lies in
the output's place is the whole output or is refused by what reads it; of a review all answers are there whose
next message was shown. Needs nothing but Python.
"""

import argparse
import ast
import json
import os
import pathlib
import pty
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODERATE = os.environ.get("MODERATE", str(ROOT / ".build/release/moderate"))
ENCODER = ROOT / "Tests/Fixtures/transformers/models/pooling-mean-normalized"
TEXTS = ["the cat sat", "a lazy dog", "on the mat", "quick brown fox", "running dogs"]
# More than a person, or this script, answers before it is killed.
REVIEWED = [f"message {number}" for number in range(500)]


def run(*arguments, **options):
    return subprocess.run([MODERATE, *map(str, arguments)], capture_output=True, **options)


class Killer:
    """Lets a command run for a share of the time that it takes, and kills it."""

    def __init__(self, generator):
        self.generator = generator
        self.times = {}
        self.killed = 0

    def __call__(self, name, arguments):
        if name not in self.times:
            start = time.monotonic()
            done = run(*arguments)
            assert done.returncode == 0, done.stderr.decode()
            self.times[name] = time.monotonic() - start
            return "whole"
        child = subprocess.Popen(
            [MODERATE, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(self.generator.uniform(0, 1.05) * self.times[name])
            return "whole"
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            self.killed += 1
            return "killed"


def quantize(kill, folder, data):
    output = folder / "int8"
    shutil.rmtree(output, ignore_errors=True)
    kill("quantize", ["quantize", "--model", ENCODER, "--calibrate", data, "--output", output])
    if not output.exists():
        return "absent"
    vectors = run("embed", "--model", output, "the cat")
    assert vectors.returncode == 0, vectors.stderr.decode()
    assert (output / "quantization.json").exists()
    return "whole"


def report(kill, folder, data, suffix):
    path = folder / f"report{suffix}"
    path.unlink(missing_ok=True)
    kill("evaluate", ["evaluate", "--test", data, "--report", path])
    if not path.exists():
        return "absent"
    text = path.read_text(encoding="utf-8")
    last = "</html>" if suffix == ".html" else "as scikit-learn has them."
    assert text.rstrip().endswith(last), text[-200:]
    return "whole"


def matrix(kill, folder, data):
    path = folder / "vectors.npy"
    path.unlink(missing_ok=True)
    many = folder / "many.jsonl"
    if not many.exists():
        many.write_text(data.read_text() * 200)
    kill("embed", ["embed", "--model", ENCODER, "--input", many, "--output", path])
    if not path.exists():
        return "absent"
    content = path.read_bytes()
    if not content.startswith(b"\x93NUMPY"):
        return "refused"
    length = struct.unpack("<H", content[8:10])[0]
    rows, columns = ast.literal_eval(content[10 : 10 + length].decode())["shape"]
    assert rows == 200 * len(TEXTS) and len(content) == 10 + length + 4 * rows * columns
    return "whole"


def review(kill, folder):
    """Answers each message in a terminal; counts those whose next message was shown."""
    output = folder / "review.jsonl"
    output.unlink(missing_ok=True)
    data = folder / "reviewed.jsonl"
    data.write_text("".join(json.dumps({"text": text}) + "\n" for text in REVIEWED))
    child, terminal = pty.fork()
    if child == 0:
        os.execv(
            MODERATE,
            [MODERATE, "review", "--input", str(data), "--output", str(output), "--select", "all",
             "--limit", str(len(REVIEWED))])
    end = time.monotonic() + 60
    seen, shown = "", 0
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.005)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        seen += piece.decode("utf-8", "replace")
        while f"{shown + 1} of {len(REVIEWED)}" in seen:
            shown += 1
            if shown == 1:
                end = time.monotonic() + kill.generator.uniform(0, 0.3)
            os.write(terminal, kill.generator.choice([b"\r", b"1\r", b"s", b"n\r"]))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
    kill.killed += 1
    lines = output.read_bytes().split(b"\n") if output.exists() else [b""]
    # Only what was not acknowledged may be torn, and the next run cuts it off.
    whole = [json.loads(line) for line in lines[:-1]]
    acknowledged = max(0, shown - 1)
    assert len(whole) >= acknowledged, f"{acknowledged} acknowledged, {len(whole)} there"
    assert [line["text"] for line in whole] == REVIEWED[: len(whole)]
    return "some answers" if whole else "no answers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kill = Killer(random.Random(arguments.seed))
    counts = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data.jsonl"
        data.write_text(
            "".join(json.dumps({"text": text, "labels": {"insult": i % 2}}) + "\n"
                    for i, text in enumerate(TEXTS)))
        for index in range(arguments.rounds):
            for what, outcome in [
                ("quantize", quantize(kill, folder, data)),
                ("report", report(kill, folder, data, [".html", ".md"][index % 2])),
                ("matrix", matrix(kill, folder, data)),
                ("review", review(kill, folder)),
            ]:
                counts.setdefault(what, {}).setdefault(outcome, 0)
                counts[what][outcome] += 1
    for what, outcomes in counts.items():
        print(what, outcomes)
    print(f"{kill.killed} kills, nothing half-written was taken for whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
