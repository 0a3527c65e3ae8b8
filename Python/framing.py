"""The cost of the child process: `Moderator` beside the bare command line, on the same texts.

    framing.py TEXTS.json --runs 5

TEXTS.json has a list of texts. The runs are interleaved, and a ratio is that of one run. CPU time is that of
both processes, and says more than the clock where the machine does other things too.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent / "src"))

from swift_moderation import Moderator
from swift_moderation._program import program


def measured(work) -> tuple[float, float]:
    """Seconds by the clock, and of CPU."""
    before, start = os.times(), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - start, os.times()
    return seconds, sum(after[:4]) - sum(before[:4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--model", default="default")
    arguments = parser.parse_args()
    texts = json.loads(pathlib.Path(arguments.texts).read_text())
    options = [] if arguments.model == "default" else ["--model", arguments.model]

    def package() -> None:
        with Moderator(arguments.model) as moderator:
            moderator.moderate(texts)

    with tempfile.TemporaryFile() as lines, open(os.devnull, "w") as nothing:
        lines.write("".join(json.dumps({"text": text}) + "\n" for text in texts).encode())

        def bare() -> None:
            lines.seek(0)
            subprocess.run(
                [program(), "classify", "--input", "-", "--input-format", "jsonl", *options],
                stdin=lines, stdout=nothing, check=True)

        ratios = []
        for number in range(arguments.runs):
            alone, framed = measured(bare), measured(package)
            ratios.append([own / base for own, base in zip(framed, alone)])
            print(f"run {number + 1}: {alone[0]:.2f} s bare, {framed[0]:.2f} s framed; CPU "
                  f"{alone[1]:.2f} s and {framed[1]:.2f} s", flush=True)
        clock, cpu = (statistics.median(values) - 1 for values in zip(*ratios))
        print(f"framing, median: {clock:+.1%} by the clock, {cpu:+.1%} of CPU, {len(texts)} texts")


if __name__ == "__main__":
    main()
