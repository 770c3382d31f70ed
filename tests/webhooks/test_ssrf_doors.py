"""Every door that asks a customer's URL has the same guard: the canary hears none of them."""

import asyncio
import datetime
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kernel import http, ids, signing
from kernel.http_async import AsyncClient
from telephony import callback, sounds
from telephony.errors import CallbackFailed, SoundUnavailable
from telephony.interpreter.prompts import Audio
from telephony.models import Fetch
from tests import world
from tests.calls import story
from tests.webhooks.vectors import NEW, parcel
from webhooks import sender

# One of each class; the whole table is in test_ssrf, on the clients that these doors share.
TARGETS = [
    "127.0.0.1", "2130706433", "017700000001", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fd12:3456::1]", "100.64.0.1", "169.254.169.254",
    "metadata.google.internal", "loop.example", "mixed.example",
]  # fmt: skip
# What a voice server is asked for: its document, redirect, getDigits, record's and dial's `action`,
# the fallback, and the report of an ended call.
PURPOSES = ["document", "redirect", "digits", "recording", "dial", "fallback", "final"]
PUBLIC = "8.8.8.8"


def taken(heard):
    found = list(heard)
    heard.clear()
    return found


@pytest.fixture
def call(db):
    return story.place(world.acme(), voice_callback_url="https://voice.example/")


def ask(call, url, purpose="document", method="POST"):
    return callback.ask(Fetch(call=call, url=url, method=method, purpose=purpose))


def test_the_canary_hears_who_is_let_through(canary, call):
    port, heard = canary
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    try:
        with pytest.raises(CallbackFailed):
            ask(call, f"http://127.0.0.1:{port}/")
        with pytest.raises(SoundUnavailable):
            sounds.make(Audio(f"http://127.0.0.1:{port}/a.wav"), call_id=ids.uuid7())
    finally:
        http.configure(before)
    assert len(taken(heard)) >= 2


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_voice_url_never_leads_here(canary, resolver, production, call, purpose):
    port, heard = canary
    for target in TARGETS:
        for method in ("POST", "GET"):
            with pytest.raises(CallbackFailed):
                ask(call, f"https://{target}:{port}/voice", purpose, method)
    assert taken(heard) == []


def test_a_play_url_never_leads_here(canary, resolver, production):
    port, heard = canary
    for target in TARGETS:
        with pytest.raises(SoundUnavailable):
            sounds.make(Audio(f"https://{target}:{port}/a.wav"), call_id=ids.uuid7())
    assert taken(heard) == []


def test_a_webhook_url_never_leads_here(canary, resolver, production):
    port, heard = canary
    urls = [f"https://{target}:{port}/hook" for target in TARGETS]

    async def deliver():
        async with AsyncClient(connections=4) as client:
            return [await sender.send(client, parcel(b"{}", NEW, url=url)) for url in urls]

    outcomes = asyncio.run(deliver())
    assert [(outcome.status, bool(outcome.error)) for outcome in outcomes] == [(None, True)] * len(
        urls
    )
    assert taken(heard) == []


class FarServer:
    """A public https server of a customer: it says where to go next, and keeps what it was told."""

    def __init__(self, folder):
        self.chain, self.asked = [], []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                owner.asked.append((self.headers["X-Sautikit-Signature"], body))
                status, location = owner.chain.pop(0) if owner.chain else (200, "")
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                self.do_POST()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def certificate(folder):
    """Make a certificate that this process will trust, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "public.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("public.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "far.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def far(tmp_path, resolver, production, monkeypatch):
    """The server behind the public address of public.example: the route there is this machine's."""
    server = FarServer(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "far.pem"))
    connect = socket.socket.connect

    def routed(self, address):
        is_far = self.family == socket.AF_INET and address[0] == PUBLIC
        connect(self, ("127.0.0.1", server.server.server_port) if is_far else address)

    monkeypatch.setattr(socket.socket, "connect", routed)
    yield server
    server.server.shutdown()
    server.server.server_close()


def test_a_redirect_chain_of_public_hosts_is_followed_and_signed_anew(far, call):
    far.chain = [(307, "https://public.example/two"), (308, "/three")]
    answer = ask(call, "https://public.example/one", "redirect")
    assert (answer.reply.status, answer.url) == (200, "https://public.example/three")
    secret = call.workspace.signing_secret
    for header, body in far.asked:
        stamp = int(header.split(",")[0].removeprefix("t="))
        assert header == signing.signature_header([secret], body, stamp)
    assert len(far.asked) == 3


@pytest.mark.parametrize("hops", [0, 1, 2])
@pytest.mark.parametrize("target", [*TARGETS, "http"])
def test_a_redirect_chain_never_leads_here(far, canary, call, target, hops):
    port, heard = canary
    end = f"http://127.0.0.1:{port}/" if target == "http" else f"https://{target}:{port}/"
    far.chain = [(307, f"https://public.example/{hop}") for hop in range(hops)] + [(308, end)]
    with pytest.raises(CallbackFailed):
        ask(call, "https://public.example/", "redirect")
    assert len(far.asked) == hops + 1
    assert taken(heard) == []


def test_a_redirect_chain_ends(far, call):
    far.chain = [(307, "https://public.example/again")] * 10
    with pytest.raises(CallbackFailed):
        ask(call, "https://public.example/", "redirect")
    assert len(far.asked) == callback.HOPS_MAX + 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_play_url_follows_no_redirect(far, canary, status):
    port, heard = canary
    far.chain = [(status, f"https://127.0.0.1:{port}/")]
    with pytest.raises(SoundUnavailable, match=str(status)):
        sounds.make(Audio("https://public.example/a.wav"), call_id=ids.uuid7())
    assert len(far.asked) == 1
    assert taken(heard) == []
