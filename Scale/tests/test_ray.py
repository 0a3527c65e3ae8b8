"""Runs the Ray script with two actors. Needs a program: MODERATE."""

import os
import subprocess
import sys

from conftest import CHECKOUT, MARK, check, kill_one

from swift_moderation._program import program


def start(comments, output, log):
    return subprocess.Popen(
        [sys.executable, str(CHECKOUT / "Scale/ray_parquet.py"), f"--input={comments}",
         f"--output={output}", "--actors=2", "--batch=100"],
        stdout=log, stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "Python/src"), "MODERATE": program(),
             "RAY_USAGE_STATS_ENABLED": "0", **dict([MARK.split("=")])})


def test_rows_are_there_once_whoever_is_killed(comments, expected, tmp_path):
    output = tmp_path / "verdicts"
    for kills in (["moderate\0classify"], ["ray::MapWorker"]), []:
        with open(tmp_path / "log", "wb") as log:
            driver = start(comments, output, log)
            try:
                for words in kills:
                    kill_one(driver, *words)
                assert driver.wait() == 0, open(log.name, errors="replace").read()[-4000:]
            finally:
                driver.kill()
        # The second run finds nothing to do.
        check(output, expected)
