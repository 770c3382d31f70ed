"""`/v1/numbers/{id}/sip-credentials`: made, listed, given another password, taken back."""

import hashlib

import pytest

from numbers.models import SipCredential
from numbers.services.sip import PER_NUMBER_MAX
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def path():
    return f"/v1/numbers/{world.claim(world.acme()).id}/sip-credentials"


def test_a_credential_shows_its_password_once_and_keeps_a_hash_only(path, settings):
    api = world.api(world.acme())
    made = api.post(path, {"label": "Reception"})
    body = made.json()
    assert made.status_code == 201
    assert body["username"].startswith("254200000000-")
    assert body["sip_uri"] == f"sip:{body['username']}@{settings.SIP_DOMAIN}"
    assert (body["label"], body["registered"]) == ("Reception", False)
    row = SipCredential.objects.get()
    text = f"{body['username']}:{settings.SIP_DOMAIN}:{body['password']}"
    assert row.ha1 == hashlib.md5(text.encode()).hexdigest()
    listed = api.get(path).json()["data"]
    assert [it["id"] for it in listed] == [body["id"]]
    assert "password" not in listed[0]


def test_a_repeated_request_makes_one_credential_and_hides_the_password(path):
    api = world.api(world.acme())
    first = api.post(path, {"label": "one"}, key="k1").json()
    again = api.post(path, {"label": "one"}, key="k1").json()
    assert again == first | {"password": None}


def test_another_password_replaces_the_first(path):
    api = world.api(world.acme())
    made = api.post(path).json()
    before = SipCredential.objects.get().ha1
    rotated = api.post(f"{path}/{made['id']}/rotate").json()
    assert (rotated["id"], rotated["username"]) == (made["id"], made["username"])
    assert rotated["password"] != made["password"]
    assert SipCredential.objects.get().ha1 != before


def test_a_credential_is_taken_back(path):
    api = world.api(world.acme())
    made = api.post(path).json()
    assert api.delete(f"{path}/{made['id']}").status_code == 204
    assert world.code_of(api.delete(f"{path}/{made['id']}")) == "sip_credentials.not_found"
    assert not SipCredential.objects.exists()


def test_a_number_has_a_few_credentials_at_most(path):
    api = world.api(world.acme())
    for _ in range(PER_NUMBER_MAX):
        assert api.post(path).status_code == 201
    assert world.code_of(api.post(path)) == "sip_credentials.limit_reached"


def test_a_released_number_gets_none(path):
    api = world.api(world.acme())
    assert api.delete(path.removesuffix("/sip-credentials")).status_code == 200
    assert world.code_of(api.post(path)) == "numbers.not_assigned"


def test_somebody_elses_number_is_not_found(path):
    other = world.api(world.chege())
    assert world.code_of(other.get(path)) == "numbers.not_found"
    assert world.code_of(other.post(path)) == "numbers.not_found"
