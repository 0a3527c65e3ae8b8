"""A server, `moderate serve`, that answers lines with lines as a child process does."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import urllib.parse
from typing import Any, Callable, Iterable, Iterator, TypeVar

from ._child import ModerationError, chunks

_Answer = TypeVar("_Answer")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class Server:
    """`moderate serve` at an address, asked over one connection a thread.

    Args:
        address: "unix:/path/of/socket" or "http://host:port".
        model: the name of one of the server's models; None is its first.
        key: an API key, if the server asks for one.
    """

    def __init__(self, address: str, model: str | None = None, key: str | None = None):
        self._address = address
        self._model = model
        self._host: str | None = None
        if not address.startswith("unix:"):
            url = urllib.parse.urlsplit(address)
            if url.scheme != "http" or not url.netloc:
                raise ValueError(f"{address}: neither unix:/path nor http://host:port")
            self._host = url.netloc
        self._path = "/v1/moderate"
        if model is not None:
            self._path += "?" + urllib.parse.urlencode({"model": model})
        self._headers = {"Content-Type": "application/x-ndjson"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        self._local = threading.local()

    def ask(self, requests: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The answer to each request, in order. Holds one chunk of requests in memory."""
        for lines in chunks(requests):
            yield from self._twice(lambda: self._answers(lines))

    def info(self) -> dict[str, Any]:
        """Facts about the server and its first model."""
        return json.loads(self._get("/info"))

    def digest(self) -> str:
        """The digest of the model's bundle."""
        name = self._model if self._model is not None else self.info()["served_model_name"]
        for line in self._get("/metrics").decode().splitlines():
            if line.startswith("moderation_bundle_info{") and f'model="{name}"' in line:
                return line.split('digest="')[1].split('"')[0]
        raise ModerationError(f"{self._address}: no model {name}")

    def _get(self, path: str) -> bytes:
        def get() -> bytes:
            connection = self._connection()
            connection.request("GET", path, headers=self._headers)
            return self._checked(connection.getresponse()).read()

        return self._twice(get)

    def _twice(self, exchange: Callable[[], _Answer]) -> _Answer:
        """The answer of an exchange. It is tried again where the server may only have closed the
        connection since the last one; the same texts have the same answer."""
        is_fresh = self._connection().sock is None
        try:
            try:
                return exchange()
            except (OSError, http.client.HTTPException):
                self.close()
                if is_fresh:
                    raise
                return exchange()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ModerationError(
                f"{self._address}: {error or type(error).__name__}") from error

    def _answers(self, lines: list[bytes]) -> list[dict[str, Any]]:
        connection = self._connection()
        try:
            body = b"".join(lines)
            connection.putrequest("POST", self._path)
            for name, value in self._headers.items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            # Written beside the reading: the server reads on when its answers are taken.
            writer = threading.Thread(target=self._write, args=(connection, body), daemon=True)
            writer.start()
            response = self._checked(connection.getresponse())
            answers = [self._answer(line) for line in response]
            if len(answers) != len(lines):
                raise ModerationError(
                    f"{self._address}: {len(answers)} answers to {len(lines)} texts")
            writer.join()
            return answers
        except BaseException:
            # What is still to come would be taken for the answers to the next texts.
            self.close()
            raise

    @staticmethod
    def _write(connection: http.client.HTTPConnection, body: bytes) -> None:
        try:
            connection.send(body)
        except OSError:
            # The reader sees the end of the answer, and says why.
            pass

    @staticmethod
    def _answer(line: bytes) -> dict[str, Any]:
        answer = json.loads(line)
        error = answer.get("error")
        if isinstance(error, dict):
            answer["error"] = error["message"]
        return answer

    def _checked(self, response: http.client.HTTPResponse) -> http.client.HTTPResponse:
        if response.status != 200:
            text = response.read().decode(errors="replace").strip()
            raise ModerationError(f"{self._address}: {response.status} {response.reason}: {text}")
        return response

    def _connection(self) -> http.client.HTTPConnection:
        """The connection of this thread; another process may not use it."""
        if getattr(self._local, "owner", None) != os.getpid():
            self._local.connection = (
                http.client.HTTPConnection(self._host) if self._host is not None
                else _UnixConnection(self._address.removeprefix("unix:")))
            self._local.owner = os.getpid()
        return self._local.connection

    def close(self) -> None:
        """Closes the connection of this thread. It is opened anew when it is needed."""
        if getattr(self._local, "owner", None) == os.getpid():
            self._local.connection.close()
