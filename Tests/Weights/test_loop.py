"""Weights/loop.py: messages that were missed are reported, learned and found, with a small encoder."""

import json
import pathlib
import random
import shutil
import sys
import subprocess
import tempfile
import unittest

import small


class Loop(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        generator = random.Random(2)

        def rows(count, word, truth):
            return [
                {"text": f"{small.sentence(generator)} {word}", "labels": {"toxic": truth}}
                for _ in range(count)
            ]

        # The first head knows one word as toxic; people report messages with another.
        for name, count in [("train", 60), ("validation", 30), ("test", 30)]:
            small.write(
                self.folder / f"{name}.jsonl",
                rows(count, "zzz zzz zzz", 1) + rows(count, "the mat", 0),
            )
        self.reports = rows(8, "quick quick quick quick", 1)
        small.write(self.folder / "reports.jsonl", self.reports)
        self.bundle = self.folder / "bundle"
        small.encoder(self.bundle / "encoder")
        pairs = []
        for name in ["train", "validation", "test"]:
            file = self.folder / f"{name}.jsonl"
            vectors = self.folder / f"{name}.npy"
            subprocess.run(
                [small.MODERATE, "embed", "--model", self.bundle / "encoder"]
                + ["--input", file, "--output", vectors],
                check=True,
            )
            pairs += [f"--{name}", vectors, file]
        subprocess.run(
            [sys.executable, small.ROOT / "Weights/train_head.py", *pairs]
            + ["--kind", "logistic", "--labels", "toxic", "--output", self.bundle],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def run_it(self, *options):
        process = small.script(
            "loop.py",
            *["--bundle", self.bundle, "--reports", self.folder / "reports.jsonl"],
            *["--train", self.folder / "train.jsonl"],
            *["--validation", self.folder / "validation.jsonl"],
            *["--test", self.folder / "test.jsonl", "--work", self.folder / "work"],
            *["--kind", "logistic", *options],
        )
        output, _ = process.communicate(timeout=600)
        return process.returncode, output

    def test_what_was_missed_is_found(self):
        code, output = self.run_it("--tolerance", "0.2")
        self.assertEqual(code, 0, output)
        kept = (self.folder / "work/corrections.jsonl").read_text().splitlines()
        corrections = [json.loads(line) for line in kept]
        self.assertTrue(corrections)
        for row in corrections:
            self.assertEqual(row["labels"], {"toxic": 1})
        served = (self.folder / "work/served").resolve()
        self.assertEqual(served, (self.folder / "work/new").resolve())
        self.assertIn("missed messages are found now", output)

    def test_a_gate_that_is_not_passed_replaces_nothing(self):
        # Tests that contradict the reports: the new head cannot have both.
        rows = [report | {"labels": {"toxic": 0}} for report in self.reports] * 4
        with (self.folder / "test.jsonl").open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        code, output = self.run_it("--tolerance", "0.001", "--weight", "60")
        self.assertEqual(code, 1, output)
        self.assertIn("the served bundle stays", output)
        self.assertEqual((self.folder / "work/served").resolve(), self.bundle.resolve())


if __name__ == "__main__":
    unittest.main()
