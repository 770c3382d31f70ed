"""Desk phones: baresip registers, calls and is called as a number; strangers get nowhere."""

import hashlib
import re
import socket
import time

import pytest
from django.conf import settings

from calls.models import Call
from kernel.env import child_environment
from numbers import services as numbers
from numbers.models import SipCredential
from sautikit_site.crew import working
from telephony.phones.digest import Nonces, Proof
from telephony.phones.guard import Guard
from tests import world
from tests.calls import story
from tests.sandbox.peers import purity
from tests.sandbox.test_ring_sip_phone import Baresip
from tests.telephony.engine.child import free_port, loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Exchange, Voice, final, say, wait_for
from tests.wallet.books import assert_books_are_right

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("desk-phones"),
]
# What the phone sings.
PHONE_HERTZ = 1300


@pytest.fixture(scope="module")
def shared_exchange(django_db_setup, tmp_path_factory):
    ports = {name: str(free_port()) for name in ("PHONE_SIP_PORT", "WEBRTC_SIP_PORT")}
    with Exchange(tmp_path_factory.mktemp("exchange"), **ports) as running:
        yield running


@pytest.fixture(scope="module")
def phones_port(shared_exchange, tmp_path_factory):
    """`python -m telephony.phones` beside the gateway; gives the port that phones register at."""
    port = shared_exchange.variables["PHONE_SIP_PORT"]
    variables = {
        "VAR_DIR": str(tmp_path_factory.mktemp("phones")),
        "PHONE_SIP_PORT": port,
        "PHONE_FAILURES": "1000",
    }
    with working(child_environment(**variables), "phones"):
        yield int(port)


@pytest.fixture
def credential():
    number = world.claim(world.acme())
    return numbers.add_sip_credential(number, label="Reception")


@pytest.fixture
def phone(exchange, phones_port, credential, tmp_path):
    folder = tmp_path / "baresip"
    folder.mkdir()
    found = SipCredential.objects.filter(pk=credential.credential.pk)
    made = Baresip(phones_port, folder, credential.password, user=credential.credential.username)
    wait_for(lambda: found.get().is_registered, seconds=15, story=made.log.read_text)
    yield made
    made.tell("quit")
    made.close()


def test_a_phone_calls_a_person_as_its_number_and_is_billed(exchange, phone, phones_port):
    world.fund(world.acme(), 10_000)
    path = exchange.folder / "900.al"
    exchange.peer("speak_leave", speech=write_speech(path, (900, 15)), stay_ms=2_500)
    before = story.money(world.acme()).balance_minor
    phone.tell("dial", f"sip:{exchange.friend.replace('+254', '0')}@127.0.0.1:{phones_port}")
    phone.event("CALL_ESTABLISHED")
    phone.event("CALL_CLOSED")
    wait_for(lambda: Call.objects.count() == 2, story=exchange.log.read_text)
    call = final(Call.objects.get(parent=None))
    other = final(Call.objects.get(parent=call))
    username = SipCredential.objects.get().username
    assert (call.client, call.status, call.cost_minor) == (f"sip:{username}", "completed", 0)
    assert (other.from_e164, other.to_e164) == (world.FIRST_NUMBER, exchange.friend)
    assert other.cost_minor > 0
    assert story.money(world.acme()).balance_minor == before - other.cost_minor
    assert_books_are_right()
    assert purity(loud(phone.heard())[800:-800], 900) > 0.9
    _heard, sent = read_tap(exchange.folder / "taps" / f"{other.winner_id}.wav")
    assert tone_share(loud(sent)[1600:-1600], PHONE_HERTZ) > 0.95


def test_a_phone_rings_for_its_number_and_both_hear_each_other(exchange, phone):
    world.fund(world.acme(), 10_000)
    exchange.caller("call_wait", world.FIRST_NUMBER)
    rung = phone.event("CALL_INCOMING")
    assert "+254712345678" in rung["peeruri"]
    phone.tell("accept")
    phone.event("CALL_ESTABLISHED")
    time.sleep(2)
    phone.tell("hangup")
    phone.event("CALL_CLOSED")
    call = final(Call.objects.get(parent=None), story=exchange.log.read_text)
    other = final(Call.objects.get(parent=call))
    assert (call.direction, call.status, call.cost_minor) == ("inbound", "completed", 0)
    assert (other.status, other.cost_minor) == ("completed", 0)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    assert tone_share(loud(sent)[1600:-1600], PHONE_HERTZ) > 0.95


def test_a_document_dials_a_phone_by_its_address_and_reads_that_it_declined(exchange, phone):
    world.fund(world.acme(), 10_000)
    caller = exchange.friend
    exchange.peer("speak", speech=write_speech(exchange.folder / "600.al", (600, 15)))
    address = f"sip:{SipCredential.objects.get().username}@{settings.SIP_DOMAIN}"
    dial = {"sip": address, "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=[say({"hangup": {}})]) as voice:
        call = story.place(world.acme(), to=[caller], voice_callback_url=f"{voice.url}/voice")
        phone.event("CALL_INCOMING")
        phone.tell("hangup")
        final(call, story=exchange.log.read_text)
        form = next(form for path, form, *_ in voice.asked if path == "/after")
    assert form["dialCallStatus"] == "busy"
    assert form["dialDestinationNumber"] == "sip:" + address[4:].partition("@")[0]


@pytest.fixture(autouse=True)
def strangers_leave():
    yield
    while Stranger.made:
        Stranger.made.pop().socket.close()


class Stranger:
    """A phone made of one socket: it sends REGISTER and reads the status line."""

    made = []

    def __init__(self, port, username, password, *, host="127.0.0.1"):
        self.username, self.password = username, password
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(2)
        self.sequence = 0
        self.answer = ""
        Stranger.made.append(self)

    def register(self, authorization=""):
        """Send one REGISTER; gives the status, or None for silence."""
        self.sequence += 1
        host, port = self.socket.getsockname()
        address = f"sip:{self.username}@127.0.0.1"
        lines = [
            "REGISTER sip:127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{port}{self.sequence}",
            f"From: <{address}>;tag=a{port}",
            f"To: <{address}>",
            f"Call-ID: {port}@{host}",
            f"CSeq: {self.sequence} REGISTER",
            f"Contact: <sip:{self.username}@{host}:{port}>",
            *([f"Authorization: {authorization}"] if authorization else []),
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        self.socket.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            self.answer = self.socket.recv(4096).decode()
        except TimeoutError:
            return None
        return int(self.answer.split()[1])

    def prove(self, *, password=None, count=1):
        """Answer the last challenge."""
        realm, nonce = re.search(r'realm="([^"]*)", nonce="([^"]*)"', self.answer).groups()
        return self.register(proof(self.username, realm, nonce, password or self.password, count))


def proof(username, realm, nonce, password, count=1):
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    ha1, ha2 = md5(f"{username}:{realm}:{password}"), md5("REGISTER:sip:127.0.0.1")
    response = md5(f"{ha1}:{nonce}:{count:08x}:abc:auth:{ha2}")
    return (
        f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="sip:127.0.0.1", '
        f'response="{response}", qop=auth, nc={count:08x}, cnonce="abc", algorithm=MD5'
    )


def challenged(stranger):
    """Wait until the port is open for phones and asks who they are."""
    assert wait_for(lambda: stranger.register() == 401)
    return stranger.answer


def test_known_and_unknown_users_are_asked_and_refused_in_the_same_words(
    exchange, phones_port, credential
):
    known = Stranger(phones_port, credential.credential.username, "guess")
    unknown = Stranger(phones_port, "254200000001-nobody", "guess")
    asked = [shape(challenged(each)) for each in (known, unknown)]
    assert asked[0] == asked[1]
    assert [known.prove(), unknown.prove()] == [401, 401]
    assert shape(known.answer) == shape(unknown.answer)


def registers(stranger):
    """Register once the phones' process knows the credential; gives the challenge that was met."""
    challenge = challenged(stranger)
    return challenge if stranger.prove() == 200 else None


def shape(answer):
    """An answer without what differs from request to request."""
    names = ("Via", "From", "To", "Call-ID", "CSeq")
    lines = [line for line in answer.split("\r\n") if not line.startswith(names)]
    return [re.sub(r'nonce="[^"]*"', "nonce", line) for line in lines]


def test_a_nonce_is_spent_once_for_each_count_and_another_password_ends_a_registration(
    exchange, phones_port, credential
):
    row = credential.credential
    stranger = Stranger(phones_port, row.username, credential.password)
    challenge = wait_for(lambda: registers(stranger))
    wait_for(lambda: SipCredential.objects.get(pk=row.pk).is_registered)
    stranger.answer = challenge
    assert stranger.prove() == 401
    assert "stale=true" in stranger.answer
    stranger.answer = challenge
    assert stranger.prove(count=2) == 200
    again = numbers.rotate_sip_credential(row)
    assert not SipCredential.objects.get(pk=row.pk).is_registered

    def old_password_fails():
        challenged(stranger)
        return stranger.prove() == 401

    assert wait_for(old_password_fails)
    challenged(stranger)
    assert stranger.prove(password=again.password) == 200
    numbers.delete_sip_credential(row)
    # Without any credential the port is as if it were closed.
    assert wait_for(lambda: stranger.register() is None)


def test_a_source_that_guesses_is_not_heard_any_more():
    guard = Guard(5)
    for _ in range(5):
        assert guard.hears("198.51.100.7")
        guard.fail("198.51.100.7")
    assert not guard.hears("198.51.100.7")
    assert guard.hears("198.51.100.8")


def test_a_nonce_belongs_to_one_source_and_dies(monkeypatch):
    nonces = Nonces()
    nonce = nonces.make("198.51.100.7")
    assert nonces.is_ours(nonce, "198.51.100.7")
    assert not nonces.is_ours(nonce, "198.51.100.8")
    assert not Nonces().is_ours(nonce, "198.51.100.7")
    first = Proof.read(proof("u", "r", nonce, "p", 1))
    assert [nonces.spend(first), nonces.spend(first)] == [True, False]
    monkeypatch.setattr("telephony.phones.digest.NONCE_SECONDS", -1)
    assert not nonces.spend(Proof.read(proof("u", "r", nonce, "p", 2)))


@pytest.mark.parametrize("header", ["Basic abc", "Digest", 'Digest algorithm=SHA-256, nonce="x"'])
def test_what_is_no_md5_digest_proves_nothing(header):
    found = Proof.read(header)
    assert found is None or not found.answers("0" * 32, "REGISTER")
