"""The engine's small parts, without sockets: codes, descriptions, keys, jitter and prompts."""

import struct
import wave

import numpy as np
import pytest

from telephony.engine import dtmf, sdp
from telephony.engine.clips import ClipError, Clips
from telephony.engine.codec import CODECS, FRAME, PCMA, PCMU
from telephony.engine.gather import Gather
from telephony.engine.playout import DELAY, Playout
from telephony.engine.rtp import Counters, Ports, PortsError
from telephony.engine.signals import normalise
from telephony.engine.throttle import Throttle
from tests.telephony.engine.child import write_tone


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_law_decodes_what_it_encodes_within_its_step(codec):
    samples = np.arange(-32000, 32000, 3).astype(np.int16)
    error = np.abs(codec.decode(codec.encode(samples)).astype(int) - samples)
    assert np.all(error <= np.maximum(np.abs(samples.astype(int)) // 16, 16))
    assert codec.encode(codec.decoding) == bytes(codec.encode(codec.decoding))
    assert np.array_equal(codec.decode(codec.encode(codec.decoding)), codec.decoding)


def test_known_codes_decode_to_the_values_of_the_standard():
    assert PCMU.decoding[[0x00, 0x80, 0xFF, 0x7F]].tolist() == [-32124, 32124, 0, 0]
    assert PCMA.decoding[[0xD5, 0x55, 0x2A, 0xAA]].tolist() == [8, -8, -32256, 32256]


OFFER = "\r\n".join(
    [
        "v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=-", "c=IN IP4 10.0.0.1", "t=0 0",
        "m=video 5000 RTP/AVP 31", "m=audio 4000 RTP/AVP 18 0 8 97",
        "a=rtpmap:97 telephone-event/8000", "a=sendonly", "",
    ]
)  # fmt: skip


def test_an_offer_is_answered_with_its_first_codec_its_mirror_and_no_video():
    remote = sdp.parse(OFFER)
    assert (remote.host, remote.port, remote.codec, remote.dtmf) == ("10.0.0.1", 4000, PCMU, 97)
    assert not remote.listens
    text = sdp.answer(remote, host="10.0.0.2", port=6000, session=3)
    assert "m=video 0 RTP/AVP 31\r\n" in text
    assert "m=audio 6000 RTP/AVP 0 97\r\n" in text
    assert text.endswith("a=recvonly\r\n")
    assert text.index("m=video") < text.index("m=audio")


@pytest.mark.parametrize(
    "change",
    [
        ("c=IN IP4 10.0.0.1", "c=IN IP4 media.example.net"),
        ("c=IN IP4 10.0.0.1", "c=IN IP6 ::1"),
        ("c=IN IP4 10.0.0.1", "c=IN IP4 224.0.0.1"),
        ("c=IN IP4 10.0.0.1", "c=IN"),
        ("m=audio 4000", "m=audio 70000"),
        ("m=audio 4000", "m=audio x"),
        ("m=audio 4000", "m=audio 0"),
        ("m=audio 4000 RTP/AVP", "m=audio 4000 RTP/SAVP"),
        ("RTP/AVP 18 0 8 97", "RTP/AVP 18 97"),
        ("a=rtpmap:97 ", "a=rtpmap:x "),
        ("m=audio 4000 RTP/AVP 18 0 8 97", "m="),
    ],
)
def test_a_description_we_cannot_use_is_refused(change):
    with pytest.raises(sdp.DescriptionError):
        sdp.parse(OFFER.replace(*change))


def test_a_hold_by_address_is_heard_as_hold():
    remote = sdp.parse(OFFER.replace("10.0.0.1", "0.0.0.0").replace("a=sendonly", "a=sendrecv"))
    assert not remote.listens
    assert "a=recvonly" in sdp.answer(remote, host="10.0.0.2", port=6000, session=3)


def _event(key, *, end=False, duration=400):
    return struct.pack("!BBH", dtmf.KEYS.index(key), 0x8A if end else 0x0A, duration)


def test_a_press_counts_once_however_often_its_packets_come():
    keys = dtmf.Receiver()
    packets = [_event("7"), _event("7"), *[_event("7", end=True, duration=800)] * 3]
    heard = [keys.packet(1000, payload, 0.0) for payload in packets]
    assert [each for each in heard if each] == [dtmf.Digit("7", "rfc4733", 100)]
    assert keys.packet(900, _event("7", end=True), 0.1) is None
    assert keys.packet(9000, _event("7", end=True), 0.2).key == "7"


def test_a_press_without_its_end_counts_after_a_moment_or_at_the_next_press():
    keys = dtmf.Receiver()
    assert keys.packet(1000, _event("1"), 0.0) is None
    assert keys.overdue(0.1) is None
    assert keys.overdue(0.13).key == "1"
    assert keys.overdue(0.3) is None
    keys.packet(2000, _event("2"), 1.0)
    assert keys.packet(3000, _event("3"), 1.1).key == "2"


def test_damaged_events_are_ignored():
    keys = dtmf.Receiver()
    assert keys.packet(1, b"", 0.0) is None
    assert keys.packet(1, bytes([200, 0x80, 0, 1]), 0.0) is None


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", "Signal= 5\r\nDuration= 160\r\n", "5"),
        ("application/dtmf-relay; x=y", "signal=#", "#"),
        ("application/dtmf", " d ", "D"),
        ("application/dtmf", "55", None),
        ("application/dtmf-relay", "Duration=160", None),
        ("text/plain", "5", None),
    ],
)
def test_info_bodies_are_read(kind, body, key):
    digit = dtmf.parse_info(kind, body)
    assert (digit.key if digit else None) == key


def test_a_gather_ends_by_count_by_key_or_by_time():
    assert Gather("g", 1, 5, "#").press("3", 0.0) == "full"
    unlimited = Gather("g", 0, 5, "#*")
    assert [unlimited.press(key, 0.0) for key in "12*"] == [None, None, "key"]
    assert unlimited.digits == "12"
    no_finish = Gather("g", 0, 5, "")
    assert no_finish.press("#", 0.0) is None
    waiting = Gather("g", 4, 2, "#")
    assert waiting.overdue(100.0) is None
    waiting.prompt_ended(1.0)
    assert waiting.overdue(2.9) is None
    waiting.press("1", 2.9)
    assert waiting.overdue(4.8) is None
    assert waiting.overdue(4.9) == "timeout"


def _numbered(count, start=0):
    return [(start + FRAME * n, np.full(FRAME, n + 1, np.int16)) for n in range(count)]


def _play(playout, frames):
    return [int(playout.pull()[0]) for _ in range(frames)]


def test_packets_in_any_order_play_in_theirs_after_the_delay():
    playout = Playout()
    packets = _numbered(5)
    for index in (0, 2, 1, 1, 4, 3):
        playout.push(*packets[index])
    assert _play(playout, 8) == [0] * (DELAY // FRAME) + [1, 2, 3, 4, 5]


def test_a_lost_packet_is_a_quieter_repeat_and_a_pause_is_silence():
    playout = Playout()
    for timestamp, samples in _numbered(4):
        if timestamp != FRAME * 2:
            playout.push(timestamp, samples * 100)
    assert _play(playout, 12)[3:] == [100, 200, 120, 400, 240, 144, 86, 0, 0]


def test_the_32_bit_time_may_wrap_and_a_new_time_line_may_start():
    playout = Playout()
    for timestamp, samples in _numbered(5, start=2**32 - FRAME * 3):
        playout.push(timestamp % 2**32, samples)
    assert _play(playout, 8)[3:] == [1, 2, 3, 4, 5]
    for timestamp, samples in _numbered(2, start=1_000_000):
        playout.push(timestamp, samples)
    assert _play(playout, 5)[3:] == [1, 2]


def test_losses_are_counted_over_the_wrap_and_not_over_a_restart():
    counters = Counters()
    for sequence in (65533, 65534, 0, 1, 30_000, 30_001):
        counters.count_in(sequence)
    assert counters.lost == 1


def test_ports_are_even_scarce_and_come_back():
    ports = Ports(23_901, 23_905)
    first, second = ports.bind("127.0.0.1"), ports.bind("127.0.0.1")
    assert {each.getsockname()[1] for each in (first, second)} == {23_902, 23_904}
    with pytest.raises(PortsError):
        ports.bind("127.0.0.1")
    ports.release(first)
    ports.release(ports.bind("127.0.0.1"))
    ports.release(second)


def test_a_clip_is_whole_frames_and_follows_its_file(tmp_path):
    clips = Clips(budget=20_000)
    path = write_tone(tmp_path / "a.wav", seconds=0.95)
    assert len(clips.load(path, PCMA)) == 48 * FRAME
    write_tone(tmp_path / "a.wav", seconds=1.5)
    assert len(clips.load(path, PCMA)) == 75 * FRAME
    assert clips.load(path, PCMU) != clips.load(path, PCMA)


def test_a_clip_of_another_shape_is_refused(tmp_path):
    with wave.open(str(tmp_path / "b.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(640))
    (tmp_path / "c.wav").write_text("not sound")
    for name in ("b.wav", "c.wav", "missing.wav"):
        with pytest.raises(ClipError):
            Clips().load(str(tmp_path / name), PCMA)


@pytest.mark.parametrize(
    ("number", "normal"),
    [
        ("254711000001", "+254711000001"),
        ("+254711000001", "+254711000001"),
        ("00254711000001", "+254711000001"),
        ("0711000001", "0711000001"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_international_numbers_get_their_plus(number, normal):
    assert normalise(number) == normal


def test_a_flood_of_messages_is_cut_and_counted(tmp_path):
    with (tmp_path / "log").open("w") as file:
        stream = Throttle(file)
        for _ in range(10_000):
            print("x" * 99, file=stream)
    assert (tmp_path / "log").stat().st_size < 40_000
