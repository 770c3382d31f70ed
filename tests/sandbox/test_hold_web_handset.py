"""A web handset: rung by SIPp, held by a program over HTTP and WebSocket."""

import io
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.sandbox.peers import Media, Sandbox, Sipp, loud, purity, wait_for
from tests.telephony.browsers import Browser

_last_phone = 254110000000


@pytest.fixture
def phone() -> str:
    global _last_phone
    _last_phone += 1
    return f"+{_last_phone}"


@pytest.fixture
def media():
    media = Media()
    yield media
    media.close()


def recording(sandbox: Sandbox, phone: str, call_id: str) -> tuple[np.ndarray, np.ndarray]:
    def fetch() -> bytes | None:
        reply = sandbox.http.get(f"/phones/{phone}/calls/{call_id}.wav")
        return reply.content if reply.status_code == 200 else None

    with wave.open(io.BytesIO(wait_for(fetch))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def test_it_rings_answers_sings_presses_and_is_recorded(
    sandbox: Sandbox, sipp: Sipp, media: Media, phone: str
) -> None:
    process = sipp.start(phone, "100? 180 200 ack200 pause4000 bye", media)
    ringing = sandbox.wait_call(phone, "ringing")
    assert (ringing["from"], ringing["direction"]) == ("+254200000001", "in")
    assert sandbox.call(phone, "digits", digits="1").status_code == 409
    up = sandbox.call(phone, "answer").json()["call"]
    assert (up["id"], up["state"]) == (ringing["id"], "up")
    wait_for(lambda: media.audio)
    sandbox.call(phone, "tone", hz=1200, seconds=1).raise_for_status()
    media.sing(500, 1.0)
    media.press(7)
    sandbox.call(phone, "digits", digits="1#").raise_for_status()
    wait_for(lambda: {event for event, *_ in media.keys} == {1, 11})
    wait_for(lambda: sandbox.phone(phone)["call"]["digits"] == "7")
    sipp.finish(process)
    ended = wait_for(lambda: (seen := sandbox.phone(phone))["call"] is None and seen["last_call"])
    assert ended == up["id"]
    assert purity(loud(media.heard)[2:-2].ravel(), 1200) > 0.95
    heard, said = recording(sandbox, phone, up["id"])
    assert purity(loud(heard)[2:-2].ravel(), 500) > 0.95
    assert purity(loud(said)[2:-2].ravel(), 1200) > 0.95
    assert 44 <= len(loud(heard)) <= 52
    assert 48 <= len(loud(said)) <= 52


def test_it_rejects(sandbox: Sandbox, sipp: Sipp, phone: str) -> None:
    process = sipp.start(phone, "100? 180 603 ack")
    sandbox.wait_call(phone, "ringing")
    sandbox.call(phone, "reject").raise_for_status()
    sipp.finish(process)
    assert sandbox.phone(phone)["call"] is None


def test_it_hangs_up(sandbox: Sandbox, sipp: Sipp, media: Media, phone: str) -> None:
    process = sipp.start(phone, "100? 180 200 ack200 answer_bye", media)
    sandbox.wait_call(phone, "ringing")
    sandbox.call(phone, "answer").raise_for_status()
    wait_for(lambda: media.audio)
    sandbox.call(phone, "hangup").raise_for_status()
    sipp.finish(process)


def test_it_stops_ringing_when_the_caller_gives_up(
    sandbox: Sandbox, sipp: Sipp, phone: str
) -> None:
    process = sipp.start(phone, "100? 180 pause800 cancel ack")
    sandbox.wait_call(phone, "ringing")
    sipp.finish(process)
    wait_for(lambda: sandbox.phone(phone)["call"] is None)


def test_a_second_caller_finds_it_busy(
    sandbox: Sandbox, sipp: Sipp, tmp_path: Path, phone: str
) -> None:
    process = sipp.start(phone, "100? 180 pause2500 cancel ack")
    sandbox.wait_call(phone, "ringing")
    (tmp_path / "second").mkdir()
    second = Sipp(sandbox, tmp_path / "second")
    second.finish(second.start(phone, "100? 486 ack"))
    sipp.finish(process)


def test_the_page_hears_and_speaks(sandbox: Sandbox, sipp: Sipp, media: Media, phone: str) -> None:
    page = Browser(f"{sandbox.url}/phones/{phone}/ws", 900)
    page.tell("connect", token="handset")
    page.wait("ready")
    process = sipp.start(phone, "100? 180 200 ack200 pause3000 bye", media)
    call = page.wait("incoming")
    page.tell("accept", id=call["id"], sdp=page.offer(call["id"]))
    page.wait("answered")
    media.sing(600, 2.0)
    assert page.wait("ended") == {"type": "ended", "id": call["id"], "reason": "hangup"}
    sipp.finish(process)
    page.close()
    states = [
        each["call"]["state"] if each["call"] else "" for each in page.messages if "call" in each
    ]
    assert [
        state for state, before in zip(states[1:], states, strict=False) if state != before
    ] == [
        "ringing",
        "up",
        "",
    ]
    assert purity(loud(page.sound())[10:60].ravel(), 600) > 0.95
    assert purity(loud(media.heard)[10:60].ravel(), 900) > 0.95


ENGINE = """<?xml version="1.0"?><scenario name="engine">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=engine
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:engine@[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<pause milliseconds="300"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=engine
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:engine@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=engine 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio PORT RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000

]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>"""


@pytest.fixture
def engine(sandbox: Sandbox, media: Media, tmp_path: Path):
    """SIPp where our engine would listen."""
    path = tmp_path / "engine.xml"
    path.write_text(ENGINE.replace("PORT", str(media.port)))
    command = f"sipp -sf {path} -i 127.0.0.1 -p {sandbox.engine_port} -m 1 -timeout 30 -nostdin"
    command += f" -trace_msg -message_file {tmp_path / 'engine.txt'}"
    process = subprocess.Popen(
        command.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    time.sleep(0.5)
    yield process
    process.kill()


def test_it_dials_our_number_through_the_engine(
    sandbox: Sandbox, engine: subprocess.Popen, media: Media, phone: str, tmp_path: Path
) -> None:
    assert sandbox.call(phone, "dial", to="+14155550100").status_code == 409
    call = sandbox.call(phone, "dial", to="0200000001").json()["call"]
    assert (call["direction"], call["from"], call["to"]) == ("out", phone, "+254200000001")
    sandbox.wait_call(phone, "up")
    wait_for(lambda: media.audio)
    sandbox.call(phone, "digits", digits="2")
    media.sing(500, 0.6)
    wait_for(lambda: media.keys)
    sandbox.call(phone, "hangup").raise_for_status()
    assert engine.wait(10) == 0
    seen = (tmp_path / "engine.txt").read_text()
    assert "INVITE sip:+254200000001@127.0.0.1" in seen
    assert f"From: <sip:{phone}@" in seen
    heard, _ = recording(sandbox, phone, call["id"])
    assert purity(loud(heard)[2:-2].ravel(), 500) > 0.95
