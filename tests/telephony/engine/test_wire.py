"""A far end made of two plain sockets: timing, order, keys out and packets from strangers."""

import itertools
import re
import socket
import struct
import time

import pytest

from telephony.engine import sdp
from telephony.engine.codec import PCMA
from tests.telephony.engine.child import free_port, loud, tone_share, write_tone


class Peer:
    """A trunk that answers by hand."""

    def __init__(self, port):
        self.sip = _bound(port)
        self.audio = _bound(free_port())
        self.engine = None

    def recv(self, method, timeout=3):
        """Return the next message that starts with a method, skipping all others."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.sip.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data, self.engine = self.sip.recvfrom(8192)
            except TimeoutError:
                break
            if data.startswith(method.encode()):
                return data.decode()
        raise AssertionError(f"no {method}")

    def reply(self, request, code, *, body=""):
        copied = re.findall(r"^(?:Via|From|Call-ID|CSeq): .*$", request, re.MULTILINE)
        to = re.search(r"^To: .*$", request, re.MULTILINE)[0].strip()
        lines = [f"SIP/2.0 {code} Something", *(each.strip() for each in copied)]
        lines += [to if "tag=" in to else to + ";tag=far"]
        lines += [f"Contact: <sip:far@127.0.0.1:{self.sip.getsockname()[1]}>"]
        lines += ["Content-Type: application/sdp"] if body else []
        lines += [f"Content-Length: {len(body)}", "", body]
        self.sip.sendto("\r\n".join(lines).encode(), self.engine)

    def answer(self, *, times=1):
        """Take one call; return where the engine wants its audio."""
        invite = self.recv("INVITE")
        offer = sdp.parse(invite.partition("\r\n\r\n")[2])
        body = sdp.answer(offer, host="127.0.0.1", port=self.audio.getsockname()[1], session=7)
        for _ in range(times):
            self.reply(invite, 200, body=body)
            self.recv("ACK")
        return offer.host, offer.port

    def close(self):
        self.sip.close()
        self.audio.close()


@pytest.fixture
def peer(child):
    far = Peer(child.trunk_port)
    yield far
    far.close()


def test_a_silent_trunk_sees_the_invite_again_after_half_a_second_and_one_more(child, peer):
    child.dial(ring_timeout_s=2)
    seen = []
    for _ in range(3):
        peer.recv("INVITE")
        seen.append(time.monotonic())
    assert seen[1] - seen[0] == pytest.approx(0.5, abs=0.12)
    assert seen[2] - seen[1] == pytest.approx(1.0, abs=0.12)
    assert child.wait("ended")["ended_by"] == "ring_timeout"


def test_a_late_ringing_after_the_ring_time_is_cancelled(child, peer):
    child.dial(ring_timeout_s=0.3)
    invite = peer.recv("INVITE")
    child.wait("ended")
    peer.reply(invite, 180)
    peer.recv("CANCEL")


def test_a_repeated_200_gets_its_ack_each_time_and_no_second_call(child, peer):
    leg = child.dial()
    peer.answer(times=3)
    child.send("hangup", leg=leg, cause="done")
    peer.reply(peer.recv("BYE"), 200)
    child.wait("ended")
    assert child.kinds() == ["answered", "ended"]


def test_a_hang_up_during_the_answer_ends_in_a_bye(child, peer):
    leg = child.dial()
    invite = peer.recv("INVITE")
    peer.reply(invite, 180)
    child.wait("ringing")
    child.send("hangup", leg=leg, cause="gone")
    peer.recv("CANCEL")
    offer = sdp.parse(invite.partition("\r\n\r\n")[2])
    body = sdp.answer(offer, host="127.0.0.1", port=peer.audio.getsockname()[1], session=7)
    peer.reply(invite, 200, body=body)
    peer.recv("ACK")
    peer.recv("BYE")
    assert child.wait("ended")["connected_ms"] == 0


def test_a_bye_that_overtakes_the_200_ends_the_call(child, peer):
    child.dial()
    invite = peer.recv("INVITE")
    peer.sip.sendto(_bye(invite, peer).encode(), peer.engine)
    peer.recv("SIP/2.0 200")
    offer = sdp.parse(invite.partition("\r\n\r\n")[2])
    body = sdp.answer(offer, host="127.0.0.1", port=peer.audio.getsockname()[1], session=7)
    peer.reply(invite, 200, body=body)
    ended = child.wait("ended")
    assert (ended["ended_by"], ended["connected_ms"]) == ("remote", 0)


def test_media_at_a_host_name_ends_the_call(child, peer):
    child.dial()
    invite = peer.recv("INVITE")
    offer = sdp.parse(invite.partition("\r\n\r\n")[2])
    body = sdp.answer(offer, host="media.example.net", port=4000, session=7)
    peer.reply(invite, 200, body=body)
    peer.recv("BYE")
    ended = child.wait("ended")
    assert (ended["sip_code"], ended["ended_by"], ended["connected_ms"]) == (488, "engine", 0)


def test_keys_go_out_with_one_timestamp_and_three_end_packets(child, peer):
    leg = child.dial()
    peer.answer()
    child.send("send_dtmf", leg=leg, digits="4#")
    packets = [_header(peer.audio.recv(2048)) for _ in range(60)]
    events = [each for each in packets if each["type"] == 101]
    sequences = [each["sequence"] for each in packets]
    assert all((b - a) % 65536 == 1 for a, b in itertools.pairwise(sequences))
    assert len({each["timestamp"] for each in events}) == 2
    for key in (4, 11):
        of_key = [each["payload"] for each in events if each["payload"][0] == key]
        assert len(of_key) == 8
        assert [payload[1] >> 7 for payload in of_key] == [0] * 5 + [1] * 3
        assert struct.unpack("!H", of_key[-1][2:])[0] == 800
    assert [each["marker"] for each in events] == [True] + [False] * 7 + [True] + [False] * 7


def test_audio_of_a_stranger_is_neither_counted_nor_recorded(child, peer, tmp_path):
    leg = child.dial()
    target = peer.answer()
    ours, theirs = (_frames(write_tone(tmp_path / f"{hz}.wav", hertz=hz)) for hz in (440, 1200))
    stranger = _bound(free_port(), host="127.0.0.7")
    neighbour = _bound(free_port())
    due = time.monotonic()
    for number in range(50):
        peer.audio.sendto(_packet(number, ours[number], ssrc=1), target)
        for intruder in (stranger, neighbour):
            intruder.sendto(_packet(number, theirs[number], ssrc=1), target)
        peer.audio.sendto(_packet(number, theirs[number], ssrc=99), target)
        peer.audio.sendto(b"garbage", target)
        due += 0.02
        time.sleep(max(0, due - time.monotonic()))
    # The last packet may still wait for its tick.
    time.sleep(0.5)
    child.send("hangup", leg=leg, cause="done")
    ended = child.wait("ended")
    stranger.close()
    neighbour.close()
    assert ended["media"]["packets_in"] == 50
    assert ended["media"]["lost"] == 0
    heard, _ = child.tap(leg)
    assert tone_share(loud(heard), 440) > 0.95


def _bound(port, host="127.0.0.1"):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, port))
    sock.settimeout(3)
    return sock


def _bye(invite, peer):
    call_id = re.search(r"^Call-ID: (.*)$", invite, re.MULTILINE)[1].strip()
    caller = re.search(r"^From: (.*)$", invite, re.MULTILINE)[1].strip()
    called = re.search(r"^To: (.*)$", invite, re.MULTILINE)[1].strip()
    lines = [
        f"BYE sip:x@{peer.engine[0]}:{peer.engine[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{peer.sip.getsockname()[1]};branch=z9hG4bKbye",
        f"From: {called};tag=far",
        f"To: {caller}",
        f"Call-ID: {call_id}",
        "CSeq: 1 BYE",
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def _header(data):
    _, second, sequence, timestamp, _ = struct.unpack_from("!BBHII", data)
    return {
        "type": second & 0x7F,
        "marker": bool(second & 0x80),
        "sequence": sequence,
        "timestamp": timestamp,
        "payload": data[12:],
    }


def _packet(number, payload, *, ssrc):
    return struct.pack("!BBHII", 0x80, 8, 1000 + number, 160 * number, ssrc) + payload


def _frames(path):
    import wave

    import numpy as np

    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(8000), "<i2").astype(np.int16)
    data = PCMA.encode(samples)
    return [data[at : at + 160] for at in range(0, len(data), 160)]
