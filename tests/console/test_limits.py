"""The page of spending limits: who may change what, and what a typed amount means."""

import pytest
from django.urls import reverse

from calls.models import CallPolicy, DoNotCall
from tests import world
from tests.calls import story
from wallet.models import Limit

pytestmark = pytest.mark.django_db


def text_of(browser, path="/wallet/limits"):
    return " ".join(browser.get(path).text.split())


def test_an_owner_sets_limits_of_the_workspace_and_of_a_key():
    where = world.acme()
    key = world.issue(where, label="till").key
    browser = world.browser(where.owner).client
    browser.post("/wallet/limits/set", {"day_minor": "5,000", "minute_minor": "4.50"})
    browser.post(f"/wallet/limits/keys/{key.id}", {"day_minor": "10"})
    own, of_key = Limit.objects.order_by("-day_minor")
    assert (own.day_minor, own.call_minor, own.minute_minor) == (500_000, None, 450)
    assert (of_key.day_minor, of_key.api_key_id) == (1_000, key.id)
    page = text_of(browser)
    assert "KES 0.00 of KES 5,000.00 spent or held today" in page
    assert 'value="4.50"' in page
    browser.post("/wallet/limits/set", {})
    assert Limit.objects.get(api_key=None).day_minor is None


@pytest.mark.parametrize("typed", ["-1", "ten", "1.005", "NaN", "9" * 19])
def test_an_amount_that_cannot_be_read_changes_nothing(typed):
    browser = world.browser(world.acme().owner).client
    answer = browser.post("/wallet/limits/set", {"day_minor": typed, "call_minor": "20"})
    assert answer.status_code == 400
    assert "Type shillings" in answer.text
    # What was typed stays, what was wrong and what was not.
    assert f'value="{typed}"' in answer.text
    assert 'value="20"' in answer.text
    assert not Limit.objects.exists()


def test_a_wrong_amount_of_a_key_stands_at_that_key():
    where = world.acme()
    key = world.issue(where).key
    browser = world.browser(where.owner).client
    page = browser.post(f"/wallet/limits/keys/{key.id}", {"day_minor": "ten"}).text
    assert page.count('aria-invalid="true"') == 1
    assert f'id="key-{key.id}-day_minor-error"' in page


def test_what_is_no_number_is_refused_at_its_field():
    browser = world.browser(world.acme().owner).client
    answer = browser.post("/wallet/limits/do-not-call", {"e164": "12", "reason": "asked"})
    assert answer.status_code == 400
    assert "Type a phone number, such as 0712 345 678" in answer.text
    assert 'value="12"' in answer.text
    assert 'value="asked"' in answer.text
    assert not DoNotCall.objects.exists()


def test_a_member_sees_the_limits_and_may_only_add_numbers_to_the_list():
    where = world.acme()
    world.browser(where.owner).client.post("/wallet/limits/set", {"day_minor": "50"})
    browser = world.browser(world.brian()).client
    page = text_of(browser)
    assert "Save these limits" not in page
    assert "KES 50.00" in page
    assert browser.post("/wallet/limits/set", {"day_minor": "99"}).status_code == 403
    browser.post("/wallet/limits/do-not-call", {"e164": "0712 345 678", "reason": "asked"})
    assert DoNotCall.objects.get().e164 == story.FRIEND
    browser.post(f"/wallet/limits/do-not-call/{story.FRIEND}/remove")
    assert not DoNotCall.objects.exists()


def test_the_key_of_another_workspace_is_unknown_here():
    key = world.issue(world.chege()).key
    browser = world.browser(world.acme().owner).client
    assert browser.post(f"/wallet/limits/keys/{key.id}", {"day_minor": "1"}).status_code == 404
    assert not Limit.objects.exists()


def test_the_warning_is_switched_on_and_off():
    where = world.acme()
    browser = world.browser(where.owner).client
    browser.post("/wallet/limits/warning", {"warns": "on"})
    assert CallPolicy.objects.get().warns_before_end
    browser.post("/wallet/limits/warning", {})
    assert not CallPolicy.objects.get().warns_before_end


def test_the_page_stands_under_the_wallet():
    page = text_of(world.browser(world.acme().owner).client)
    assert 'aria-current="page"' in page.split("Wallet")[0].rsplit("<a", 1)[1]


def test_another_language_leads_from_a_refused_form_back_to_the_form():
    browser = world.browser(world.acme().owner).client
    form = "http://testserver/wallet/limits"
    page = browser.post("/wallet/limits/set", {"day_minor": "ten"}, headers={"referer": form}).text
    assert f'name="next" value="{form}"' in page
    chosen = browser.post(reverse("set_language"), {"language": "sw", "next": form})
    assert chosen["Location"] == form
