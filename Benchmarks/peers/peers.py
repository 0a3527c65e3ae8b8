"""Starting engines and talking to them."""

import json
import pathlib
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

#: Every engine and precision that is compared, in the order of the tables.
PEERS = [
    ("onnxruntime", "float32"), ("onnxruntime", "float32-plain"), ("onnxruntime", "int8"),
    ("onnxruntime", "int7"), ("openvino", "float32"), ("openvino", "bfloat16"),
    ("openvino", "int8"), ("pytorch", "float32"), ("pytorch", "bfloat16"),
    ("ctranslate2", "float32"), ("ctranslate2", "int8"),
]


class Peer:
    """A process that speaks the protocol, with one model loaded; `failure` says why it has none."""

    def __init__(self, engine: str, precision: str, model: str, cache: str, threads: int = 2,
                 command: str | None = None, log: pathlib.Path | None = None):
        self.label = f"{engine} {precision}"
        words = shlex.split(command) if command else [
            sys.executable, str(HERE / "serve.py"), engine, "--cache", cache]
        self.log = open(log, "a") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        reply = self.ask({
            "op": "load", "model": str(pathlib.Path(model).resolve()), "precision": precision,
            "threads": threads})
        self.failure = reply.get("error")
        self.seconds = reply.get("seconds", 0)
        if self.failure is None:
            self.label = f"{reply['engine']} {precision}"

    def ask(self, request: dict) -> dict:
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else {"error": "the process ended"}

    def milliseconds(self, request: dict) -> list[float]:
        reply = self.ask({"op": "run"} | request)
        if "error" in reply:
            raise RuntimeError(f"{self.label}: {reply['error']}")
        return reply["milliseconds"]

    def resident(self) -> int:
        """Bytes of memory the process holds, its mapped weights counted."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        return 0

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # Some libraries take their time with their threads at exit.
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
