"""Our engine and the sandbox's carrier, which share no code: every fixed number and a handset."""

import time
import uuid

import pytest

from tests.sandbox.conftest import RunningSandbox
from tests.sandbox.peers import Sandbox, loud, purity, wait_for
from tests.sandbox.test_hold_web_handset import recording
from tests.telephony.engine.child import Child, write_tone

# One worker starts the pair once.
pytestmark = pytest.mark.xdist_group("sandbox-engine")
OURS = "+254200000001"
PHONE = "+254710000001"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """One engine and one sandbox that know each other's ports."""
    folder = tmp_path_factory.mktemp("pair")
    carrier = RunningSandbox(folder)
    port = carrier.sandbox.sip_port
    credentials = {"username": "trunk", "password": "trunk-password"}
    trunk = {"name": "0", "host": "127.0.0.1", "port": port, **credentials}
    trunk |= {"prefixes": ["+254"], "mode": "both"}
    engine = Child(folder, trunks=[trunk])
    carrier.variables["SIP_PORT"] = str(engine.port)
    with carrier as sandbox:
        yield engine, sandbox
    engine.close()


@pytest.fixture
def engine(pair) -> Child:
    return pair[0]


@pytest.fixture
def met(pair) -> Sandbox:
    return pair[1]


def dial(engine: Child, to: str) -> str:
    return engine.dial(str(uuid.uuid4()), **{"from": OURS, "to": to, "trunk": "0"})


@pytest.mark.parametrize(
    ("number", "code"),
    [("+254711000003", 486), ("+254711000004", 603), ("+254711000009", 503)],
)
def test_a_number_that_refuses(engine: Child, number: str, code: int) -> None:
    leg = dial(engine, number)
    assert engine.wait("ended", leg=leg)["sip_code"] == code


def test_the_number_that_never_answers(engine: Child) -> None:
    leg = dial(engine, "+254711000005")
    engine.wait("ringing", leg=leg)
    engine.send("hangup", leg=leg, cause="enough")
    assert engine.wait("ended", leg=leg)["connected_ms"] == 0


def test_the_number_that_speaks(engine: Child) -> None:
    leg = dial(engine, "+254711000001")
    engine.wait("answered", leg=leg)
    time.sleep(2)
    engine.send("hangup", leg=leg, cause="enough")
    engine.wait("ended", leg=leg)
    heard, _ = engine.tap(leg)
    assert purity(loud(heard).ravel()[800:4000], 440) > 0.9


def test_the_number_that_presses_one(engine: Child, tmp_path) -> None:
    leg = dial(engine, "+254711000002")
    engine.wait("answered", leg=leg)
    write_tone(tmp_path / "prompt.wav", seconds=2.5)
    prompt = {"files": [str(tmp_path / "prompt.wav")], "num_digits": 1}
    engine.send("gather", leg=leg, id="g", timeout_s=8, finish_on_key="#", **prompt)
    assert engine.wait("gathered", leg=leg)["digits"] == "1"
    engine.send("hangup", leg=leg, cause="enough")
    engine.wait("ended", leg=leg)


def test_a_handset_is_rung_hears_us_and_is_heard(engine: Child, met: Sandbox, tmp_path) -> None:
    leg = dial(engine, PHONE)
    engine.wait("ringing", leg=leg)
    ringing = met.wait_call(PHONE, "ringing")
    assert ringing["from"] == OURS
    met.call(PHONE, "answer").raise_for_status()
    engine.wait("answered", leg=leg)
    write_tone(tmp_path / "prompt.wav", hertz=700, seconds=1.0)
    engine.send("play", leg=leg, id="p", files=[str(tmp_path / "prompt.wav")])
    met.call(PHONE, "tone", hz=1200, seconds=1).raise_for_status()
    engine.wait("played", leg=leg)
    met.call(PHONE, "digits", digits="7").raise_for_status()
    assert engine.wait("digit", leg=leg)["digit"] == "7"
    engine.send("send_dtmf", leg=leg, digits="3")
    wait_for(lambda: met.phone(PHONE)["call"]["digits"] == "3")
    met.call(PHONE, "hangup").raise_for_status()
    assert engine.wait("ended", leg=leg)["ended_by"] == "remote"
    heard, said = recording(met, PHONE, ringing["id"])
    assert purity(loud(heard)[3:-3].ravel(), 700) > 0.9
    assert purity(loud(said)[3:-3].ravel(), 1200) > 0.95
    at_engine, _ = engine.tap(leg)
    assert purity(loud(at_engine)[3:40].ravel(), 1200) > 0.9


def test_a_handset_calls_our_number(engine: Child, met: Sandbox) -> None:
    call = met.call(PHONE, "dial", to="0200000001").json()["call"]
    incoming = engine.wait("incoming")
    assert (incoming["from"], incoming["to"]) == (PHONE, OURS)
    engine.send("ring", leg=incoming["leg"])
    time.sleep(0.3)
    engine.send("answer", leg=incoming["leg"], paid_until_s=30)
    assert met.wait_call(PHONE, "up")["id"] == call["id"]
    engine.send("hangup", leg=incoming["leg"], cause="bye")
    wait_for(lambda: met.phone(PHONE)["call"] is None)
