"""Kills the server while it writes: nothing that it acknowledged is lost, and no torn line counts.

    MODERATE_CRASHES=200 python -m unittest test_crash      # as often as that; without it, 3 times
"""

import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import requests

import server

CRASHES = int(os.environ.get("MODERATE_CRASHES", "3"))
HEADERS = {"Authorization": f"Bearer {server.KEY}"}


class Writers:
    """Callers that report and ask, and remember what was acknowledged."""

    def __init__(self, address: str, run: int):
        self.address, self.run = address, run
        self.reports: dict[str, dict] = {}
        self.verdicts: set[str] = set()
        self.stop = False

    def write(self, thread: int):
        session = requests.Session()
        index = 0
        while not self.stop:
            name = f"{self.run}-{thread}-{index}"
            index += 1
            # Texts of several pages, so that a kill may tear a line.
            text = name + " the cat" * random.choice([1, 20, 2000])
            report = {"text": text, "labels": {"hate": 1}, "key": name}
            try:
                answer = session.post(
                    self.address + "/v1/feedback", json=report, headers=HEADERS, timeout=10
                )
                if answer.status_code in (200, 201):
                    self.reports[name] = report
                headers = HEADERS | {"x-request-id": name}
                body = {"text": "the cat " + name}
                answer = session.post(
                    self.address + "/v1/moderate", json=body, headers=headers, timeout=10
                )
                if answer.status_code == 200:
                    self.verdicts.add(name)
            except requests.RequestException:
                return


class Crash(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.model = server.classifier(self.folder)
        (self.folder / "key").write_text("0123456789abcdef")

    def start(self) -> tuple[subprocess.Popen, str]:
        log = open(self.folder / "log", "w")
        process = subprocess.Popen(
            [
                server.PROGRAM,
                *["--model", self.model, "--port", "0", "--threads", "1"],
                *["--api-key", f"clients={server.KEY}"],
                *["--feedback", self.folder / "feedback.jsonl"],
                *["--audit", self.folder / "audit.jsonl", "--audit-max-bytes", "300000"],
                *["--audit-key-file", self.folder / "key"],
            ],
            stderr=log,
        )
        return process, server.wait(process, self.folder / "log")

    def whole_lines(self, path: pathlib.Path) -> list[dict]:
        """The lines that have their end; each of them is to be JSON."""
        data = path.read_bytes()
        return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]

    def test_killed_while_it_writes(self):
        reports, verdicts, torn = {}, set(), 0
        for run in range(CRASHES):
            process, address = self.start()
            writers = Writers(address, run)
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                futures = [pool.submit(writers.write, thread) for thread in range(6)]
                time.sleep(random.uniform(0.05, 0.4))
                process.send_signal(signal.SIGKILL)
                process.wait()
                writers.stop = True
                for future in futures:
                    future.result()
            reports |= writers.reports
            verdicts |= writers.verdicts
            torn += not (self.folder / "feedback.jsonl").read_bytes().endswith(b"\n")
            kept = self.whole_lines(self.folder / "feedback.jsonl")
            keys = [line["metadata"]["key"] for line in kept]
            self.assertEqual(len(keys), len(set(keys)), "a report is there twice")
            texts = {line["metadata"]["key"]: line["text"] for line in kept}
            for name, report in writers.reports.items():
                self.assertEqual(texts.get(name), report["text"])
        # A new server knows all of them, whatever the last one left at the end of the files.
        process, address = self.start()
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        for name in random.sample(sorted(reports), min(50, len(reports))):
            answer = requests.post(
                address + "/v1/feedback", json=reports[name], headers=HEADERS, timeout=10
            )
            self.assertEqual((answer.status_code, answer.json()), (200, {"status": "known"}))
        logged = set()
        for path in self.folder.glob("audit.jsonl*"):
            logged |= {line["request_id"] for line in self.whole_lines(path)}
        self.assertLessEqual(verdicts, logged)
        self.assertGreater(len(reports), CRASHES)
        self.assertGreater(len(verdicts), CRASHES)
        print(
            f"{CRASHES} kills: {len(reports)} reports and {len(verdicts)} verdicts acknowledged, "
            f"all kept; {torn} torn last lines"
        )


if __name__ == "__main__":
    unittest.main()
