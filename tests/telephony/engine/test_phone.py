"""A softphone of another make: baresip answers, speaks, presses keys, holds and resumes."""

import json
import socket
import subprocess
import time

import pytest

from tests.telephony.engine.child import free_port, loud, tone_share, wait_bound, write_tone

CONFIG = """
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
audio_player aubridge,out
audio_alert aubridge,alert
audio_source aufile,{tone}
module g711.so
module aubridge.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class Phone:
    """One baresip that answers by itself and obeys over its control socket."""

    def __init__(self, folder, port, *, records=False):
        folder.mkdir()
        self._control = free_port()
        tone = write_tone(folder / "tone.wav", seconds=30)
        config = CONFIG.format(port=port, tone=tone, control=self._control)
        if records:
            config += f"module sndfile.so\nsnd_path {folder}\n"
        (folder / "config").write_text(config)
        (folder / "accounts").write_text(
            f"<sip:+254711000001@127.0.0.1:{port}>;regint=0;answermode=auto\n"
        )
        (folder / "contacts").write_text("")
        self._log = (folder / "log").open("w")
        self._process = subprocess.Popen(
            ["baresip", "-f", str(folder)],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        wait_bound(port)

    def obey(self, command, params=""):
        line = json.dumps({"command": command, "params": params})
        with socket.create_connection(("127.0.0.1", self._control)) as sock:
            sock.sendall(f"{len(line)}:{line},".encode())
            sock.settimeout(5)
            assert b'"ok":true' in sock.recv(4096)

    def close(self):
        self._process.terminate()
        self._process.wait(5)
        self._log.close()


@pytest.fixture
def phone(child, tmp_path):
    made = Phone(tmp_path / "phone", child.trunk_port)
    yield made
    made.close()


def test_a_softphone_is_heard_and_its_keys_hold_and_resume_are_understood(child, phone):
    leg = child.dial()
    child.wait("answered")
    time.sleep(0.3)
    for key in "5#":
        phone.obey("sndcode", key)
        time.sleep(0.15)
    assert child.wait("digit")["digit"] == "5"
    assert child.wait("digit", after=1)["digit"] == "#"
    phone.obey("hold")
    time.sleep(0.4)
    phone.obey("resume")
    time.sleep(0.3)
    child.send("hangup", leg=leg, cause="done")
    ended = child.wait("ended")
    assert ended["connected_ms"] / 20 - ended["media"]["packets_out"] > 10
    heard, _ = child.tap(leg)
    assert tone_share(loud(heard), 440) > 0.95
