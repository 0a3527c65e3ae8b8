"""From labelled rows to a bundle, in steps that can be cut off and run on.

    python Weights/pipeline.py run settings.json [--from STEP]
    python Weights/pipeline.py status settings.json

split → perturb → train → export → quantize → evaluate → bundle. A step reads files and writes a folder
of WORK; WORK/pipeline.json has the SHA-256 of both, so a step whose inputs, settings and outputs are as
they were is not run again. A folder appears when its step is done: what was cut off leaves none.

settings.json, with paths relative to it; a key that is not here is an error:

  sources    labelled rows, JSON Lines of {"text", "labels": {name: 0|1}, "metadata"}
  encoder    a folder with a sentence encoder
  work       the folder of the steps
  output     the bundle
  labels     names, in order; without it all, in the order in which they appear
  kind       mlp, logistic or lightgbm: the head (mlp)
  disguises  variants of each training row, as people disguise texts (1); 0 for none
  gate       the least F1 of every label on the test rows; 0 for none (0)
  gates      {label: F1}: other bars
  precision  the precision to choose thresholds for; without it, the highest F1
  seed       of the split, the disguises and the head (0)

MODERATE names the program. The exit code is 1 where the gate is not passed, 2 where something is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODERATE = Path(os.environ.get("MODERATE", HERE.parent / ".build/release/moderate"))
DEFAULTS = {
    "labels": None, "kind": "mlp", "disguises": 1, "gate": 0, "gates": {}, "precision": None,
    "seed": 0,
}
NEEDED = ["sources", "encoder", "work", "output"]
#: Positive test rows below which a gate is decided by a message or two.
FEW = 20


class Failure(Exception):
    """What went wrong, in words."""


class NotPassed(Exception):
    """The gate."""


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(paths: list[Path]) -> dict[str, str]:
    """The SHA-256 of files, and of all files in folders."""
    found = {}
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            found[str(file)] = digest(file)
    return found


def run(*command, output: Path | None = None) -> int:
    words = [str(word) for word in command]
    print("$ " + shlex.join(words) + (f" > {output}" if output else ""), flush=True)
    if output is None:
        return subprocess.run(words).returncode
    with output.open("wb") as file:
        return subprocess.run(words, stdout=file).returncode


def must(*command, output: Path | None = None) -> None:
    if code := run(*command, output=output):
        raise Failure(f"{command[0]} ended with {code}")


class Pipeline:
    def __init__(self, path: Path):
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Failure(f"{path}: {error}") from error
        for key in given:
            if key not in DEFAULTS and key not in NEEDED:
                raise Failure(f"{path}: {key} is no setting")
        for key in NEEDED:
            if key not in given:
                raise Failure(f"{path}: {key} is missing")
        self.settings = DEFAULTS | given
        folder = path.resolve().parent
        self.sources = [folder / source for source in self.settings["sources"]]
        self.encoder, self.work, self.output = (
            folder / self.settings[key] for key in ("encoder", "work", "output"))
        for file in [*self.sources, self.encoder, MODERATE]:
            if not file.exists():
                raise Failure(f"{file} is not there")
        self.journal = self.work / "pipeline.json"

    # --- The steps: what each reads, which settings it obeys, and what it does in a folder of its own ---

    def steps(self) -> dict[str, tuple[list[Path], list[str]]]:
        at = self.work
        scripts = {name: HERE / f"{name}.py" for name in ("split", "train_head", "export_head")}
        return {
            "split": ([*self.sources, scripts["split"]], ["seed"]),
            "perturb": ([at / "split", MODERATE], ["disguises", "seed"]),
            "train": (
                [at / "split", at / "perturb", self.encoder, MODERATE, scripts["train_head"]],
                ["labels", "kind", "precision", "seed"]),
            "export": ([at / "train", scripts["export_head"]], []),
            "quantize": ([self.encoder, at / "split", MODERATE], []),
            "evaluate": (
                [at / "export", at / "quantize", at / "split", MODERATE], ["gate", "gates"]),
            "bundle": ([at / "export", at / "quantize", at / "evaluate"], []),
        }

    def split(self, folder: Path) -> None:
        must(
            sys.executable, HERE / "split.py", *self.sources, "--output", folder, "--seed",
            self.settings["seed"])
        for note in self.few_rows(folder):
            print(note)

    def few_rows(self, folder: Path) -> list[str]:
        """Sentences about labels under a gate whose test rows say little about them."""
        splits = json.loads((folder / "split.json").read_text(encoding="utf-8"))["splits"]
        names = self.settings["labels"] or list(splits["train"]["known"])
        if not self.settings["gate"]:
            names = [name for name in names if name in self.settings["gates"]]
        counts = {
            name: [splits[part]["positives"].get(name, 0) for part in ("train", "test")]
            for name in names}
        return [
            f"{name}: {test} positive test rows and {train} to train on; a gate wants {FEW} to test "
            "with. Add rows, or give the label no gate."
            for name, (train, test) in counts.items() if test < FEW]

    def perturb(self, folder: Path) -> None:
        rows = (self.work / "split/train.jsonl").read_text(encoding="utf-8").splitlines()
        count = self.settings["disguises"]
        variants: list[list[str]] = [[] for _ in rows]
        if count:
            file = folder / "variants.jsonl"
            must(
                MODERATE, "perturb", "--input", self.work / "split/train.jsonl", "--format", "json",
                "--seed", self.settings["seed"], output=file)
            lines = file.read_text(encoding="utf-8").splitlines()
            file.unlink()
            each = len(lines) // len(rows)
            # Row after row takes the disguises in turn, so that each is there as often as the others.
            for index in range(len(rows)):
                for number in range(min(count, each)):
                    line = lines[each * index + (index * count + number) % each]
                    variants[index].append(line)
        with (folder / "train.jsonl").open("w", encoding="utf-8") as file:
            for row, own in zip(rows, variants):
                file.writelines(line + "\n" for line in [row, *own])

    def train(self, folder: Path) -> None:
        pairs = {}
        for name in ("train", "validation", "test"):
            rows = self.work / ("perturb" if name == "train" else "split") / f"{name}.jsonl"
            must(
                MODERATE, "embed", "--model", self.encoder, "--input", rows, "--output",
                folder / f"{name}.npy")
            pairs[name] = (folder / f"{name}.npy", rows)
        settings = self.settings
        must(
            sys.executable, HERE / "train_head.py", "--kind", settings["kind"], "--seed",
            settings["seed"], "--output", folder,
            *(["--labels", ",".join(settings["labels"])] if settings["labels"] else []),
            *(["--precision", settings["precision"]] if settings["precision"] else []),
            *(word for name, pair in pairs.items() for word in (f"--{name}", *pair)))
        shutil.rmtree(folder / "head")
        for vectors, _ in pairs.values():
            vectors.unlink()

    def export(self, folder: Path) -> None:
        bundle = self.bundle_file()
        names = [label["name"] for label in bundle["labels"]]
        must(
            sys.executable, HERE / "export_head.py", self.work / "train/head.joblib",
            folder / "head", *(["--labels", ",".join(names)] if len(names) > 1 else []))

    def quantize(self, folder: Path) -> None:
        must(
            MODERATE, "quantize", "--model", self.encoder, "--output", folder / "encoder",
            "--calibrate", self.work / "split/train.jsonl")

    def evaluate(self, folder: Path) -> None:
        self.assemble(folder / "candidate")
        gates = [f"{label}={bar}" for label, bar in self.settings["gates"].items()]
        code = run(
            MODERATE, "evaluate", "--model", folder / "candidate", "--test",
            self.work / "split/test.jsonl", "--perturb", "--save", folder / "run.json",
            "--report", folder / "report.md",
            *(["--gate", self.settings["gate"]] if self.settings["gate"] else []),
            *(word for gate in gates for word in ("--gate-label", gate)))
        shutil.rmtree(folder / "candidate")
        if code == 1 and (folder / "run.json").exists():
            raise NotPassed(
                "\n".join(["the gate is not passed; no bundle is made", *self.few_rows(self.work / "split")]))
        if code:
            raise Failure(f"moderate evaluate ended with {code}")

    def bundle(self, folder: Path) -> None:
        self.assemble(folder / "bundle")
        for name in ("run.json", "report.md"):
            shutil.copy(self.work / "evaluate" / name, folder / "bundle" / name)
        file = folder / "bundle/moderation.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        files = sorted(p for p in file.parent.rglob("*") if p.is_file() and p != file)
        content["files"] = {str(p.relative_to(file.parent)): digest(p) for p in files}
        write(file, content)
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(file.parent, self.output)

    def bundle_file(self) -> dict:
        return json.loads((self.work / "train/moderation.json").read_text(encoding="utf-8"))

    def assemble(self, folder: Path) -> None:
        """The bundle of the exported head on the quantised encoder."""
        folder.mkdir()
        shutil.copytree(self.work / "export/head", folder / "head")
        shutil.copytree(self.work / "quantize/encoder", folder / "encoder")
        content = self.bundle_file()
        content["name"] = self.output.name
        content["model"] = {"kind": "encoder", "path": "encoder", "precisions": ["int8"]}
        write(folder / "moderation.json", content)

    # --- Which steps are done ---

    def records(self) -> dict:
        return json.loads(self.journal.read_text(encoding="utf-8")) if self.journal.exists() else {}

    def state(self, name: str) -> str:
        """"done", or why the step is to be run."""
        inputs, keys = self.steps()[name]
        record = self.records().get(name)
        if record is None:
            return "not run"
        if record["settings"] != {key: self.settings[key] for key in keys}:
            return "settings changed"
        if not all(path.exists() for path in inputs) or record["inputs"] != digests(inputs):
            return "inputs changed"
        if record["outputs"] != digests([self.work / name]):
            return "outputs changed"
        if name == "bundle" and not self.output.is_dir():
            return "outputs changed"
        return "done"

    def status(self) -> int:
        for name in self.steps():
            seconds = self.records().get(name, {}).get("seconds")
            print(f"{name:10} {self.state(name)}" + (f"  {seconds:.1f} s" if seconds else ""))
        return 0

    def run(self, first: str | None) -> int:
        self.work.mkdir(parents=True, exist_ok=True)
        is_forced = False
        for name, (inputs, keys) in self.steps().items():
            is_forced = is_forced or name == first
            state = self.state(name)
            if state == "done" and not is_forced:
                print(f"{name}: done before")
                continue
            print(f"{name}: {state}", flush=True)
            start, before = time.monotonic(), digests(inputs)
            folder, unfinished = self.work / name, self.work / f"{name}.unfinished"
            for old in (unfinished, folder):
                shutil.rmtree(old, ignore_errors=True)
            unfinished.mkdir()
            getattr(self, name)(unfinished)
            unfinished.replace(folder)
            records = self.records()
            records[name] = {
                "settings": {key: self.settings[key] for key in keys}, "inputs": before,
                "outputs": digests([folder]), "seconds": time.monotonic() - start}
            write(self.journal.with_suffix(".new"), records)
            self.journal.with_suffix(".new").replace(self.journal)
        print(f"the bundle is at {self.output}")
        return 0


def write(path: Path, value) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("command", choices=("run", "status"))
    parser.add_argument("settings", type=Path)
    parser.add_argument("--from", dest="first", help="a step that is run again, with those after it")
    arguments = parser.parse_args()
    try:
        pipeline = Pipeline(arguments.settings)
        if arguments.first and arguments.first not in pipeline.steps():
            raise Failure(f"--from {arguments.first}: the steps are {', '.join(pipeline.steps())}")
        return pipeline.status() if arguments.command == "status" else pipeline.run(arguments.first)
    except NotPassed as problem:
        print(f"pipeline.py: {problem}", file=sys.stderr)
        return 1
    except (Failure, OSError, ValueError, KeyError) as error:
        print(f"pipeline.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
