"""Paid time, the lease and the journal: what the engine keeps when everything else is dead."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from telephony.engine import journal
from tests.telephony.engine.child import ROOT, Child


def _talk(child, sipp, **changes):
    peer = sipp("answer", port=child.trunk_port)
    leg = child.dial(**changes)
    return peer, leg, child.wait("answered")


def test_a_call_ends_when_its_paid_time_is_over(child, sipp):
    peer, _, answered = _talk(child, sipp, paid_until_s=1)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["connected_ms"]) == ("paid_until", 1000)
    assert abs(ended["at"] - answered["at"] - 1.0) < 0.25


def test_an_extension_moves_the_end(child, sipp):
    peer, leg, answered = _talk(child, sipp, paid_until_s=1)
    child.send("extend", leg=leg, paid_until_s=1.5)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert ended["connected_ms"] == 1500
    assert abs(ended["at"] - answered["at"] - 1.5) < 0.25


def test_without_a_lease_the_engine_hangs_up_and_leaves(engine, sipp):
    child = engine(lease_seconds=1, beating=False)
    peer, *_ = _talk(child, sipp)
    ended = child.wait("ended")
    assert ended["ended_by"] == "lease"
    assert 0 < ended["connected_ms"] < 1300
    assert peer.done() == 0
    assert child.process.wait(3) == 0


def test_an_engine_that_was_stopped_reads_what_it_was_told_before_it_gives_up(engine):
    child = engine(lease_seconds=2, beating=False)
    child.process.send_signal(signal.SIGSTOP)
    time.sleep(3)
    child.send("lease", until=time.monotonic() + 60)
    child.process.send_signal(signal.SIGCONT)
    time.sleep(1)
    assert child.process.poll() is None
    child.send("lease", until=time.monotonic() - 1)
    assert child.process.wait(5) == 0


def test_a_dead_controller_ends_the_calls_within_the_lease(tmp_path, sipp):
    """Kill -9 of the process that holds the socket."""
    script = (
        "import sys, time, pathlib\n"
        "from tests.telephony.engine.child import Child\n"
        "child = Child(pathlib.Path(sys.argv[1]), trunk_ports=[int(sys.argv[2])], lease_seconds=1)\n"
        "child.dial()\n"
        "child.wait('answered')\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    from tests.telephony.engine.child import free_port

    port = free_port()
    peer = sipp("answer", port=port)
    controller = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(controller.stdout.readline())
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    controller.stdout.close()
    assert peer.done(10) == 0
    record = journal.read(tmp_path / "journal")
    assert record.events[-1]["kind"] == "ended"
    assert record.events[-1]["ended_by"] == "lease"
    _wait_gone(pid)


def test_the_paid_time_holds_with_a_dead_controller(engine, sipp):
    child = engine(lease_seconds=10)
    peer, *_ = _talk(child, sipp, paid_until_s=1)
    child.socket.shutdown(socket.SHUT_RDWR)
    assert peer.done(4) == 0
    assert child.process.wait(3) == 0
    ended = journal.read(child.journal).events[-1]
    assert (ended["ended_by"], ended["connected_ms"]) == ("paid_until", 1000)


def test_the_journal_of_a_killed_engine_names_its_open_legs(engine, sipp):
    child = engine()
    _, leg, _ = _talk(child, sipp)
    time.sleep(2.2)
    child.process.kill()
    child.process.wait()
    record = journal.read(child.journal)
    assert [event["kind"] for event in record.events] == ["ringing", "answered"]
    assert [event["seq"] for event in record.events] == [1, 2]
    assert 1000 <= record.open_legs[leg] <= 2300
    assert time.time() - record.last_beat < 1.5


def test_a_line_cut_off_by_death_is_skipped(tmp_path):
    path = tmp_path / "journal"
    lines = [{"seq": 1, "kind": "answered", "at": 1, "leg": "a"}, {"beat": 2, "legs": {"a": 900}}]
    path.write_text("".join(json.dumps(each) + "\n" for each in lines) + '{"seq":2,"ki')
    assert journal.read(path).open_legs == {"a": 900}
    with path.open("a") as file:
        file.write("\n" + json.dumps({"seq": 2, "kind": "ended", "leg": "a"}) + "\n")
    assert journal.read(path).open_legs == {}


def test_a_taken_port_stops_the_start(tmp_path, engine):
    first = engine()
    with pytest.raises((AssertionError, OSError)):
        Child(_folder(tmp_path), sip_port=first.port)


def test_garbage_on_the_control_socket_is_survived(engine):
    child = engine()
    child.socket.sendall(b'not json\n[]\n{"kind":"play"}\n{"kind":"nonsense","leg":"a"}\n\xff\n')
    child.dial("a", trunk="nobody")
    child.wait("ended", leg="a")


def _folder(tmp_path):
    folder = tmp_path / "second"
    folder.mkdir()
    return folder


def _wait_gone(pid, seconds=3):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        # It is dead, though not every system's first process buries what it inherits.
        if state == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("the engine is still there")
