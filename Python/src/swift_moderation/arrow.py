"""Verdicts as columns of Arrow tables, for Spark, Ray and other engines that hand out batches."""

from __future__ import annotations

import collections
import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, Iterator, Sequence

import pyarrow

from ._moderator import ModerationError, Moderator, Verdict

#: The columns of a verdict. `scores` has one entry a label. A row that cannot be judged has an
#: `error` and nothing else but where it was tried.
COLUMNS = pyarrow.schema([
    ("flagged", pyarrow.bool_()),
    ("flags", pyarrow.list_(pyarrow.string())),
    ("scores", pyarrow.map_(pyarrow.string(), pyarrow.float32())),
    ("truncated", pyarrow.bool_()),
    ("error", pyarrow.string()),
    ("model_digest", pyarrow.string()),
    ("engine_version", pyarrow.string()),
])


_starting = threading.Lock()


def shared(model: str | None = "default", threads: int | None = None,
           server: str | None = None) -> Moderator:
    """The moderator of this process with these options: a worker loads a model once, however many
    tasks it is given, and from however many threads."""
    with _starting:
        return _moderator(model, threads, server)


@functools.lru_cache(maxsize=None)
def _moderator(model: str | None, threads: int | None, server: str | None) -> Moderator:
    return Moderator(
        model, threads=threads, server=server,
        fields=("flagged", "labels", "truncated") if server is None else None)


class ArrowModerator:
    """Judges a column of texts. It can be pickled, and then has the options and not the model.

    Args:
        text: the name of the column.
        keep: the columns that stand in front of the verdict's; all if None.
        model, threads, server: as `Moderator` takes them.
    """

    def __init__(self, text: str = "text", keep: Sequence[str] | None = None,
                 model: str | None = "default", threads: int | None = None,
                 server: str | None = None):
        self._text = text
        self._keep = keep
        self._options = {"model": model, "threads": threads, "server": server}

    def __call__(self, table: Any) -> Any:
        """The kept columns and ``COLUMNS``, of a table or a record batch, in its order."""
        return self._table(table, self._verdicts(table))

    def each(self, tables: Iterable[Any]) -> Iterator[Any]:
        """What calling gives for each table. The child works on the next table while the caller has one."""
        pool = ThreadPoolExecutor(1)
        waiting: collections.deque[Any] = collections.deque()
        try:
            for table in tables:
                waiting.append((table, pool.submit(self._verdicts, table)))
                if len(waiting) == 2:
                    table, verdicts = waiting.popleft()
                    yield self._table(table, verdicts.result())
            while waiting:
                table, verdicts = waiting.popleft()
                yield self._table(table, verdicts.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _verdicts(self, table: Any) -> list[Verdict]:
        moderator = shared(**self._options)
        texts = _texts(table.column(self._text))
        try:
            return moderator.moderate(texts)
        except ModerationError:
            # A child that was killed is started anew. The same texts have the same verdicts.
            return moderator.moderate(texts)

    def _table(self, table: Any, verdicts: list[Verdict]) -> Any:
        moderator = shared(**self._options)
        columns = [
            pyarrow.array(values, field.type) for values, field in zip(
                zip(*map(_values, verdicts)) if verdicts else [()] * 5, COLUMNS)]
        for fact in (moderator.digest, moderator.version):
            columns.append(pyarrow.array([fact] * len(verdicts), pyarrow.string()))
        names = table.schema.names if self._keep is None else list(self._keep)
        return type(table).from_arrays(
            [table.column(name) for name in names] + columns, names + COLUMNS.names)


def _texts(column: Any) -> list[str | None]:
    """The texts of a column. Bytes that are not UTF-8, which Spark's strings may hold, become U+FFFD."""
    return [
        None if text is None else text.decode(errors="replace")
        for text in column.cast(pyarrow.large_binary()).to_pylist()]


def _values(verdict: Verdict) -> tuple[Any, ...]:
    if "error" in verdict:
        return None, None, None, None, verdict["error"]
    labels = verdict["labels"]
    return (
        verdict["flagged"], [name for name in labels if labels[name]["flagged"]],
        [(name, label["score"]) for name, label in labels.items()], verdict["truncated"], None)
