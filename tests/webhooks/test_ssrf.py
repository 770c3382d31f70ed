"""No URL of a customer reaches this machine or a private network: a canary listens and hears nothing."""

import asyncio
import itertools
import socket
import threading

import pytest

from kernel import http
from kernel.http_async import AsyncClient
from sautikit_site import checks
from tests.webhooks.receiver import Receiver

# Names and what the resolver says of them, one list for each time it is asked.
NAMES = {
    "internal.example": [["10.0.0.5"]],
    "loop.example": [["127.0.0.1"]],
    "loop6.example": [["::1"]],
    "mixed.example": [["8.8.8.8", "127.0.0.1"]],
    "mixed6.example": [["2606:4700::1111", "::1"]],
    "metadata.example": [["169.254.169.254"]],
    "rebind.example": [["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]],
    "rebind-first.example": [["127.0.0.1"], ["8.8.8.8"]],
    "127.0.0.1.nip.example": [["127.0.0.1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "ula.example": [["fd00::1"]],
    "cgnat.example": [["100.64.0.1"]],
    "nobody.example": [[]],
}
HOSTS = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "0", "0.0.0.0", "1",
    "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "0x7f.1",
    "127.0.0.01", "localhost", "LOCALHOST", "localhost.", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.255", "169.254.169.254", "169.254.0.1", "2852039166", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.0.0.1", "192.88.99.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
    "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]",
    "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[3fff::1]", *NAMES,
]  # fmt: skip
# The canary's port is put in; a browser's tricks with the parts of a URL.
URLS = [
    "https://user@127.0.0.1:{port}/",
    "https://8.8.8.8:{port}@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@8.8.8.8/",
    "https://127。0。0。1:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "http://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\r\nHost: x/",
    "https:///127.0.0.1:{port}/",
    "https://127.0.0.1%2f:{port}/",
    "https://[::1%25lo]:{port}/",
]


@pytest.fixture(scope="module")
def canary():
    """Count connections to loopback, of both families, on one port."""
    heard = []
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=50)]
    port = listeners[0].getsockname()[1]
    if socket.has_ipv6:
        listeners.append(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=50))

    def listen(server):
        while True:
            try:
                connection, peer = server.accept()
            except OSError:
                return
            heard.append(peer)
            connection.close()

    for server in listeners:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
    yield port, heard
    for server in listeners:
        server.close()


@pytest.fixture
def resolver(monkeypatch):
    """The system's resolver for names of the table; numbers in any form are read by the system."""
    asked = {
        name: itertools.chain(answers, itertools.repeat(answers[-1]))
        for name, answers in NAMES.items()
    }
    real = socket.getaddrinfo

    def lookup(host, port, *options, **more):
        name = host.decode() if isinstance(host, bytes) else host
        if name in asked:
            found = next(asked[name])
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [item for each in found for item in real(each, port, 0, socket.SOCK_STREAM)]
        return real(host, port, *options, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture
def production(canary):
    before = http._policy
    http.configure(http.Policy(allow_loopback=False, ports=frozenset({443, canary[0]})))
    yield
    http.configure(before)


async def post(url):
    async with AsyncClient(connections=2) as client:
        return await client.post(url, headers={}, body=b"{}")


def ask_every_way(url):
    """Ask as webhooks do and as voice callbacks do; whatever comes of it."""
    answers = []
    for ask in (lambda: asyncio.run(post(url)), lambda: http.request("POST", url, body=b"{}")):
        try:
            answers.append(ask())
        # A public address would be asked; the tests' own guard refuses that.
        except (http.HttpFailed, AssertionError) as refused:
            answers.append(refused)
    return answers


def taken(heard):
    """What was heard in this test, and forget it for the next."""
    found = list(heard)
    heard.clear()
    return found


def test_the_table_is_long_enough():
    assert len(HOSTS) + len(URLS) >= 60
    assert len(set(HOSTS)) == len(HOSTS)


@pytest.mark.parametrize("host", HOSTS)
def test_a_private_host_is_never_connected(host, canary, resolver, production):
    port, heard = canary
    for answer in ask_every_way(f"https://{host}:{port}/"):
        # A name that is public at that moment gets as far as a connection, to the public address.
        turns_public = host.startswith("rebind") and "8.8.8.8" in str(answer)
        assert turns_public or isinstance(answer, http.HttpFailed), repr(answer)
    assert taken(heard) == []


@pytest.mark.parametrize("url", URLS)
def test_a_trick_url_is_never_connected(url, canary, resolver, production):
    port, heard = canary
    for answer in ask_every_way(url.replace("{port}", str(port))):
        assert isinstance(answer, http.HttpFailed), repr(answer)
    assert taken(heard) == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status, canary):
    port, heard = canary
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    try:
        with Receiver(
            statuses=[status] * 2, headers={"Location": f"http://127.0.0.1:{port}/"}
        ) as far:
            answers = ask_every_way(far.url)
    finally:
        http.configure(before)
    assert [answer.status for answer in answers] == [status, status]
    assert taken(heard) == []


def test_a_public_address_is_let_through(resolver, production):
    for address in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"):
        http.check_address(address)


def test_production_cannot_be_told_to_reach_loopback(settings):
    settings.PRODUCTION, settings.ALLOW_PRIVATE_TARGETS = True, True
    assert checks.no_sandbox_in_production([])
