"""One engine as a process: JSON requests in, JSON replies out, a line each (README.md)."""

import json
import os
import sys
import time
import traceback

import numpy


class Engine:
    """What a peer implements. `name` is shown in the tables."""

    name = "?"
    precisions: tuple[str, ...] = ()
    #: Whether `run` and `embed` take texts; token ids they always take.
    takes_texts = False

    def load(self, model: str, precision: str, threads: int, cache: str) -> None:
        raise NotImplementedError

    def prepare(self, ids: list[list[int]]):
        """Turns one batch into the engine's own input; not timed."""
        raise NotImplementedError

    def compute(self, prepared) -> numpy.ndarray:
        """Timed: `[messages, dimension]` embeddings or logits."""
        raise NotImplementedError


def padded(ids: list[list[int]], padding: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Token ids and attention mask, int64, of `[messages, longest]`."""
    longest = max(len(message) for message in ids)
    tokens = numpy.full((len(ids), longest), padding, numpy.int64)
    mask = numpy.zeros((len(ids), longest), numpy.int64)
    for row, message in enumerate(ids):
        tokens[row, :len(message)] = message
        mask[row, :len(message)] = 1
    return tokens, mask


def batches(ids: list, size: int) -> list[list[int]]:
    """Indices, batch by batch: neighbours in length, longest first, as sentence-transformers does."""
    order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
    return [order[start:start + size] for start in range(0, len(order), size)]


class Server:
    def __init__(self, engine: Engine, cache: str):
        self.engine, self.cache = engine, cache

    def messages(self, request: dict) -> list:
        if "texts" in request:
            if not self.engine.takes_texts:
                raise ValueError(f"{self.engine.name} takes ids, not texts")
            return request["texts"]
        return request["ids"]

    def load(self, request: dict) -> dict:
        precision = request["precision"]
        if precision not in self.engine.precisions:
            raise ValueError(f"{self.engine.name} has no precision {precision}")
        start = time.perf_counter()
        self.engine.load(request["model"], precision, request.get("threads", 2), self.cache)
        seconds = time.perf_counter() - start
        return {"engine": self.engine.name, "precision": precision, "seconds": seconds}

    def run(self, request: dict) -> dict:
        """Every repetition goes through all messages; padding is prepared outside the clock."""
        messages = self.messages(request)
        parts = batches(messages, request.get("batch", 32))
        prepared = [self.engine.prepare([messages[i] for i in part]) for part in parts]
        milliseconds = []
        for _ in range(request.get("repeat", 1)):
            start = time.perf_counter()
            for batch in prepared:
                self.engine.compute(batch)
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return {"milliseconds": milliseconds}

    def embed(self, request: dict) -> dict:
        messages = self.messages(request)
        vectors = [None] * len(messages)
        for part in batches(messages, request.get("batch", 1)):
            rows = self.engine.compute(self.engine.prepare([messages[i] for i in part]))
            for i, row in zip(part, rows):
                vectors[i] = [float(value) for value in row]
        return {"vectors": vectors}

    def answer(self, request: dict) -> dict:
        operations = {"load": self.load, "run": self.run, "embed": self.embed}
        if request.get("op") not in operations:
            raise ValueError(f"no operation {request.get('op')!r}")
        return operations[request["op"]](request)


def serve(engine: Engine, cache: str) -> None:
    # Libraries print; the replies keep the real standard output to themselves.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = Server(engine, cache)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            if request.get("op") == "quit":
                break
            reply = server.answer(request)
        except Exception as error:  # The driver decides what a failure means.
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
