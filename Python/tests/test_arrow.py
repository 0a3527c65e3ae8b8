"""Needs pyarrow and a program: the package's own, or MODERATE."""

import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest

pyarrow = pytest.importorskip("pyarrow")

from swift_moderation import Moderator, arrow
from swift_moderation.arrow import COLUMNS, ArrowModerator

TEXTS = [b"you are an idiot", None, b"good morning", b"caf\xe9", "line\nbreak 😀".encode()]


@pytest.mark.parametrize("kind", [pyarrow.Table, pyarrow.RecordBatch])
def test_a_batch_gets_the_columns_of_the_verdicts_and_a_bad_row_its_error(kind):
    texts = pyarrow.array(TEXTS, pyarrow.binary())
    # As Spark hands them out: strings, whatever their bytes are.
    texts = pyarrow.StringArray.from_buffers(len(texts), *texts.buffers()[1:], texts.buffers()[0], 1)
    batch = kind.from_arrays([pyarrow.array(range(5)), texts], ["id", "text"])
    work = pickle.loads(pickle.dumps(ArrowModerator(keep=["id"], threads=1)))
    judged = work(batch)
    assert isinstance(judged, kind)
    assert judged.schema.names == ["id"] + COLUMNS.names
    assert judged.schema.field("scores").type == COLUMNS.field("scores").type
    rows = judged.to_pylist()
    assert [row["id"] for row in rows] == list(range(5))
    with Moderator(threads=1) as moderator:
        expected = moderator.moderate(
            text and text.decode(errors="replace") for text in TEXTS)
        assert {row["model_digest"] for row in rows} == {moderator.digest}
        assert {row["engine_version"] for row in rows} == {moderator.version}
    for row, verdict in zip(rows, expected):
        assert row["error"] == verdict.get("error")
        assert row["flagged"] == verdict.get("flagged")
        if row["error"] is None:
            assert dict(row["scores"]) == {
                name: float(numpy.float32(label["score"]))
                for name, label in verdict["labels"].items()}
    assert sum(row["error"] is not None for row in rows) == 1


def test_an_empty_batch_has_the_same_schema():
    batch = pyarrow.table({"text": pyarrow.array([], pyarrow.string())})
    judged = ArrowModerator(threads=1)(batch)
    assert judged.num_rows == 0
    assert judged.select(COLUMNS.names).schema == COLUMNS


def batches(count):
    return [
        pyarrow.record_batch({"id": [index], "text": [f"message {index}"]}) for index in range(count)]


def test_batches_come_in_order_as_each_alone():
    work = ArrowModerator(threads=1)
    assert list(work.each(iter(batches(5)))) == [work(batch) for batch in batches(5)]
    assert list(work.each([])) == []


def test_the_next_batch_is_judged_while_the_caller_has_one(monkeypatch):
    work, begun = ArrowModerator(threads=1), threading.Semaphore(0)
    judge = work._verdicts
    monkeypatch.setattr(work, "_verdicts", lambda table: (begun.release(), judge(table))[1])
    judged = work.each(batches(3))
    next(judged)
    # Nothing asks for the second one, and it is under way all the same; the third is not read yet.
    assert begun.acquire(timeout=60) and begun.acquire(timeout=60)
    assert not begun.acquire(blocking=False)
    assert len(list(judged)) == 2


def test_a_batch_that_cannot_be_judged_is_the_callers_error():
    with pytest.raises(KeyError):
        list(ArrowModerator("no such column", threads=1).each(batches(2)))


def test_threads_that_begin_together_share_one_moderator(monkeypatch):
    class Slow(Moderator):
        def __init__(self, *arguments, **options):
            time.sleep(0.05)
            super().__init__(*arguments, **options)

    monkeypatch.setattr(arrow, "Moderator", Slow)
    with ThreadPoolExecutor(4) as pool:
        # Threads that no other test asks for: nothing is there yet.
        found = list(pool.map(lambda _: arrow.shared(threads=3), range(4)))
    assert len(set(map(id, found))) == 1
