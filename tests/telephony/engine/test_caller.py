"""SIPp calls the engine: the trunk's numbers, decisions, and strangers who hear nothing."""

import socket
import time

from tests.telephony.engine.child import loud, tone_share, write_tone

CALL = ("-s", "254207000001", "-key", "from", "254711000001")


def test_a_caller_is_announced_rung_answered_and_hears_the_prompt(child, sipp, tmp_path):
    peer = sipp("call_wait", *CALL, "-rtp_echo", remote=f"127.0.0.1:{child.port}")
    incoming = child.wait("incoming")
    assert (incoming["from"], incoming["to"]) == ("+254711000001", "+254207000001")
    assert incoming["source"] == f"127.0.0.1:{peer.port}"
    assert incoming["sip_call_id"]
    leg = incoming["leg"]
    assert len(leg) == 36
    assert leg[14] == "7"
    child.send("ring", leg=leg)
    child.send("answer", leg=leg, paid_until_s=None, max_s=60)
    child.wait("answered", leg=leg)
    child.send("play", leg=leg, id="p", files=[write_tone(tmp_path / "tone.wav", hertz=1000)])
    child.wait("played")
    time.sleep(0.2)
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")
    assert peer.done() == 0
    heard, _ = child.tap(leg)
    assert tone_share(loud(heard), 1000) > 0.95


def test_a_caller_who_leaves_ends_the_leg(child, sipp):
    peer = sipp("call_leave", *CALL, remote=f"127.0.0.1:{child.port}")
    leg = child.wait("incoming")["leg"]
    child.send("answer", leg=leg, paid_until_s=30)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["sip_code"]) == ("remote", 200)
    assert 480 <= ended["connected_ms"] < 650


def test_a_rejected_caller_gets_the_code(child, sipp):
    peer = sipp("call_refused", *CALL, code=486, remote=f"127.0.0.1:{child.port}")
    leg = child.wait("incoming")["leg"]
    child.send("reject", leg=leg, code=486)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["sip_code"], ended["connected_ms"]) == ("local", 486, 0)


def test_a_paid_time_ends_an_incoming_call(child, sipp):
    peer = sipp("call_wait", *CALL, remote=f"127.0.0.1:{child.port}")
    leg = child.wait("incoming")["leg"]
    child.send("answer", leg=leg, paid_until_s=1)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["connected_ms"]) == ("paid_until", 1000)


def test_a_draining_engine_refuses_callers_and_stops(engine, sipp):
    child = engine()
    waiting = sipp("call_wait", *CALL, remote=f"127.0.0.1:{child.port}")
    leg = child.wait("incoming")["leg"]
    child.send("answer", leg=leg, paid_until_s=30)
    child.wait("answered")
    child.send("drain")
    late = sipp("call_refused", *CALL, code=503, remote=f"127.0.0.1:{child.port}")
    assert late.done() == 0
    assert child.process.poll() is None
    child.send("hangup", leg=leg, cause="done")
    assert waiting.done() == 0
    assert child.process.wait(5) == 0


def test_a_host_name_for_media_is_refused(child, sipp):
    peer = sipp("call_named_media", *CALL, remote=f"127.0.0.1:{child.port}")
    assert peer.done() == 0
    assert child.kinds() == []


def test_options_are_answered_to_a_trunk_and_to_nobody_else(child, sipp):
    assert sipp("options", *CALL, remote=f"127.0.0.1:{child.port}").done() == 0
    assert _ask(child.port, "127.0.0.1", "OPTIONS").startswith(b"SIP/2.0 200")
    assert _ask(child.port, "127.0.0.9", "OPTIONS") == b""
    assert _ask(child.port, "127.0.0.9", "INVITE") == b""
    assert _ask(child.port, "127.0.0.9", "REGISTER") == b""
    assert _ask(child.port, "127.0.0.1", "OPTIONS", "x" * 4096) == b""
    assert _ask(child.port, "127.0.0.1", "REGISTER").startswith(b"SIP/2.0 405")
    assert child.kinds() == []


def _ask(port, host, method, padding="") -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        sock.settimeout(0.5)
        own = sock.getsockname()[1]
        lines = [
            f"{method} sip:254207000001@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{own}{method}",
            f"From: <sip:254711000001@{host}>;tag=1",
            f"To: <sip:254207000001@127.0.0.1:{port}>",
            f"Call-ID: {own}{method}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:254711000001@{host}:{own}>",
            f"X-Padding: {padding}",
            "Content-Length: 0",
        ]
        sock.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", port))
        try:
            return sock.recv(4096)
        except TimeoutError:
            return b""


def test_a_caller_who_gives_up_ends_the_leg(child, sipp):
    peer = sipp("call_cancel", *CALL, remote=f"127.0.0.1:{child.port}")
    leg = child.wait("incoming")["leg"]
    child.send("ring", leg=leg)
    ended = child.wait("ended")
    assert peer.done() == 0
    assert (ended["ended_by"], ended["sip_code"], ended["connected_ms"]) == ("remote", 487, 0)
