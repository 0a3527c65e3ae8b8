"""Several hosts on one machine: network namespaces on a bridge. Needs root and ip."""

import subprocess

import pytest

#: The first has the bridge, 10.77.0.1; the others are 10.77.0.11, 10.77.0.12 and so on.
SPACES = ["moderate0", "moderate1", "moderate2", "moderate3"]


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


@pytest.fixture(scope="module")
def network():
    """A bridge in the balancer's namespace, and a namespace a server, 10.77.0.11 and so on."""
    for space in SPACES:
        subprocess.run(["ip", "netns", "delete", space], stderr=subprocess.DEVNULL)
        ip("netns", "add", space)
        ip("-n", space, "link", "set", "lo", "up")
    ip("-n", SPACES[0], "link", "add", "bridge", "type", "bridge")
    ip("-n", SPACES[0], "addr", "add", "10.77.0.1/24", "dev", "bridge")
    ip("-n", SPACES[0], "link", "set", "bridge", "up")
    for number, space in enumerate(SPACES[1:], 1):
        ip("-n", SPACES[0], "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0",
           "netns", space)
        ip("-n", SPACES[0], "link", "set", f"port{number}", "master", "bridge", "up")
        ip("-n", space, "addr", "add", f"10.77.0.1{number}/24", "dev", "eth0")
        ip("-n", space, "link", "set", "eth0", "up")
    yield
    for space in SPACES:
        ip("netns", "delete", space)


def inside(space, *command, **options):
    return subprocess.Popen(["ip", "netns", "exec", space, *command], **options)
