"""The SIP phones of a number in the console: added, given another password, deleted; roles."""

import re

import pytest

from numbers.models import SipCredential
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    return f"/numbers/{world.claim(world.acme()).id}/phones"


def signed_in(user):
    return world.browser(user).client


def test_a_password_is_shown_once(address):
    page = signed_in(world.amina())
    assert "No phone yet" in page.get(address).content.decode()
    shown = page.post(address, {"label": "Reception"}).content.decode()
    row = SipCredential.objects.get()
    assert (row.label, row.username in shown) == ("Reception", True)
    password = re.search(r"data-secret>([^<]{24})<", shown)[1]
    again = page.get(address).content.decode()
    assert row.username in again
    assert password not in again


def test_a_phone_gets_another_password_and_is_deleted(address):
    page = signed_in(world.amina())
    page.post(address, {"label": "One"})
    row = SipCredential.objects.get()
    rotated = page.post(f"{address}/{row.id}/rotate")
    assert "data-secret" in rotated.content.decode()
    assert SipCredential.objects.get().ha1 != row.ha1
    assert page.post(f"{address}/{row.id}/delete").status_code == 302
    assert not SipCredential.objects.exists()


def test_a_viewer_sees_the_phones_and_changes_nothing(address):
    viewer = signed_in(world.join(world.acme(), world.person("view@acme.example"), "viewer"))
    assert "Add a phone" not in viewer.get(address).content.decode()
    assert viewer.post(address, {"label": "x"}).status_code == 403
    assert not SipCredential.objects.exists()


def test_the_softphone_is_there_for_those_who_may_call(address):
    viewer = signed_in(world.join(world.acme(), world.person("view@acme.example"), "viewer"))
    assert b"data-softphone-toggle" in signed_in(world.amina()).get(address).content
    assert b"data-softphone-toggle" not in viewer.get(address).content
