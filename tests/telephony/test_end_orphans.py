"""An engine that outlived its gateway is gone before another takes its port."""

import subprocess
import sys

import pytest

from telephony.gateway import recovery
from telephony.models import Engine

PROGRAM = """
import signal, sys, time
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("kind", ["polite", "deaf"])
def test_an_orphan_is_gone_when_the_gateway_goes_on(monkeypatch, kind):
    monkeypatch.setattr(recovery, "STOP_SECONDS", 0.5)
    command = [sys.executable, "-c", PROGRAM, "telephony.engine", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"up\n"
        recovery.stop_process(Engine(pid=process.pid))
        assert process.wait(20) is not None


def test_another_program_with_the_number_of_an_engine_is_left_alone():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        recovery.stop_process(Engine(pid=process.pid))
        assert process.poll() is None
        process.kill()
