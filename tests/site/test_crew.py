"""A few processes of `up` by hand: they come back where they were, and one that cannot start says why."""

import socket

import pytest

from kernel.env import child_environment
from sautikit_site.crew import working


def answers(port):
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(b"GET /nowhere HTTP/1.0\r\n\r\n")
        return client.recv(12).startswith(b"HTTP/1.1 404")


def test_one_that_is_killed_comes_back_on_its_port_with_a_log(tmp_path):
    told = child_environment(VAR_DIR=str(tmp_path), LIVE_PORT="0")
    with working(told, "live") as crew:
        port, first = crew.port("live"), crew.pids("live")[0]
        assert answers(port)
        crew.kill("live")
        crew.start("live")
        crew.wait()
        assert answers(port)
        assert crew.pids("live")[0] != first
        assert (tmp_path / "log" / "live.log").exists()
    assert crew.running["live"].returncode is not None


def test_one_that_cannot_start_says_why(tmp_path):
    told = child_environment(VAR_DIR=str(tmp_path), DEBUG="perhaps")
    why = r"relay did not start:(.|\n)*DEBUG must be 1 or 0"
    with pytest.raises(RuntimeError, match=why), working(told, "relay"):
        pass
