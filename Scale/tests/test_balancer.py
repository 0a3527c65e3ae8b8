"""Three servers in network namespaces of their own behind nginx and HAProxy, as the committed files
configure them. Needs root, ip, nginx, haproxy and MODERATE_SERVER."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest
from hosts import SPACES, inside

FOLDER = pathlib.Path(__file__).parents[1] / "balancer"
SERVER = os.environ.get("MODERATE_SERVER")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or SERVER is None or not all(map(shutil.which, ["ip", "nginx", "haproxy"])),
    reason="needs root, ip, nginx, haproxy and MODERATE_SERVER")

BALANCERS = {
    "nginx": ["nginx", "-c", str(FOLDER / "nginx.conf"), "-g", "daemon off; error_log stderr crit;"],
    "haproxy": ["haproxy", "-db", "-f", str(FOLDER / "haproxy.cfg")],
}


def start_server(number):
    return inside(
        SPACES[number], SERVER, "--hostname", "0.0.0.0", "--threads", "1", "--shutdown-delay", "3",
        stderr=subprocess.DEVNULL)


def wait_until_ready(address):
    check = ("import sys, urllib.request\n"
             "urllib.request.urlopen(sys.argv[1] + '/health/ready', timeout=2)")
    for _ in range(300):
        done = inside(SPACES[0], sys.executable, "-c", check, address, stderr=subprocess.DEVNULL)
        if done.wait() == 0:
            return
        time.sleep(0.2)
    raise AssertionError(f"{address} is not ready")


@pytest.fixture(params=BALANCERS)
def balancer_name(request):
    return request.param


@pytest.fixture
def service(network, balancer_name):
    """Three servers that are ready, a balancer before them, and a load on it."""
    servers = {number: start_server(number) for number in (1, 2, 3)}
    balancer = None
    try:
        for number in servers:
            wait_until_ready(f"http://10.77.0.1{number}:8080")
        balancer = inside(SPACES[0], *BALANCERS[balancer_name])
        wait_until_ready("http://10.77.0.1:8080")
        load = inside(
            SPACES[0], sys.executable, str(pathlib.Path(__file__).parent / "load.py"),
            "http://10.77.0.1:8080", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        time.sleep(3)
        yield servers, load
    finally:
        for process in [*servers.values(), balancer]:
            if process is not None:
                process.kill() if process is not balancer else process.terminate()
                process.wait()


def result(load, resets=0):
    """Holds the answers to be whole and right, but for connections that were closed without one."""
    output, _ = load.communicate(timeout=120)
    found = json.loads(output)
    closed = found["counts"].pop(
        "RemoteDisconnected('Remote end closed connection without response')", 0)
    assert set(found["counts"]) == {"200"} and closed <= resets, (found, closed)
    assert found["counts"]["200"] > 100
    assert set(found["answers"].values()) == {1}, found
    print(found["counts"], "closed:", closed)


def test_no_request_fails_when_a_server_is_killed(service, balancer_name):
    """HAProxy asks another server after an empty answer, but not after a reset, which is what a killed
    server's kernel sends for a request that it had not read: at most one for each of the load's eight
    connections. The client is told by a closed connection, without an answer that could be taken for one.
    """
    servers, load = service
    for number in servers:
        servers[number].send_signal(signal.SIGKILL)
        servers[number].wait()
        time.sleep(3)
        servers[number] = start_server(number)
        wait_until_ready(f"http://10.77.0.1{number}:8080")
        time.sleep(3)
    result(load, resets=0 if balancer_name == "nginx" else 8)


def test_no_request_fails_during_a_rolling_restart(service):
    servers, load = service
    for number in servers:
        servers[number].send_signal(signal.SIGTERM)
        assert servers[number].wait(timeout=60) == 0
        servers[number] = start_server(number)
        wait_until_ready(f"http://10.77.0.1{number}:8080")
        time.sleep(2)
    result(load)
