"""What the tests of both engines share: a data set with bad rows, and the command line's verdicts."""

import json
import os
import pathlib
import signal
import subprocess
import time

import pyarrow
import pyarrow.parquet
import pytest
from hosts import network  # noqa: F401, a fixture

from swift_moderation._program import program

CHECKOUT = pathlib.Path(__file__).parents[2]
ROWS = 800
#: Stands in the environment of a job's processes.
MARK = f"SCALE_TEST={os.getpid()}"


@pytest.fixture(scope="session")
def texts():
    """Texts of which some are null, no UTF-8, or have line breaks in them."""
    messages = (CHECKOUT / "Weights/messages.txt").read_text().splitlines()
    texts = [
        f"{messages[number % len(messages)]} ({number}) {messages[(number * 7) % len(messages)]}"
        .encode() for number in range(ROWS)]
    texts[10::100] = [None] * len(texts[10::100])
    texts[20::100] = [b"caf\xe9 " + text for text in texts[20::100]]
    texts[30::100] = [text + "\n\r\u2028😀\0".encode() for text in texts[30::100]]
    texts[40::100] = [b""] * len(texts[40::100])
    return texts


@pytest.fixture
def comments(tmp_path, texts):
    """The data set, in eight files."""
    folder = tmp_path / "comments"
    folder.mkdir()
    column = pyarrow.array(texts, pyarrow.binary())
    column = pyarrow.StringArray.from_buffers(
        len(column), *column.buffers()[1:], column.buffers()[0], column.null_count)
    table = pyarrow.table({"id": range(ROWS), "text": column})
    for part in range(8):
        size = ROWS // 8
        pyarrow.parquet.write_table(table.slice(part * size, size), folder / f"{part}.parquet")
    return folder


@pytest.fixture(scope="session")
def expected(texts):
    """The command line's answers."""
    lines = "".join(
        json.dumps({"text": None if text is None else text.decode(errors="replace")}) + "\n"
        for text in texts)
    done = subprocess.run(
        [program(), "classify", "--input", "-", "--input-format", "jsonl"],
        input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert done.returncode == 2
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(output, expected):
    """Every row is there once, and has the command line's bits."""
    rows = pyarrow.parquet.read_table(output).sort_by("id").to_pylist()
    assert [row["id"] for row in rows] == list(range(ROWS))
    float32 = lambda value: pyarrow.scalar(value, pyarrow.float32()).as_py()
    for row, verdict in zip(rows, expected):
        # The line's number in the message's place depends on the batch.
        assert row["error"] == verdict.get("error")
        assert row["flagged"] == verdict.get("flagged")
        labels = verdict.get("labels", {})
        assert dict(row["scores"] or {}) == {
            name: float32(label["score"]) for name, label in labels.items()}
        assert (row["flags"] or []) == [name for name in labels if labels[name]["flagged"]]
    assert sum(row["error"] is not None for row in rows) == ROWS // 100
    assert len({(row["model_digest"], row["engine_version"]) for row in rows}) == 1


def processes(under, *words):
    """The ids of the processes of a job whose command lines have the words: those below its driver, and
    those that have the driver's mark, as Ray's belong to nobody."""
    parents, commands, marked = {}, {}, set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                commands[int(entry.name)] = (entry / "cmdline").read_bytes().decode(errors="replace")
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
                if MARK.encode() in (entry / "environ").read_bytes():
                    marked.add(int(entry.name))
            except OSError:
                pass

    def belongs(process):
        if process in marked:
            return True
        while process in parents:
            if process == under:
                return True
            process = parents[process]
        return False

    return [process for process, command in commands.items()
            if all(word in command for word in words) and belongs(process)]


def kill_one(driver, *words):
    """Kills a process below the driver as the kernel does that has no memory left."""
    for _ in range(6000):
        found = processes(driver.pid, *words)
        if found:
            time.sleep(1)
            os.kill(found[0], signal.SIGKILL)
            return
        assert driver.poll() is None, "the job ended before there was a process to kill"
        time.sleep(0.1)
    raise AssertionError(f"no process has {words}")
