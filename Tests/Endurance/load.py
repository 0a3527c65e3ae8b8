"""Loads a server and long commands for an hour, and records what they hold.

    MODERATE=… MODERATE_SERVER=… python Tests/Endurance/load.py [--minutes 60] [--pause 0] [--csv curve.csv]

Eight clients keep the server busy with messages, batches, trees, streams, dialects of other services and
nonsense; it is told to reload every minute. One `classify` reads from a pipe all the time, bad lines among
its texts, and every other command runs in turn. Resident memory and open descriptors of server and `classify`
are read every ten seconds. Neither may grow after the first tenth of the time. Needs Linux and nothing but Python.
"""

import argparse
import csv
import http.client
import itertools
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODERATE = os.environ.get("MODERATE", str(ROOT / ".build/release/moderate"))
SERVER = os.environ.get("MODERATE_SERVER", str(ROOT / "Server/.build/release/moderate-server"))
WORDS = "you are the nicest person here idiot merci beaucoup ça va 😀 t r a s h a$$hole le chat".split()


def text(generator):
    count = generator.choices([0, 1, 5, 12, 30, 60, 200, 3000], [5, 10, 20, 30, 20, 10, 2, 0.1])[0]
    return " ".join(generator.choice(WORDS) for _ in range(count))


def requests(generator):
    """A route, a body and the statuses that it may have."""
    one = text(generator)
    many = [text(generator) for _ in range(16)]
    return generator.choice([
        ("/v1/moderate", json.dumps({"text": one}), {200}),
        ("/v1/moderate", json.dumps({"messages": [{"text": item} for item in many]}), {200, 400}),
        ("/v1/moderations", json.dumps({"input": many}), {200}),
        ("/predict", json.dumps({"inputs": one}), {200, 400, 413, 422}),
        ("/v1alpha1/comments:analyze",
         json.dumps({"comment": {"text": one or "a"}, "requestedAttributes": {"TOXICITY": {}}}), {200, 400}),
        ("/v1/moderate", json.dumps({"text": 1}), {400, 422}),
        ("/v1/moderate", "{" * generator.randrange(1, 3000), {400}),
        ("/nowhere", "{}", {404}),
    ])


class Held:
    """Resident memory and descriptors of a process."""

    def __init__(self, pid):
        self.pid = pid

    def __call__(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return memory / 1024, len(os.listdir(f"/proc/{self.pid}/fd"))


def client(port, seed, end, counts, pause):
    generator = random.Random(seed)
    connection = None
    while time.monotonic() < end:
        time.sleep(pause)
        path, body, allowed = requests(generator)
        try:
            if connection is None or generator.random() < 0.02:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            counts[path, answer.status] = counts.get((path, answer.status), 0) + 1
            if answer.status not in allowed | {429, 503}:
                counts["unexpected", path, answer.status] = body[:200]
        except (OSError, http.client.HTTPException) as error:
            counts["broken", type(error).__name__] = counts.get(("broken", type(error).__name__), 0) + 1
            connection = None


def feed(child, end, pause):
    """Texts and bad lines for a `classify` that never ends."""
    generator = random.Random(99)
    while time.monotonic() < end:
        lines = [json.dumps({"text": text(generator)}) for _ in range(8)] + ["not JSON", "{}", ""]
        try:
            child.stdin.write(("\n".join(lines) + "\n").encode())
            child.stdin.flush()
        except BrokenPipeError:
            return
        time.sleep(0.05 + pause / 8)
    child.stdin.close()


def commands(folder, end, counts, pause):
    """Every other command in turn."""
    data = folder / "data.jsonl"
    generator = random.Random(7)
    data.write_text("".join(
        json.dumps({"text": text(generator)[:2000] or "a", "labels": {"insult": i % 2}}) + "\n"
        for i in range(60)))
    encoder = ROOT / "Tests/Fixtures/transformers/models/pooling-mean-normalized"
    for turn in itertools.count():
        for arguments in [
            ["inspect", "--verify"], ["tokenize", "a b"], ["explain", "you idiot"],
            ["perturb", "you idiot"], ["embed", "--model", encoder, "--input", data],
            ["evaluate", "--test", data, "--report", folder / "report.html"],
            ["quantize", "--model", encoder, "--calibrate", data, "--output", folder / f"int8-{turn}"],
        ]:
            if time.monotonic() > end:
                return
            time.sleep(10 * pause)
            done = subprocess.run([MODERATE, *map(str, arguments)], capture_output=True)
            key = arguments[0], done.returncode
            counts[key] = counts.get(key, 0) + 1
            if done.returncode:
                counts["unexpected", arguments[0]] = done.stderr.decode()[-200:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--csv", type=pathlib.Path)
    parser.add_argument("--pause", type=float, default=0, help="seconds between a client's requests")
    arguments = parser.parse_args()
    port = 18_080
    counts = {}
    start = time.monotonic()
    end = start + 60 * arguments.minutes
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = subprocess.Popen(
            [SERVER, "--port", str(port)], stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("wb"))
        classify = subprocess.Popen(
            [MODERATE, "classify", "--format", "json"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", port).request("GET", "/health/ready")
                break
            except OSError:
                time.sleep(0.1)
                assert server.poll() is None, (folder / "log").read_text()
        threads = [threading.Thread(target=client, args=(port, seed, end, counts, arguments.pause)) for seed in range(8)]
        threads += [threading.Thread(target=feed, args=(classify, end, arguments.pause)),
                    threading.Thread(target=commands, args=(folder, end, counts, arguments.pause))]
        for thread in threads:
            thread.start()
        rows, reloads = [], 0
        columns = ["seconds", "server MiB", "server fds", "classify MiB", "classify fds"]
        file = (arguments.csv or folder / "curve.csv").open("w", newline="")
        curve = csv.writer(file)
        curve.writerow(columns)
        held = {"server": Held(server.pid), "classify": Held(classify.pid)}
        while time.monotonic() < end - 5:
            time.sleep(10)
            if time.monotonic() - start > 60 * (reloads + 1):
                server.send_signal(signal.SIGHUP)
                reloads += 1
            row = [round(time.monotonic() - start)]
            for process in held.values():
                row += process()
            rows.append(row)
            curve.writerow(row)
            file.flush()
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        # It works off what is in the pipe.
        classify.wait(600)
        file.close()
    for key, value in sorted(counts.items(), key=str):
        print(key, value)
    print(f"{reloads} reloads")
    warm = rows[len(rows) // 10 :]
    failed = any(key[0] in ("unexpected", "broken") for key in counts)
    for index, what in enumerate(columns[1:], 1):
        values = [row[index] for row in warm]
        third = max(1, len(values) // 3)
        first, last = (sum(part) / len(part) for part in (values[:third], values[-third:]))
        print(f"{what}: {min(values):.0f} … {max(values):.0f}, first third {first:.1f}, last third {last:.1f}")
        if last > 1.05 * first + 2:
            failed = True
            print(f"{what} grows")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
