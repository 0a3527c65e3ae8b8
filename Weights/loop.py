"""Closes the loop from a report to a verdict: what people say was missed is found afterwards.

    python Weights/loop.py --bundle BUNDLE --reports reports.jsonl --train train.jsonl \\
        --validation validation.jsonl --test test.jsonl --work WORK

BUNDLE is a bundle with an encoder; its head is trained anew. All files are JSON Lines, {"text",
"labels": {name: 0|1}}: reports has what people say was missed, the others are labelled rows.
WORK/served is a link to the bundle that is served. The steps, each a command that is printed:

  serve     moderate-server --model live=WORK/served --feedback WORK/feedback.jsonl
  report    POST /v1/feedback for each report that the served bundle does not flag
  review    moderate review --input WORK/feedback.jsonl --output WORK/corrections.jsonl --select all
  embed     moderate embed, of the training rows with the corrections, and of the others
  train     train_head.py --train … --validation … --test … --output WORK/new
  gate      moderate evaluate of the served bundle, then of the new one against it
  reload    WORK/served points to WORK/new; SIGHUP
  ask       the reports again

--review takes the terminal to a person; without it every report is confirmed as it was sent, which is
right for reports that were reviewed elsewhere. Where the gate is not passed nothing is replaced. The
exit code is 0 when the new bundle is served and finds at least --least of the reports.

MODERATE and MODERATE_SERVER name the programs.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODERATE = os.environ.get("MODERATE", str(ROOT / ".build/release/moderate"))
SERVER = os.environ.get("MODERATE_SERVER", str(ROOT / "Server/.build/release/moderate-server"))


class Failure(Exception):
    """What went wrong, in words."""


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.open(encoding="utf-8") if line.strip()]


def write(path: Path, values: list[dict]) -> None:
    path.write_text(
        "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def run(*command, check: bool = True) -> subprocess.CompletedProcess:
    words = [str(word) for word in command]
    print("$ " + shlex.join(words), flush=True)
    done = subprocess.run(words)
    if check and done.returncode:
        raise Failure(f"{words[0]} ended with {done.returncode}")
    return done


class Server:
    """moderate-server as a process, on a free port."""

    def __init__(self, model: Path, feedback: Path, log: Path):
        self.log = log
        command = [SERVER, "--model", f"live={model}", "--feedback", str(feedback), "--port", "0"]
        print("$ " + shlex.join(command), flush=True)
        self.process = subprocess.Popen(command, stderr=log.open("w"))
        self.address = "http://127.0.0.1:" + self.event("listening")["address"].rsplit(":", 1)[1]

    def event(self, message: str, after: int = 0) -> dict:
        """The first event of that name after a number of the log's lines."""
        for _ in range(1200):
            lines = self.log.read_text().splitlines(keepends=True)[after:]
            for event in (json.loads(line) for line in lines if line.endswith("\n")):
                if event["message"] == message:
                    return event
                if event["level"] == "error":
                    raise Failure(f"the server says: {event}")
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Failure(f"the server does not say \"{message}\"; {self.log} has its log")

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def misses(self, report: dict) -> bool:
        """Whether a label that the report says is true does not fire."""
        labels = self.post("/v1/moderate", {"text": report["text"]})["labels"]
        return any(
            truth == 1 and not labels.get(name, {"flagged": True})["flagged"]
            for name, truth in report["labels"].items())

    def reload(self) -> None:
        lines = len(self.log.read_text().splitlines())
        print(f"$ kill -HUP {self.process.pid}", flush=True)
        self.process.send_signal(signal.SIGHUP)
        self.event("reloaded", after=lines)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def link(name: Path, target: Path) -> None:
    """Points a link to a folder, at once for whoever reads it."""
    new = name.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.symlink_to(target.resolve(), target_is_directory=True)
    new.replace(name)


def confirm(command: list[str], count: int) -> None:
    """Presses Return for each message of a review, at a terminal of its own."""
    print("$ " + shlex.join(command) + f"    # Return, {count} times", flush=True)
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(command[0], command)
    pressed, screen = 0, b""
    while True:
        ready, _, _ = select.select([terminal], [], [], 120)
        try:
            piece = os.read(terminal, 65536) if ready else b""
        except OSError:  # The terminal is gone with the program.
            piece = b""
        if not piece:
            break
        screen += piece
        # The page of the next message ends with its keys.
        if pressed < count and f"{pressed + 1} of {count}".encode() in screen and b"quit" in screen:
            os.write(terminal, b"\r")
            pressed, screen = pressed + 1, b""
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) or pressed < count:
        raise Failure(f"the review ended after {pressed} of {count} messages")


def review(arguments, feedback: Path, corrections: Path, count: int) -> None:
    command = [
        MODERATE, "review", "--model", str(arguments.work / "served"), "--input", str(feedback),
        "--output", str(corrections), "--select", "all", "--limit", str(count)]
    run(*command) if arguments.review else confirm(command, count)


def train(arguments, corrections: list[dict]) -> Path:
    """A bundle whose head has learned the corrections too, with the labels' texts of the old one."""
    work, served = arguments.work, arguments.work / "served"
    bundle = json.loads((served / "moderation.json").read_text(encoding="utf-8"))
    names = [label["name"] for label in bundle["labels"]]
    files = {}
    for name in ["train", "validation", "test"]:
        found = rows(getattr(arguments, name))
        if name == "train":
            found += [row for row in corrections for _ in range(arguments.weight)]
        write(work / f"{name}.jsonl", found)
        files[name] = (work / f"{name}.npy", work / f"{name}.jsonl")
        run(MODERATE, "embed", "--model", served, "--input", files[name][1], "--output", files[name][0])
    new = work / "new"
    shutil.rmtree(new, ignore_errors=True)
    run(
        sys.executable, ROOT / "Weights/train_head.py", "--labels", ",".join(names),
        "--kind", arguments.kind, "--output", new,
        *(word for name, pair in files.items() for word in (f"--{name}", *pair)))
    made = json.loads((new / "moderation.json").read_text(encoding="utf-8"))
    for label, own in zip(made["labels"], bundle["labels"]):
        for member in ["description", "severity", "actions", "direction", "thresholdRange"]:
            if member in own:
                label[member] = own[member]
    model = bundle["model"]
    if "path" in model and (served / model["path"]).is_dir():
        (new / model["path"]).symlink_to((served / model["path"]).resolve(), target_is_directory=True)
    kept = {key: value for key, value in bundle.items() if key not in ("files", "quantization")}
    made = kept | {"heads": made["heads"], "labels": made["labels"]}
    (new / "moderation.json").write_text(
        json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return new


def is_passed(arguments, new: Path) -> bool:
    """Whether the new bundle is nowhere worse than the served one by more than the tolerance."""
    evaluate = [MODERATE, "evaluate", "--test", arguments.test, "--resamples", "0"]
    run(*evaluate, "--model", arguments.work / "served", "--save", arguments.work / "served.json")
    return not run(
        *evaluate, "--model", new, "--baseline", arguments.work / "served.json", "--tolerance",
        arguments.tolerance, check=False).returncode


def close(arguments) -> int:
    work = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    feedback, corrections = work / "feedback.jsonl", work / "corrections.jsonl"
    link(work / "served", arguments.bundle)
    server = Server(work / "served", feedback, work / "server.log")
    try:
        missed = [report for report in rows(arguments.reports) if server.misses(report)]
        if not missed:
            raise Failure("the served bundle misses none of the reports")
        for index, report in enumerate(missed):
            server.post("/v1/feedback", report | {"key": f"report-{index}"})
        print(f"{len(missed)} reports of messages that were missed")
        review(arguments, feedback, corrections, len(rows(feedback)))
        taken = [row for row in rows(corrections) if row["labels"]]
        new = train(arguments, taken)
        if not is_passed(arguments, new):
            print("the gate is not passed: the served bundle stays")
            return 1
        link(work / "served", new)
        server.reload()
        found = sum(not server.misses(report) for report in missed)
        print(f"{found} of {len(missed)} missed messages are found now")
        return 0 if found >= arguments.least * len(missed) else 1
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    for name in ("bundle", "reports", "train", "validation", "test", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--kind", choices=("mlp", "logistic", "lightgbm"), default="mlp")
    parser.add_argument("--weight", type=int, default=10, help="how often a correction is a training row")
    parser.add_argument("--tolerance", type=float, default=0.02, help="what F1 may lose in the gate")
    parser.add_argument("--least", type=float, default=0.5, help="the share of reports to be found")
    parser.add_argument("--review", action="store_true", help="let a person go through the reports")
    arguments = parser.parse_args()
    try:
        return close(arguments)
    except (Failure, OSError, ValueError) as error:
        print(f"loop.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
