"""No URL of a customer reaches this machine or a private network: a canary listens and hears nothing."""

import asyncio

import pytest

from kernel import http
from kernel.http_async import AsyncClient
from sautikit_site import checks
from tests.webhooks.receiver import Receiver
from tests.webhooks.targets import HOSTS, URLS


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
