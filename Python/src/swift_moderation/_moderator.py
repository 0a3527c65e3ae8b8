"""Verdicts and embeddings."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, List, Sequence

from ._child import Child, ModerationError
from ._program import program
from ._server import Server

if TYPE_CHECKING:
    import numpy

#: A verdict as `moderate classify` prints it: "flagged", "labels", "actions", "tokens", "truncated";
#: or "error", for a text that cannot be judged.
Verdict = dict

__all__ = ["Encoder", "ModerationError", "Moderator", "Verdict"]


def _options(model: str | None, threads: int | None, precision: str | None,
             adapter: str | None) -> list[str]:
    options = []
    # Any path is the caller's, and not one of the folder that the child runs in.
    if model not in (None, "default"):
        options += ["--model", os.path.abspath(model) if os.path.isdir(model) else model]
    if threads is not None:
        options += ["--threads", str(threads)]
    if precision is not None:
        options += ["--precision", precision]
    if adapter is not None:
        options += ["--adapter", adapter]
    return options


def _output(*arguments: str) -> str:
    done = subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise ModerationError(done.stderr.decode(errors="replace").strip())
    return done.stdout.decode()


class _Closing:
    _child: Child | Server

    def close(self) -> None:
        """Ends the child process, or closes the connection. Either is made anew when it is needed."""
        self._child.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Moderator(_Closing):
    """A moderator in a process of its own, or in a server.

    Args:
        model: a folder, or a Hugging Face name in the local cache; "default" is the one that comes
            with the package.
        threads: threads to compute on; None is one for each processor.
        precision: "float32" or "int8"; None is what the model allows first.
        adapter: a LoRA adapter to merge: a folder, or a name below the model's `adapters`.
        fields: the members that verdicts have, such as "flagged" and "labels", which `scores` needs;
            None is all. Fewer are less to write and to parse.
        server: "unix:/path/of/socket" or "http://host:port" of a `moderate serve`, which is asked
            instead of a child process. `model` is then the name of one of its models, "default" its
            first; threads, precision, adapter and fields are its own.
        key: an API key of the server.
    """

    def __init__(self, model: str | None = "default", *, threads: int | None = None,
                 precision: str | None = None, adapter: str | None = None,
                 fields: Sequence[str] | None = None,
                 server: str | None = None, key: str | None = None):
        self._options = _options(model, threads, precision, adapter)
        if server is None:
            self._child: Child | Server = Child(
                [program(), "classify", "--format", "json", "--input", "-", "--input-format",
                 "jsonl", *(["--fields", ",".join(fields)] if fields is not None else []),
                 *self._options])
        elif (threads, precision, adapter, fields) != (None, None, None, None):
            raise ValueError("threads, precision, adapter and fields are the server's own")
        else:
            self._child = Server(server, None if model == "default" else model, key)
        self._labels: list[str] | None = None

    @functools.cached_property
    def version(self) -> str:
        """The version of the program or of the server. Scores of the same bundle are the same bits
        with the same version."""
        if isinstance(self._child, Server):
            return self._child.info()["version"]
        return _output("--version").strip()

    @functools.cached_property
    def digest(self) -> str:
        """The SHA-256 of the model's `moderation.json`, which has the digests of its files."""
        if isinstance(self._child, Server):
            return self._child.digest()
        report = json.loads(_output("inspect", "--format", "json", *self._options))
        if "moderator" not in report:
            raise ModerationError("the model has no moderation.json")
        return report["moderator"]["digest"]

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the columns of `scores`."""
        if self._labels is None:
            self._labels = list(self.moderate([""])[0]["labels"])
        return self._labels

    def moderate(self, texts: Iterable[str]) -> List[Verdict]:
        """A verdict for each text. A text that cannot be judged has "error" in its verdict.

        Raises:
            ModerationError: if the program ends.
        """
        return list(self.moderate_each(texts))

    def moderate_each(self, texts: Iterable[str],
                      progress: Callable[[int], Any] | None = None) -> Iterator[Verdict]:
        """Verdicts as they come, of any number of texts.

        Args:
            progress: is called with the number of verdicts so far.
        """
        answers = self._child.ask({"text": text} for text in texts)
        for done, verdict in enumerate(answers, 1):
            yield verdict
            if progress is not None:
                progress(done)

    def scores(self, texts: Iterable[str]) -> "numpy.ndarray":
        """`[texts, labels]` in float32; a row of NaN for a text that cannot be judged."""
        import numpy

        labels = self.labels
        rows = [
            [float("nan")] * len(labels) if "error" in verdict
            else [verdict["labels"][label]["score"] for label in labels]
            for verdict in self.moderate_each(texts)]
        return numpy.array(rows, numpy.float32).reshape(len(rows), len(labels))


class Encoder(_Closing):
    """A sentence encoder in a process of its own.

    Args:
        model: a folder, or a Hugging Face name in the local cache.
        dimensions: elements of a vector that are kept.
        prompt_name: the name of one of the model's own prompts.
    """

    def __init__(self, model: str, *, threads: int | None = None, precision: str | None = None,
                 adapter: str | None = None, dimensions: int | None = None,
                 prompt_name: str | None = None):
        command = [program(), "embed", "--format", "json", "--input", "-", "--input-format",
                   "jsonl", *_options(model, threads, precision, adapter)]
        if dimensions is not None:
            command += ["--dimensions", str(dimensions)]
        if prompt_name is not None:
            command += ["--prompt-name", prompt_name]
        self._child = Child(command)

    def embed(self, texts: Sequence[str]) -> "numpy.ndarray":
        """`[texts, dimension]` in float32.

        Raises:
            ValueError: for the first text that has no embedding.
        """
        import numpy

        rows = []
        for index, answer in enumerate(self._child.ask({"text": text} for text in texts)):
            if "error" in answer:
                raise ValueError(f"text {index}: {answer['error']}")
            rows.append(answer["embedding"])
        return numpy.array(rows, numpy.float32).reshape(len(rows), -1)
