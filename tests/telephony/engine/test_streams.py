"""Streams: a customer's WebSocket hears the caller and is heard, and its faults reach nobody."""

import asyncio
import json
import os
import signal
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from kernel import http, http_ws
from telephony.streaming.buffer import (
    FRAME_BYTES,
    LEAD_FRAMES,
    LISTEN_FRAMES_MAX,
    SPEAK_FRAMES_MAX,
    Listening,
    Speaking,
)
from telephony.streaming.resample import Resampler
from telephony.streaming.wire import Broken, Wire, pair
from tests.telephony.engine.bot import SUBPROTOCOL, Bot, echo, tone
from tests.telephony.engine.child import loud, read_wav, tone_share, write_speech
from tests.telephony.engine.test_phone import Phone


@pytest.fixture(scope="module")
def shared_engine(tmp_path_factory):
    """An engine that may reach this machine, as on a sandbox installation."""
    from tests.telephony.engine.child import Child, free_port

    child = Child(
        tmp_path_factory.mktemp("streams"),
        trunk_ports=[free_port() for _ in range(20)],
        private_targets=True,
    )
    yield child
    child.close()


def stream(child, leg, url, **changes):
    line = {
        "id": "stream-1",
        "url": url,
        "track": "inbound_track",
        "holds": False,
        "listen_hertz": 8000,
        "speak_hertz": 8000,
        "headers": {"X-Sautikit-Signature": "t=1,v1=abc"},
        "metadata": json.dumps({"streamSid": "s-1", "headers": {"customer": "1842"}}),
    }
    child.send("stream_start", leg=leg, **{**line, **changes})


def answered(child, sipp, tmp_path, *parts, echoes=False):
    if parts:
        speech = write_speech(tmp_path / "speech.al", *parts)
        sipp("speak", port=child.trunk_port, speech=speech)
    else:
        sipp("answer", *(["-rtp_echo"] if echoes else []), port=child.trunk_port)
    leg = child.dial()
    child.wait("answered", leg=leg)
    return leg


def state(child, leg, after=0):
    found = child.wait("stream", leg=leg, after=after)
    return found["state"], found["reason"]


def hang_up(child, leg):
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended", leg=leg)
    return child.tap(leg)


# --- On the wire ------------------------------------------------------------------------------


def test_an_echo_bot_hears_the_caller_at_16_khz_and_the_caller_hears_it_back(child, sipp, tmp_path):
    with Bot(echo) as bot:
        leg = answered(child, sipp, tmp_path, (600, 20))
        stream(child, leg, bot.url, listen_hertz=16000, speak_hertz=16000)
        assert state(child, leg) == ("started", "")
        heard = bot.heard(75)
        _, said = hang_up(child, leg)
    assert bot.first == [{"streamSid": "s-1", "headers": {"customer": "1842"}}]
    assert bot.headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL
    assert bot.headers["X-Sautikit-Signature"] == "t=1,v1=abc"
    assert {len(frame) for frame in bot.frames} == {640}
    assert tone_share(loud(heard)[1600:], 600, rate=16000) > 0.98
    assert len(loud(said)) / 8000 > 1
    assert tone_share(loud(said), 600) > 0.95
    assert state(child, leg, after=1) == ("stopped", "hangup")
    assert bot.left.wait(5)


def test_a_bot_that_speaks_is_heard_by_a_softphone_of_another_make(child, tmp_path):
    """Three seconds in one message at 24 kHz: paced by us, measured in the phone's own file."""
    phone = Phone(tmp_path / "phone", child.trunk_port, records=True)
    try:
        with Bot(start=lambda it: it.send(tone(700, 3, 24000))) as bot:
            leg = child.dial()
            child.wait("answered", leg=leg)
            stream(child, leg, bot.url, speak_hertz=24000)
            assert state(child, leg) == ("started", "")
            bot.heard(200)
            hang_up(child, leg)
        assert tone_share(loud(bot.heard(1))[800:], 440) > 0.95
    finally:
        phone.close()
    (said,) = read_wav(next((tmp_path / "phone").glob("dump-*-dec.wav")))
    assert 2.8 < len(loud(said)) / 8000 < 3.3
    assert tone_share(loud(said), 700) > 0.95


def test_kill_audio_drops_what_was_not_heard_yet(child, sipp, tmp_path):
    def speak(socket):
        socket.send(tone(700, 20, 8000))

    def stop(socket, _message):
        if len(bot.frames) == 50:
            socket.send(json.dumps({"type": "killAudio"}))

    with Bot(stop, start=speak) as bot:
        leg = answered(child, sipp, tmp_path, (440, 20))
        stream(child, leg, bot.url)
        bot.heard(150)
        _, said = hang_up(child, leg)
    assert 0.7 < len(loud(said)) / 8000 < 1.6
    assert tone_share(loud(said), 700) > 0.95


def test_a_stream_may_carry_what_the_caller_hears_or_both(child, sipp, tmp_path):
    with Bot(start=lambda it: it.send(tone(900, 8, 8000))) as said, Bot() as both:
        leg = answered(child, sipp, tmp_path, (600, 20))
        stream(child, leg, said.url, track="outbound_track")
        stream(child, leg, both.url, track="both_tracks", id="stream-2")
        heard = said.heard(100)[8000:]
        mixed = both.heard(100)[8000:]
        hang_up(child, leg)
    assert tone_share(heard, 900) > 0.95
    assert 0.3 < tone_share(mixed, 600) < 0.7
    assert 0.3 < tone_share(mixed, 900) < 0.7


def test_stop_ends_the_stream_that_holds_the_call_and_leaves_the_others(child, sipp, tmp_path):
    with Bot() as one, Bot() as other:
        leg = answered(child, sipp, tmp_path, echoes=True)
        stream(child, leg, one.url, holds=True)
        stream(child, leg, other.url, id="stream-2")
        child.wait("stream", leg=leg, after=1)
        child.send("stop", leg=leg)
        stopped = child.wait("stream", leg=leg, after=2)
        assert (stopped["id"], stopped["state"], stopped["reason"]) == (
            "stream-1",
            "stopped",
            "stopped",
        )
        assert one.left.wait(5)
        other.heard(20)
        child.send("stream_stop", leg=leg, id="stream-2")
        assert other.left.wait(5)
        hang_up(child, leg)


def test_a_customer_who_leaves_ends_the_stream_and_not_the_call(child, sipp, tmp_path):
    with Bot(start=lambda it: it.close(4000, "done")) as bot:
        leg = answered(child, sipp, tmp_path, echoes=True)
        stream(child, leg, bot.url)
        state(child, leg)
        assert state(child, leg, after=1) == ("stopped", "the server closed it (4000: done)")
        time.sleep(0.3)
        assert "ended" not in child.kinds()
        hang_up(child, leg)


def test_what_cannot_be_opened_is_an_error_with_its_reason(child, sipp, tmp_path):
    def redirect(connection, _request):
        answer = connection.respond(307, "elsewhere")
        answer.headers["Location"] = "ws://127.0.0.1:1/"
        return answer

    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    leg = answered(child, sipp, tmp_path, echoes=True)
    with Bot(subprotocols=()) as mute, Bot(process_request=redirect) as moved:
        wrong = {
            mute.url: "does not speak audio.drachtio.org",
            moved.url: "answered 307",
            f"ws://127.0.0.1:{nobody}/": "no connection",
            "wss://10.0.0.1/": "10.0.0.1 is not a public address",
            "ws://user:x@127.0.0.1/": "user name or password",
        }
        for number, (url, reason) in enumerate(wrong.items()):
            stream(child, leg, url, id=f"stream-{number}")
            found = child.wait("stream", leg=leg, after=number)
            assert (found["id"], found["state"]) == (f"stream-{number}", "error")
            assert reason in found["reason"]
    hang_up(child, leg)


def test_a_fifth_stream_of_a_call_is_refused(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, echoes=True)
    with Bot() as bot:
        for number in range(5):
            stream(child, leg, bot.url, id=f"stream-{number}")
        found = [child.wait("stream", leg=leg, after=at) for at in range(5)]
        assert {it["id"] for it in found if it["state"] == "error"} == {"stream-4"}
        hang_up(child, leg)


def test_a_customer_who_reads_nothing_costs_the_call_nothing(child, sipp, tmp_path):
    """The handshake is answered and then nobody reads: the caller goes on being heard."""
    with Bot(start=lambda _: time.sleep(4)) as bot:
        leg = answered(child, sipp, tmp_path, (600, 20))
        stream(child, leg, bot.url, listen_hertz=16000)
        state(child, leg)
        time.sleep(2)
        heard, _ = hang_up(child, leg)
    ended = child.wait("ended", leg=leg)
    assert ended["media"]["packets_out"] * 20 > ended["connected_ms"] - 150
    assert tone_share(loud(heard), 600) > 0.95


def test_a_bridge_that_dies_ends_its_streams_and_the_next_stream_has_another(child, sipp, tmp_path):
    leg = answered(child, sipp, tmp_path, echoes=True)
    with Bot(start=lambda it: it.send(tone(700, 1, 8000))) as bot:
        stream(child, leg, bot.url)
        state(child, leg)
        for process in bridges_of(child):
            os.kill(process, signal.SIGKILL)
        assert state(child, leg, after=1) == ("error", "the media bridge stopped")
        stream(child, leg, bot.url, id="stream-2")
        assert state(child, leg, after=2) == ("started", "")
        bot.heard(50)
        hang_up(child, leg)


def test_an_engine_of_a_production_installation_reaches_no_loopback(engine, sipp, tmp_path):
    child = engine()
    leg = answered(child, sipp, tmp_path, echoes=True)
    with Bot() as bot:
        stream(child, leg, bot.url)
        assert state(child, leg) == ("error", "the URL must begin with wss://")
        stream(child, leg, bot.url.replace("ws:", "wss:"), id="stream-2")
        assert "is not allowed" in state(child, leg, after=1)[1]
    hang_up(child, leg)


def bridges_of(child):
    """The processes that the engine has started."""
    tasks = Path(f"/proc/{child.process.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


# --- The parts --------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [8000, 11025, 16000, 22050, 24000, 44100, 48000])
def test_another_rate_keeps_the_tone_and_lets_nothing_fold_back(source):
    sound = np.frombuffer(tone(1000, 1, source), "<i2").astype(np.int16)
    pieces = np.array_split(sound, 51)
    resampler = Resampler(source, 8000)
    whole = np.concatenate([resampler.feed(piece) for piece in pieces]).astype(float)
    assert abs(len(whole) - 8000) <= 1
    middle = whole[1000:7000]
    assert tone_share(middle, 1000) > 0.99999
    assert abs(np.sqrt((middle**2).mean()) / (10000 / np.sqrt(2)) - 1) < 0.001
    if source > 12000:
        high = np.frombuffer(tone(5000, 1, source), "<i2").astype(np.int16)
        assert np.abs(Resampler(source, 8000).feed(high)[500:]).max() < 10


def test_twice_the_rate_gives_even_frames_without_an_image():
    sound = np.frombuffer(tone(3000, 1, 8000), "<i2").astype(np.int16)
    resampler = Resampler(8000, 16000)
    frames = [resampler.feed(sound[at : at + 160]) for at in range(0, 8000, 160)]
    assert {len(frame) for frame in frames} == {320}
    whole = np.concatenate(frames).astype(float)[1000:]
    assert tone_share(whole, 3000, rate=16000) > 0.9999
    assert tone_share(whole, 5000, rate=16000) < 0.0001


def test_a_slow_customer_loses_the_oldest_frames():
    async def story():
        listening = Listening(8000)
        for number in range(LISTEN_FRAMES_MAX + 30):
            listening.add(np.full(160, number, "<i2").tobytes())
        return listening.dropped, int(np.frombuffer(await listening.next(), "<i2")[0])

    assert asyncio.run(story()) == (30, 30)


def test_what_a_customer_says_is_cut_into_frames_and_handed_out_in_step():
    speaking = Speaking(8000)
    sound = tone(700, 1, 8000)
    for at in range(0, len(sound), 333):
        speaking.add(sound[at : at + 333])
    first = speaking.due()
    assert len(first) == LEAD_FRAMES
    assert speaking.due() == []
    rest = []
    for _ in range(60):
        speaking.elapse()
        rest += speaking.due()
    assert b"".join([*first, *rest])[: len(sound)] == sound
    assert {len(frame) for frame in rest} == {FRAME_BYTES}


def test_a_customer_who_says_too_much_loses_the_oldest_and_kill_forgets_all():
    speaking = Speaking(8000)
    speaking.add(b"\x01\x00" * 160 * (SPEAK_FRAMES_MAX + 5))
    assert (speaking.is_full, speaking.dropped) == (True, 5)
    speaking.drop()
    assert (speaking.is_full, speaking.due()) == (False, [])


def test_audio_without_room_is_dropped_and_a_line_waits_for_room():
    ours, theirs = (Wire(end) for end in pair())
    for _ in range(20_000):
        ours.audio(7, bytes(320))
    assert ours.dropped > 0
    ours.line(kind="close", number=7)
    messages = list(theirs.messages())
    assert messages[0] == (7, bytes(320))
    ours.line(kind="open", number=8)
    assert list(theirs.messages()) == [
        {"kind": "close", "number": 7},
        {"kind": "open", "number": 8},
    ]
    ours.close()
    with pytest.raises(Broken):
        list(theirs.messages())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ws://example.com/",
        "wss://example.com:22/",
        "wss://u:p@example.com/",
        "wss:///nobody",
        "wss://exa mple.com/",
    ],
)
def test_a_websocket_address_is_held_to_the_rules_of_every_target(url):
    before = http.policy()
    http.configure(http.Policy())
    try:
        with pytest.raises(http.TargetRefused):
            http_ws.check_url(url)
    finally:
        http.configure(before)
