"""A child process that answers one line with one line, in order."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import threading
import weakref
from typing import Any, Iterable, Iterator, Sequence


class ModerationError(RuntimeError):
    """The program ended, or could not be started; the text has the end of what it said."""


#: Texts that are under way at once: enough to keep the program busy.
CHUNK = 1024


def chunks(requests: Iterable[dict[str, Any]]) -> Iterator[list[bytes]]:
    """The requests as lines of JSON, `CHUNK` of them at a time."""
    chunk: list[bytes] = []
    for request in requests:
        chunk.append(json.dumps(request).encode() + b"\n")
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Child:
    """One process of `moderate`, started when it is needed.

    A process that was forked from the one that started the child starts a child of its own.
    """

    def __init__(self, command: Sequence[str]):
        self._command = list(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._said: collections.deque[bytes] = collections.deque(maxlen=40)
        self._listener: threading.Thread | None = None
        # A fork may come while another thread holds the lock, whose copy nobody would release.
        reference = weakref.WeakMethod(self._forked)
        os.register_at_fork(after_in_child=lambda: (reference() or (lambda: None))())

    def _forked(self) -> None:
        self._lock = threading.Lock()
        self._process = None

    def ask(self, requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The answer to each request, in order. Holds one chunk of requests in memory."""
        for lines in chunks(requests):
            yield from self._answers(lines)

    def _answers(self, lines: list[bytes]) -> list[dict[str, Any]]:
        with self._lock:
            process = self._running()
            assert process.stdin and process.stdout
            # Written beside the reading: either pipe alone would fill up, and both sides wait.
            writer = threading.Thread(target=self._write, args=(process, lines), daemon=True)
            writer.start()
            answers = []
            try:
                for _ in lines:
                    line = process.stdout.readline()
                    if not line.endswith(b"\n"):
                        raise self._failure(process)
                    answers.append(json.loads(line))
            except BaseException:
                # What is still to come would be taken for the answers to the next texts.
                process.kill()
                self._process = None
                raise
            writer.join()
            return answers

    @staticmethod
    def _write(process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
        try:
            process.stdin.writelines(lines)  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        except (BrokenPipeError, ValueError):
            # The reader sees the end of the output, and says why.
            pass

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, close_fds=True)
            except OSError as error:
                raise ModerationError(f"{self._command[0]}: {error}") from error
            self._owner = os.getpid()
            self._said.clear()
            self._listener = threading.Thread(
                target=self._listen, args=(self._process, self._said), daemon=True)
            self._listener.start()
        return self._process

    @staticmethod
    def _listen(process: subprocess.Popen[bytes], said: collections.deque[bytes]) -> None:
        for line in process.stderr:  # type: ignore[union-attr]
            said.append(line)

    def _failure(self, process: subprocess.Popen[bytes]) -> ModerationError:
        """The error of a child whose output has ended."""
        try:
            code = process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        assert self._listener
        self._listener.join(timeout=5)
        said = b"".join(self._said).decode(errors="replace").strip()
        return ModerationError(
            f"moderate ended with {code}" + (f": {said}" if said else " and said nothing"))

    def close(self) -> None:
        """Ends the child. It is started anew if it is asked again."""
        with self._lock:
            process, self._process = self._process, None
            if process is None or self._owner != os.getpid():
                return
            process.stdin.close()  # type: ignore[union-attr]
            process.stdout.close()  # type: ignore[union-attr]
            process.wait()
