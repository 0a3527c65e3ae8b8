"""Needs the program `moderate serve` runs: MODERATE_SERVER."""

import os
import subprocess
import threading
import time

import pytest

from swift_moderation import ModerationError, Moderator

pytestmark = pytest.mark.skipif(
    "MODERATE_SERVER" not in os.environ, reason="moderate-server is not built")
TEXTS = ["you are an idiot", "good morning", "", "line\nbreak", "é 😀 \u2028 \x00"] * 250


def start(socket):
    process = subprocess.Popen(
        [os.environ["MODERATE_SERVER"], "--unix-socket", str(socket), "--threads", "1"],
        stderr=subprocess.DEVNULL)
    for _ in range(600):
        if socket.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    assert process.poll() is None
    return process


@pytest.fixture
def socket(tmp_path):
    path = tmp_path / "moderate.sock"
    process = start(path)
    yield path
    process.kill()
    process.wait()


def test_verdicts_are_those_of_a_child(socket):
    with Moderator(server=f"unix:{socket}") as served, Moderator(threads=1) as own:
        assert served.moderate(TEXTS) == own.moderate(TEXTS)
        assert served.labels == own.labels
        assert served.digest == own.digest and served.version == own.version
        broken = served.moderate(["a", None, "b"])
        assert [("error" in verdict) for verdict in broken] == [False, True, False]
        assert isinstance(broken[1]["error"], str)


def test_threads_have_a_connection_each(socket):
    served, wrong = Moderator(server=f"unix:{socket}"), []

    def work(number):
        texts = [f"thread {number} text {index}" for index in range(100)]
        if [verdict["text"] for verdict in served.moderate(texts)] != texts:
            wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not wrong


def test_a_server_that_was_restarted_is_asked_again_and_a_dead_one_is_an_error(tmp_path):
    path = tmp_path / "moderate.sock"
    process = start(path)
    served = Moderator(server=f"unix:{path}")
    before = served.moderate(["good morning"])
    process.terminate()
    process.wait()
    with pytest.raises(ModerationError, match="moderate.sock"):
        served.moderate(["good morning"])
    path.unlink(missing_ok=True)
    process = start(path)
    try:
        assert served.moderate(["good morning"]) == before
        process.terminate()
        process.wait()
        path.unlink(missing_ok=True)
        process = start(path)
        assert served.moderate(["good morning"]) == before
    finally:
        process.kill()
        process.wait()


def test_refusals_say_why(socket):
    with pytest.raises(ModerationError, match="404 Not Found: .*no model of that name"):
        Moderator("other", server=f"unix:{socket}").moderate(["a"])
    with pytest.raises(ValueError, match="neither unix:/path nor http://host:port"):
        Moderator(server="ftp://a")
    with pytest.raises(ValueError, match="the server's own"):
        Moderator(server=f"unix:{socket}", threads=2)
