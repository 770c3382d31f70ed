"""A real SIP phone: Debian's baresip registers, is rung, answers, speaks, and calls us."""

import contextlib
import json
import socket
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sautikit_site import embedded
from tests.sandbox.peers import Media, Sandbox, Sipp, loud, purity, wait_for
from tests.sandbox.test_hold_web_handset import engine, recording
from tests.telephony.engine.child import free_port

__all__ = ["engine"]

PHONE = "+254733000001"


class Baresip:
    """baresip under remote control."""

    def __init__(
        self, server_port: int, folder: Path, password: str = "sandbox", *, user: str = PHONE[1:]
    ) -> None:
        self.folder = folder
        # It binds the next port too, for TLS.
        self.control, sip = embedded.free_port(), free_port()
        source = folder / "source.wav"
        write_tone(source, 1300, 60)
        (folder / "accounts").write_text(
            f"<sip:{user}@127.0.0.1:{server_port}>;auth_user={user};auth_pass={password}"
            ";answermode=manual;regint=60;audio_codecs=pcma\n"
        )
        (folder / "config").write_text(
            f"""sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
audio_source aufile,{source}
audio_player aubridge,nil
audio_alert aubridge,nil
audio_channels 1-1
ausrc_srate 8000
auplay_srate 8000
rtp_ports {30000 + self.control % 5000}-{30020 + self.control % 5000}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module ctrl_tcp.so
module_app account.so
module_app menu.so
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{self.control}
"""
        )
        self.log = folder / "baresip.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["baresip", "-f", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.buffer = b""
        self.socket = wait_for(self._connect, story=self.log.read_text)

    def _connect(self) -> socket.socket | None:
        with contextlib.suppress(OSError):
            return socket.create_connection(("127.0.0.1", self.control), timeout=10)
        return None

    def tell(self, command: str, params: str = "") -> None:
        message = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        self.socket.sendall(b"%d:%s," % (len(message), message))

    def event(self, kind: str) -> dict:
        """Read events until one of this kind comes."""
        while True:
            size, colon, rest = self.buffer.partition(b":")
            if colon and len(rest) > int(size):
                self.buffer = rest[int(size) + 1 :]
                message = json.loads(rest[: int(size)])
                if message.get("type") == kind:
                    return message
                continue
            self.buffer += self.socket.recv(65536) or pytest.fail(self.log.read_text())

    def heard(self) -> np.ndarray:
        (path,) = self.folder.glob("dump-*-dec.wav")
        with wave.open(str(path)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2")

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(10)


def write_tone(path: Path, hz: float, seconds: int) -> None:
    samples = 9000 * np.sin(2 * np.pi * hz * np.arange(8000 * seconds) / 8000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.astype("<i2").tobytes())


@pytest.fixture
def baresip(sandbox: Sandbox, tmp_path: Path) -> Iterator[Baresip]:
    folder = tmp_path / "baresip"
    folder.mkdir()
    phone = Baresip(sandbox.sip_port, folder)
    yield phone
    phone.tell("quit")
    phone.close()
    wait_for(lambda: not sandbox.phone(PHONE)["sip_phone"])


@pytest.fixture
def media():
    media = Media()
    yield media
    media.close()


def test_a_registered_phone_is_rung_answers_and_is_heard(
    sandbox: Sandbox, baresip: Baresip, sipp: Sipp, media: Media
) -> None:
    wait_for(lambda: sandbox.phone(PHONE)["sip_phone"], story=baresip.log.read_text)
    process = sipp.start(PHONE, "100? 180 200 ack200 pause3500 bye", media)
    rung = baresip.event("CALL_INCOMING")
    assert "+254200000001" in rung["peeruri"]
    time.sleep(0.3)
    assert not media.audio
    baresip.tell("accept")
    media.sing(700, 1.5)
    media.press(4)
    sipp.finish(process)
    baresip.event("CALL_CLOSED")
    ours = loud(media.heard)
    assert len(ours) >= 100
    assert purity(ours[5:105].ravel(), 1300) > 0.95
    theirs = loud(baresip.heard())
    assert len(theirs) >= 60
    assert purity(theirs[3:-3].ravel(), 700) > 0.9
    call_id = wait_for(lambda: sandbox.phone(PHONE)["last_call"])
    heard, said = recording(sandbox, PHONE, call_id)
    assert purity(loud(heard)[3:-3].ravel(), 700) > 0.95
    assert purity(loud(said)[5:100].ravel(), 1300) > 0.95


def test_a_registered_phone_declines(sandbox: Sandbox, baresip: Baresip, sipp: Sipp) -> None:
    wait_for(lambda: sandbox.phone(PHONE)["sip_phone"], story=baresip.log.read_text)
    process = sipp.start(PHONE, "100? 180 486 ack")
    baresip.event("CALL_INCOMING")
    baresip.tell("hangup")
    sipp.finish(process)


def test_a_registered_phone_calls_our_number(
    sandbox: Sandbox, baresip: Baresip, engine: subprocess.Popen, media: Media
) -> None:
    wait_for(lambda: sandbox.phone(PHONE)["sip_phone"], story=baresip.log.read_text)
    baresip.tell("dial", f"sip:+254200000001@127.0.0.1:{sandbox.sip_port}")
    baresip.event("CALL_ESTABLISHED")
    media.sing(500, 1.0)
    baresip.tell("hangup")
    assert engine.wait(10) == 0
    assert purity(loud(media.heard)[5:40].ravel(), 1300) > 0.95
    assert purity(loud(baresip.heard())[3:-3].ravel(), 500) > 0.9


def test_a_wrong_password_does_not_register(sandbox: Sandbox, tmp_path: Path) -> None:
    phone = Baresip(sandbox.sip_port, tmp_path, password="guess")
    wait_for(lambda: "401" in phone.log.read_text() or "Unauthorized" in phone.log.read_text())
    assert not sandbox.phone(PHONE)["sip_phone"]
    phone.close()
