"""`manage.py up` for real: it starts, heals, stops in order, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from sautikit_site.bootstrap import ROOT
from sautikit_site.throwaway import running_stack, stack_environment, stack_story

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.timeout(180)]


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status


def children_of(pid: int) -> set[int]:
    """Every process below this one, found by walking /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def commands(pids: set[int]) -> dict[int, str]:
    found = {}
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if state != "Z":
            found[pid] = line
    return found


def left_of(pids: set[int], *, seconds: float) -> dict[int, str]:
    end = time.monotonic() + seconds
    while (left := commands(pids)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def test_it_moves_from_a_taken_port_and_stops_everything_on_request(tmp_path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        taken = squatter.getsockname()[1]
        with running_stack(tmp_path, WEB_PORT=str(taken)) as up:
            said = (tmp_path / "up.txt").read_text()
            assert f"Port {taken} is taken" in said
            assert said.splitlines()[0] == f"Sautikit is at {up.url}"
            assert said.count("http://") == 1
            assert str(taken) not in up.url
            started = children_of(up.pid)
            assert len(started) > 8
            os.kill(up.pid, signal.SIGTERM)
            assert left_of({up.pid}, seconds=40) == {}, stack_story(tmp_path)
            assert left_of(started, seconds=1) == {}
    assert not (tmp_path / "run" / "up.json").exists()
    assert "did not stop in time" not in (tmp_path / "up.txt").read_text()


def test_a_second_one_says_where_the_first_is(tmp_path) -> None:
    with running_stack(tmp_path) as up:
        second = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=stack_environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert second.returncode == 1
        assert f"Already running at {up.url}" in second.stdout
        heals_after_kills(up, tmp_path)
        leaves_nothing_after_kill_9(up)


def heals_after_kills(up, folder: Path) -> None:
    """Every server and process may be killed; the platform is whole again soon after."""
    victims = commands(children_of(up.pid))
    for word in ("gunicorn", "bin/postgres ", "valkey-server"):
        pid = min(pid for pid, line in victims.items() if word in line)
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.2)
        try:
            if status(up.url + "/readyz") == 200:
                break
        except OSError:
            continue
    else:
        pytest.fail(stack_story(folder))
    assert "SIGKILL, again in" in (folder / "up.txt").read_text()


def leaves_nothing_after_kill_9(up) -> None:
    started = children_of(up.pid)
    os.kill(up.pid, signal.SIGKILL)
    assert left_of(started, seconds=6) == {}
