"""Loads `moderate-server` with wrk and hey, beside the library in a process and a Python service.

    python load.py --server PROGRAM --benchmark PROGRAM [--model FOLDER] [--python] [--seconds 15] [--rounds 3]

Prints: messages a second of 64 connections with one message each, as a part of what `moderate(_:)` gives
in a process of its own on the same texts; latencies and answers at half, one and four times that rate; and
with --python the same of FastAPI with sentence-transformers and scikit-learn on the same encoder and
head. Each round measures all of them, one behind the other; the figures are medians.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONNECTIONS = 64
WRK = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local next = 0
request = function()
  next = next %% #bodies + 1
  return wrk.format("POST", "%s", {["Content-Type"] = "application/json"}, bodies[next])
end
"""


def texts():
    """Sentences in English and French, most of them short."""
    lines = (ROOT / "Weights/default/suite.jsonl").read_text().splitlines()
    return [json.loads(line)["text"] for line in lines]


def port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def serving(command, url, environment=None):
    """A service, once it is ready; also the seconds until then and its resident memory in MiB."""
    start = time.time()
    log = tempfile.TemporaryFile()
    service = subprocess.Popen(
        command, stdout=log, stderr=log, env=os.environ | (environment or {}))
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=1).read()
                break
            except OSError:
                if service.poll() is not None or time.time() > start + 120:
                    log.seek(0)
                    sys.exit(f"{command[0]} did not start: {log.read().decode()[-800:]}")
                time.sleep(0.01)
        yield service, time.time() - start
    finally:
        service.terminate()
        service.wait()


def memory(service):
    status = pathlib.Path(f"/proc/{service.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def wrk(base, path, bodies, seconds):
    """Requests a second, the 50th and 99th percentile in milliseconds, and answers that are no success."""
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder) / "bodies"
        lines.write_text("".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies))
        script = pathlib.Path(folder) / "wrk.lua"
        script.write_text(WRK % (lines, path))
        out = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script, base],
            check=True, capture_output=True, text=True).stdout
    scale = {"us": 1e-3, "ms": 1, "s": 1e3}

    def percentile(name):
        found = re.search(rf"\s{name}%\s+([\d.]+)(us|ms|s)", out)
        return float(found[1]) * scale[found[2]]

    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), percentile(50), percentile(99),
            int(bad[1]) if bad else 0)


def hey(url, body, rate, seconds):
    """Answers by status and the percentiles of all of them, in milliseconds, at a constant rate."""
    workers = max(1, min(400, round(rate / 4)))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(body))
        file.flush()
        out = subprocess.run(
            ["hey", "-z", f"{seconds}s", "-c", str(workers), "-q", str(rate / workers), "-m", "POST",
             "-T", "application/json", "-D", file.name, url],
            check=True, capture_output=True, text=True).stdout
    codes = {int(a): int(b) for a, b in re.findall(r"\[(\d{3})\]\s+(\d+) responses", out)}
    times = {int(a): float(b) * 1e3 for a, b in re.findall(r"(\d+)%{1,2} in ([\d.]+) secs", out)}
    return codes, times.get(50), times.get(99)


def in_process(program, model, seconds):
    """Messages a second of `moderate(_:)` in batches of 32 on the same texts."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "texts"
        file.write_text("".join(text + "\n" for text in texts()))
        result = pathlib.Path(folder) / "result.json"
        subprocess.run(
            [program, "--model", model, "--texts", file, "--lengths", "16", "--seconds", str(seconds),
             "--json", result], check=True, capture_output=True)
        return json.loads(result.read_text())[0]["throughput"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--benchmark", required=True)
    parser.add_argument("--model", default=str(ROOT / "Weights/default"))
    parser.add_argument("--python", action="store_true")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    ours, theirs, alone, starts = [], [], [], []
    bodies = [{"text": text} for text in texts()]
    for _ in range(arguments.rounds):
        alone.append(in_process(arguments.benchmark, arguments.model, arguments.seconds))
        base = f"http://127.0.0.1:{port()}"
        command = [arguments.server, "--model", arguments.model, "--port", base.rsplit(":", 1)[1]]
        with serving(command, base + "/health/ready") as (service, seconds):
            ours.append(wrk(base, "/v1/moderate", bodies, arguments.seconds))
            starts.append((seconds, memory(service)))
        if arguments.python:
            base = f"http://127.0.0.1:{port()}"
            command = [sys.executable, str(HERE / "python_service.py"), arguments.model, base.rsplit(":", 1)[1]]
            with serving(command, base + "/health") as (service, seconds):
                theirs.append((*wrk(base, "/moderate", bodies, arguments.seconds), seconds, memory(service)))

    def median(rows, place):
        return statistics.median(row[place] for row in rows)

    rate = median(ours, 0)
    print(f"in a process: {statistics.median(alone):.0f} messages/s in batches of 32")
    print(f"served: {rate:.0f} messages/s ({rate / statistics.median(alone):.2f} of that), p50 {median(ours, 1):.1f} ms, "
          f"p99 {median(ours, 2):.1f} ms at {CONNECTIONS} connections, {sum(row[3] for row in ours)} failed; "
          f"ready after {median(starts, 0):.2f} s, {median(starts, 1):.0f} MiB")
    if theirs:
        print(f"FastAPI, sentence-transformers, scikit-learn: {median(theirs, 0):.0f} messages/s, p50 {median(theirs, 1):.1f} ms, "
              f"p99 {median(theirs, 2):.1f} ms; ready after {median(theirs, 4):.1f} s, {median(theirs, 5):.0f} MiB; "
              f"ours is {rate / median(theirs, 0):.1f} times as fast")
    base = f"http://127.0.0.1:{port()}"
    command = [arguments.server, "--model", arguments.model, "--port", base.rsplit(":", 1)[1]]
    with serving(command, base + "/health/ready"):
        for share in (0.5, 1, 4):
            codes, half, last = hey(base + "/v1/moderate", bodies[7], share * rate, arguments.seconds)
            print(f"at {share} times that rate: {codes}, p50 {half or 0:.1f} ms, p99 {last or 0:.1f} ms")


if __name__ == "__main__":
    main()
