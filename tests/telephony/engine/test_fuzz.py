"""Two thousand damaged messages from a trunk, then calls as if nothing had happened."""

import random
import socket
import time

from tests.telephony.engine.child import free_port

MESSAGES = 2000
CALLS = 5


def test_good_calls_pass_after_a_storm_of_damaged_messages(engine, sipp):
    child = engine()
    dice = random.Random(4733)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", free_port()))
        own = sock.getsockname()[1]
        for number in range(MESSAGES):
            sock.sendto(_damage(_message(number, own, child.port), dice), ("127.0.0.1", child.port))
            if number % 50 == 49:
                time.sleep(0.02)
    for number in range(CALLS):
        peer = sipp("refuse", code=486, port=child.trunk_port)
        leg = child.dial(f"good-{number}")
        assert child.wait("ended", leg=leg)["sip_code"] == 486
        assert peer.done() == 0
    peer = sipp("answer", port=child.trunk_port)
    leg = child.dial("last")
    started = child.wait("answered", leg=leg)["at"]
    child.send("play", leg=leg, id="p", silence_ms=400)
    assert child.wait("played", leg=leg)["at"] - started < 1.5
    child.send("hangup", leg=leg, cause="done")
    assert peer.done() == 0
    assert (child.folder / "stderr").stat().st_size < 100_000


def _message(number, own, port):
    method = ("INVITE", "OPTIONS", "INVITE", "BYE")[number % 4]
    body = "\r\n".join(
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            "m=audio 6000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "",
        ]
    )  # fmt: skip
    head = [
        f"{method} sip:254207000001@127.0.0.1:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{number};rport",
        "Max-Forwards: 70",
        f"From: <sip:254711000001@127.0.0.1>;tag=f{number}",
        f"To: <sip:254207000001@127.0.0.1:{port}>",
        f"Call-ID: fuzz-{number}@127.0.0.1",
        f"CSeq: 1 {method}",
        f"Contact: <sip:254711000001@127.0.0.1:{own};transport=UDP>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()


def _damage(data, dice):
    bytes_ = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(bytes_))
        match dice.randrange(5):
            case 0:
                bytes_[at] = dice.randrange(256)
            case 1:
                del bytes_[at : at + dice.randint(1, 20)]
            case 2:
                bytes_[at:at] = bytes_[at : at + dice.randint(1, 40)]
            case 3:
                bytes_[at:at] = dice.choice(
                    [b"\r\n", b";", b"<", b"@", b"%00", b"\xff", b"999999999"]
                )
            case 4:
                bytes_ = bytes_[: max(at, 40)]
    return bytes(bytes_)
