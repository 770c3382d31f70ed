"""The canary on this machine, the resolver of the table, and the rules of a production."""

import itertools
import socket
import threading

import pytest

from kernel import http
from tests.webhooks.targets import NAMES, PUBLIC_NAMES


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
        for name, answers in (NAMES | PUBLIC_NAMES).items()
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
