"""Behind a real nginx: our bodies still verify, and the client is still the client."""

import asyncio
import http.client
import ipaddress
import json
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook

from kernel import http as kernel_http
from kernel.http_async import AsyncClient
from tests.webhooks.proxy import nginx
from tests.webhooks.receiver import Receiver
from tests.webhooks.vectors import BODIES, NEW, OLD, parcel, printed
from webhooks import sender

# Ways in which a proxy may pass a body on: read whole first or passed as it comes, old and new HTTP.
MANNERS = {
    "as it comes": "",
    "unbuffered over HTTP/1.1": "proxy_request_buffering off; proxy_http_version 1.1;",
    "through a file": "client_body_in_file_only clean;",
}


@pytest.fixture
def loopback_targets():
    before = kernel_http._policy
    kernel_http.configure(kernel_http.Policy(allow_loopback=True))
    yield
    kernel_http.configure(before)


async def deliver(url, bodies):
    async with AsyncClient(connections=2) as client:
        return [await sender.send(client, parcel(body, NEW, OLD, url=url)) for body in bodies]


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_a_delivery_through_nginx_verifies(tmp_path, loopback_targets, manner):
    printed_verifier: dict = {}
    exec(printed("Python"), printed_verifier)
    bodies = list(BODIES.values())
    with Receiver() as far, nginx(tmp_path, far.server.server_port, manner) as front:
        outcomes = asyncio.run(deliver(f"{front}/webhooks/sautikit", bodies))
    assert [outcome.status for outcome in outcomes] == [200] * len(bodies)
    assert [body for _, body in far.posts] == bodies
    for arrived, body in far.posts:
        assert arrived["x-forwarded-for"] == "127.0.0.1"
        for secret in (NEW, OLD):
            signature = arrived["x-sautikit-signature"]
            assert printed_verifier["is_ours"](body, signature, secret)
            assert not printed_verifier["is_ours"](body + b" ", signature, secret)
            assert Webhook(secret).verify(body, arrived)


def ask(front, source, **claimed):
    """Ask for a sign-in mail from an address of this machine; gives the status."""
    connection = http.client.HTTPConnection(
        urlsplit(front).netloc, timeout=60, source_address=(source, 0)
    )
    body = json.dumps({"email": f"{uuid4()}@a.example"})
    try:
        headers = {"Content-Type": "application/json", **claimed}
        connection.request("POST", "/v1/auth/magic-link", body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_v1_behind_nginx_counts_the_client_and_not_the_proxy(tmp_path, live_server, settings):
    settings.TRUSTED_PROXIES = (ipaddress.ip_network("127.0.0.1/32"),)
    settings.MAGIC_LINKS_PER_IP = 2
    claims = [{"X-Forwarded-For": f"6.6.6.{last}"} for last in range(3)]
    with nginx(tmp_path, live_server.thread.port) as front:
        # What the client claims about itself is not believed; what nginx saw is.
        assert [ask(front, "127.0.0.7", **claim) for claim in claims] == [202, 202, 429]
        assert ask(front, "127.0.0.8") == 202
        settings.TRUSTED_PROXIES = ()
        assert [ask(front, source) for source in ("127.0.0.7", "127.0.0.8")] == [202, 202]
        assert ask(front, "127.0.0.9") == 429
