"""The address of a client: believed as far as our own proxies go, and no further."""

import ipaddress

import pytest
from django.test import RequestFactory

from kernel import env
from kernel.client_ip import client_ip

PROXIES = ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")


def seen(settings, near, told=None, *, trusted=PROXIES):
    settings.TRUSTED_PROXIES = tuple(ipaddress.ip_network(each) for each in trusted)
    request = RequestFactory().get("/", REMOTE_ADDR=near)
    if told is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = told
    return client_ip(request)


@pytest.mark.parametrize(
    ("near", "told", "client"),
    [
        ("127.0.0.1", "41.90.1.2", "41.90.1.2"),
        ("127.0.0.1", "6.6.6.6, 41.90.1.2", "41.90.1.2"),
        ("127.0.0.1", "6.6.6.6,41.90.1.2, 10.1.2.3 ", "41.90.1.2"),
        ("::ffff:127.0.0.1", "41.90.1.2", "41.90.1.2"),
        ("fd00::1", "2c0f:fe38::7", "2c0f:fe38::7"),
        ("127.0.0.1", "::ffff:41.90.1.2", "41.90.1.2"),
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),
        # What no proxy of ours would write ends the chain.
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, 41.90.1.2:443", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, unknown, 10.0.0.1", "10.0.0.1"),
        # Who is no proxy of ours is the client, whatever it tells.
        ("41.90.1.2", "6.6.6.6", "41.90.1.2"),
        ("", "6.6.6.6", ""),
    ],
)
def test_the_nearest_address_that_is_not_ours_is_the_client(settings, near, told, client):
    assert seen(settings, near, told) == client


def test_without_trusted_proxies_the_header_is_nobodys(settings):
    assert seen(settings, "127.0.0.1", "6.6.6.6", trusted=()) == "127.0.0.1"


def test_a_chain_longer_than_ours_could_be_is_cut(settings):
    assert seen(settings, "127.0.0.1", "6.6.6.6" + ",10.0.0.1" * 2_000) == "10.0.0.1"


@pytest.mark.parametrize("value", ["nginx", "10.0.0.1/8", "10.0.0.0/33"])
def test_a_network_that_cannot_be_read_stops_the_start(monkeypatch, value):
    monkeypatch.setitem(
        env._declared, "A_NETWORK", env.Setting("A_NETWORK", "", "D.", "list", False)
    )
    monkeypatch.setenv("A_NETWORK", value)
    with pytest.raises(env.SettingError, match="A_NETWORK"):
        env.networks("A_NETWORK", "", doc="D.")
