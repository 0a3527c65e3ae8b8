"""Needs a program: the package's own, or MODERATE."""

import json
import os
import subprocess
import threading

import numpy
import pytest

from swift_moderation import ModerationError, Moderator
from swift_moderation._child import Child
from swift_moderation._program import program

TEXTS = ["you are an idiot", "good morning", "", "line\nbreak", "é 😀 \u2028 \x00", "x" * 5000] * 50


@pytest.fixture(scope="module")
def moderator():
    with Moderator(threads=1) as moderator:
        yield moderator


def test_verdicts_are_those_of_the_command_line(moderator):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS)
    found = subprocess.run(
        [program(), "classify", "--format", "json", "--input", "-", "--input-format", "jsonl"],
        input=lines.encode(), stdout=subprocess.PIPE, check=True)
    expected = [json.loads(line) for line in found.stdout.splitlines()]
    assert moderator.moderate(TEXTS) == expected


def test_scores_have_a_row_for_each_text_and_a_column_for_each_label(moderator):
    scores = moderator.scores(TEXTS)
    assert scores.shape == (len(TEXTS), len(moderator.labels)) and scores.dtype == numpy.float32
    assert moderator.scores([]).shape == (0, len(moderator.labels))
    verdicts = moderator.moderate(TEXTS)
    for row, verdict in zip(scores, verdicts):
        assert [numpy.float32(verdict["labels"][label]["score"])
                for label in moderator.labels] == list(row)


def test_more_than_the_pipes_hold_does_not_wait_for_ever(moderator):
    texts = [f"{index} " + "words and more words " * 40 for index in range(3000)]
    seen = []
    verdicts = list(moderator.moderate_each(iter(texts), progress=seen.append))
    assert [verdict["text"] for verdict in verdicts] == texts
    assert seen == list(range(1, len(texts) + 1))


def test_eight_threads_get_their_own_answers(moderator):
    wrong = []

    def work(number):
        texts = [f"thread {number} text {index}" for index in range(200)]
        if [verdict["text"] for verdict in moderator.moderate(texts)] != texts:
            wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not wrong


def test_a_fork_has_a_child_of_its_own(moderator):
    before = moderator.moderate(["good morning"])
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        same = moderator.moderate(["good morning"]) == before
        moderator.close()
        os.write(writing, b"1" if same else b"0")
        os._exit(0)
    assert os.read(reading, 1) == b"1"
    os.waitpid(pid, 0)
    assert moderator.moderate(["good morning"]) == before


def test_a_child_that_ends_raises_the_end_of_what_it_said():
    with Moderator("/no/such/folder") as moderator:
        with pytest.raises(ModerationError, match="no such folder"):
            moderator.moderate(["a"])
    child = Child(["sh", "-c", "read line; echo too much >&2; exit 3"])
    with pytest.raises(ModerationError, match="ended with 3: too much"):
        list(child.ask({"text": "a"} for _ in range(10)))
    # It is started anew.
    with pytest.raises(ModerationError, match="too much"):
        list(child.ask([{"text": "a"}]))


def test_a_killed_child_is_an_error_and_then_another_child():
    with Moderator(threads=1) as moderator:
        before = moderator.moderate(["good morning"])
        moderator._child._process.kill()
        with pytest.raises(ModerationError, match="ended with -9"):
            moderator.moderate(["good morning"] * 5)
        assert moderator.moderate(["good morning"]) == before


def test_an_interrupted_call_leaves_no_answers_for_the_next_one():
    class Interrupted:
        """Output that is broken off at the third line, as by Control-C."""

        def __init__(self, output):
            self.output, self.lines = output, 0

        def readline(self):
            self.lines += 1
            if self.lines == 3:
                raise KeyboardInterrupt
            return self.output.readline()

    with Moderator(threads=1) as moderator:
        moderator.moderate(["start"])
        process = moderator._child._process
        process.stdout = Interrupted(process.stdout)
        with pytest.raises(KeyboardInterrupt):
            moderator.moderate([f"old {index}" for index in range(9)])
        assert [verdict["text"] for verdict in moderator.moderate(["new"])] == ["new"]


def test_a_pipeline_of_scikit_learn():
    pytest.importorskip("sklearn")
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from swift_moderation.sklearn import ModerationScores

    texts = ["you are an idiot", "what a stupid idiot", "good morning", "see you tomorrow"]
    pipeline = make_pipeline(ModerationScores(threads=1), LogisticRegression()).fit(
        texts, [1, 1, 0, 0])
    assert list(pipeline.predict(texts)) == [1, 1, 0, 0]
    assert list(pipeline[0].get_feature_names_out()) == Moderator().labels


def test_ten_thousand_tweets_have_the_scores_of_the_command_line_bit_for_bit(tweets):
    with Moderator() as moderator:
        verdicts = moderator.moderate(tweets)
        scores = moderator.scores(tweets[:1000])
        labels = moderator.labels
    lines = "".join(json.dumps({"text": text}) + "\n" for text in tweets)
    found = subprocess.run(
        [program(), "classify", "--input", "-", "--input-format", "jsonl"],
        input=lines.encode(), stdout=subprocess.PIPE, check=True)
    assert verdicts == [json.loads(line) for line in found.stdout.splitlines()]
    expected = numpy.array(
        [[verdict["labels"][label]["score"] for label in labels] for verdict in verdicts[:1000]],
        numpy.float32)
    assert scores.tobytes() == expected.tobytes()


def test_the_digest_and_the_version_are_the_programs(moderator):
    report = json.loads(subprocess.check_output([program(), "inspect", "--format", "json"]))
    assert moderator.digest == report["moderator"]["digest"]
    assert moderator.version == subprocess.check_output(
        [program(), "--version"], text=True).strip()
    with pytest.raises(ModerationError, match="no such folder"):
        Moderator("/no/such/folder").digest


def test_fields_leave_out_the_other_members():
    with Moderator(threads=1) as whole, Moderator(threads=1, fields=["flagged", "labels"]) as part:
        texts = ["you are an idiot", "good morning", None]
        for all, some in zip(whole.moderate(texts), part.moderate(texts)):
            if "error" in all:
                assert some == all
            else:
                assert some == {name: all[name] for name in ["flagged", "labels"]}
    with pytest.raises(ModerationError, match="--fields nonsense"):
        Moderator(threads=1, fields=["nonsense"]).moderate(["a"])
    with pytest.raises(ValueError):
        Moderator(server="http://localhost:1", fields=["flagged"])
