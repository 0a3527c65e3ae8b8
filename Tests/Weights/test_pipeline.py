"""Weights/pipeline.py on a dozen rows of eighteen categories, cut off and run on."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import unittest

import small


class Pipeline(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        generator = random.Random(1)
        self.rows = [
            {
                "text": "[ADULT][MESSAGE] " + small.sentence(generator),
                "labels": {name: (row + place) % 2 for place, name in enumerate(small.CATEGORIES)},
            }
            for row in range(12)
        ]
        small.write(self.folder / "rows.jsonl", self.rows)
        small.encoder(self.folder / "encoder")
        self.settings = {
            "sources": ["rows.jsonl"],
            "encoder": "encoder",
            "work": "work",
            "output": "bundle",
            "labels": small.CATEGORIES,
            "kind": "logistic",
        }
        self.save()

    def save(self):
        (self.folder / "settings.json").write_text(json.dumps(self.settings))

    def start(self, *arguments):
        command, *others = arguments
        return small.script("pipeline.py", command, self.folder / "settings.json", *others)

    def run_it(self, *arguments):
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=600)
        return process.returncode, output

    def status(self):
        code, output = self.run_it("status")
        self.assertEqual(code, 0, output)
        # "train      inputs changed  1.2 s"
        return {line.split()[0]: line[11:].split("  ")[0] for line in output.splitlines()}

    def test_cut_off_and_run_on(self):
        self.assertEqual(set(self.status().values()), {"not run"})
        process = self.start("run")
        for line in process.stdout:
            if line.startswith("train:"):
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        status = self.status()
        self.assertEqual((status["split"], status["perturb"]), ("done", "done"))
        self.assertEqual(status["train"], "not run")
        self.assertFalse((self.folder / "work/train").exists())

        code, output = self.run_it("run")
        self.assertEqual(code, 0, output)
        self.assertIn("split: done before\nperturb: done before\ntrain: not run", output)
        self.assertEqual(set(self.status().values()), {"done"})
        code, output = self.run_it("run")
        self.assertEqual((code, output.count("done before")), (0, 7), output)

        # The bundle has the eighteen labels, and the digests of its files are right.
        listing = subprocess.run(
            [small.MODERATE, "classify", "--model", self.folder / "bundle", "the cat"],
            capture_output=True,
            text=True,
        )
        self.assertEqual(list(json.loads(listing.stdout)["labels"]), small.CATEGORIES)
        content = json.loads((self.folder / "bundle/moderation.json").read_text())
        self.assertIn("head/head.safetensors", content["files"])
        inspection = subprocess.run(
            [small.MODERATE, "inspect", "--model", self.folder / "bundle", "--verify"],
            capture_output=True,
        )
        self.assertEqual(inspection.returncode, 0, inspection.stderr)

    def test_what_changed_is_run_again(self):
        self.assertEqual(self.run_it("run")[0], 0)
        (self.folder / "work/export/head/head.json").write_text("{}")
        self.assertEqual(self.status()["export"], "outputs changed")
        self.assertEqual(self.run_it("run")[0], 0)
        self.settings["seed"] = 1
        self.save()
        self.assertEqual(self.status()["split"], "settings changed")
        small.write(self.folder / "rows.jsonl", self.rows[:-1])
        code, output = self.run_it("run")
        self.assertEqual(code, 0, output)
        self.assertIn("split: settings changed", output)
        self.assertIn("export: inputs changed", output)
        code, output = self.run_it("run", "--from", "evaluate")
        self.assertEqual((code, output.count("done before")), (0, 5), output)

    def test_a_gate_that_is_not_passed_makes_no_bundle(self):
        self.settings["gates"] = {"csam": 1.0}
        self.save()
        code, output = self.run_it("run")
        self.assertEqual(code, 1, output)
        self.assertFalse((self.folder / "bundle").exists())
        # It says which bar, and that so few rows could hardly clear one.
        self.assertIn("gate: csam: ", output)
        self.assertRegex(output.split("gate is not passed")[1], r"csam: \d positive test rows and \d")
        self.assertNotIn("scam: ", output.split("gate is not passed")[1])

    def test_what_is_wrong_is_named(self):
        self.settings["sourcs"] = []
        self.save()
        code, output = self.run_it("run")
        self.assertEqual(code, 2)
        self.assertIn("sourcs is no setting", output)


if __name__ == "__main__":
    unittest.main()
