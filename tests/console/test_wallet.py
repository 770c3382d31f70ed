"""The wallet's pages: the money, the statement, the top-up."""

import pytest

from tests import world
from tests.calls import story
from wallet import queries, services
from wallet.models import TopUp

pytestmark = pytest.mark.django_db

FORM = {"amount": "500", "phone": "0712 345 678"}


@pytest.fixture(autouse=True)
def paybill(settings):
    """Our M-Pesa set-up is complete; no worker runs, so nothing is sent."""
    settings.DARAJA_CONSUMER_KEY, settings.DARAJA_CONSUMER_SECRET = "key", "secret"
    settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "demo-passkey-0001"


def browser(user=None):
    return world.browser(user or world.amina()).client


def test_the_statement_names_every_movement_and_the_balance_after_it():
    acme = world.acme()
    world.claim(acme)
    page = browser().get("/wallet")
    assert "Number rental" in page.text
    assert "leaves" in page.text
    assert 'data-direction="in"' in page.text
    assert 'data-direction="out"' in page.text


def test_the_statement_can_be_narrowed_to_a_kind():
    world.claim(world.acme())
    page = browser().get("/wallet?kind=topup")
    assert "Nothing of this kind yet" in page.text


def test_held_money_is_said():
    story.place(world.acme(), money=10_000)
    assert "held by calls in progress" in browser().get("/wallet").text


def test_the_top_up_is_a_page_without_scripts_and_a_sheet_with_them():
    page = browser().get("/wallet/topup").text
    sheet = browser().get(
        "/wallet/topup", headers={"HX-Request": "true", "HX-Target": "sheet-body"}
    )
    assert "<html" in page
    assert "<h1>Top up wallet</h1>" in page
    assert "<html" not in sheet.text
    assert "Top up wallet" in sheet.text


def test_the_paybill_way_shows_the_account_number():
    page = browser().get("/wallet/topup").text
    assert "409900" in page
    assert world.acme().workspace.mpesa_account_ref in page


def test_a_prompt_is_asked_for_and_followed():
    answer = browser().post("/wallet/topup", FORM)
    topup = TopUp.objects.get()
    assert (topup.amount_minor, topup.phone_e164) == (50_000, "+254712345678")
    assert answer.url == f"/wallet/topup/{topup.id}"
    page = browser().get(answer.url).text
    assert "enter your M-Pesa PIN" in page
    assert "0712 ••• 678" in page
    assert f'data-live="topup:{topup.id}"' in page
    assert "data-hot" in page


def test_inside_the_sheet_the_steps_come_at_once():
    headers = {"HX-Request": "true", "HX-Target": "sheet-body"}
    answer = browser().post("/wallet/topup", FORM, headers=headers)
    assert answer.status_code == 200
    assert "Request sent" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "0712 34"}, "Type a Kenyan mobile number"),
        ({"amount": "other", "other_amount": "5"}, "Choose from KES 10.00"),
        ({"amount": "other", "other_amount": "300000"}, "to KES 250,000.00"),
        ({"amount": "other", "other_amount": "ten"}, "Type whole shillings"),
    ],
)
def test_what_was_typed_is_kept_beside_the_reason(change, words):
    page = browser().post("/wallet/topup", {**FORM, **change})
    assert words in page.text
    assert 'aria-invalid="true"' in page.text
    assert not TopUp.objects.exists()


def test_the_phone_that_paid_last_is_offered_masked():
    browser().post("/wallet/topup", FORM)
    page = browser().get("/wallet/topup").text
    assert "0712 ••• 678" in page
    assert "+254712345678" not in page


def test_a_failure_is_told_in_words_with_one_way_on():
    browser().post("/wallet/topup", FORM)
    topup = TopUp.objects.get()
    TopUp.objects.update(status="pushing")
    topup.refresh_from_db()
    services.topups.fail(topup, reason="cancelled", source="callback", code="1032")
    page = browser().get(f"/wallet/topup/{topup.id}").text
    assert "You cancelled the prompt. You were not charged." in page
    assert "Try again" in page


def test_test_money_arrives_at_once_and_the_page_shows_the_receipt():
    client = browser()
    client.post("/switch", {"mode": "test"})
    page = client.get(client.post("/wallet/topup", FORM).url).text
    assert "KES\xa0500.00 received" in page
    assert queries.balance(world.acme().id, "test").balance_minor == 50_000


def test_chege_cannot_follow_a_top_up_of_acme():
    browser().post("/wallet/topup", FORM)
    page = browser(world.chege().owner).get(f"/wallet/topup/{TopUp.objects.get().id}")
    assert page.status_code == 404


def test_a_viewer_sees_the_money_and_cannot_pay_in():
    acme = world.acme()
    viewer = world.join(acme, world.person("vera@acme.example"), "viewer")
    assert browser(viewer).get("/wallet").status_code == 200
    assert browser(viewer).get("/wallet/topup").status_code == 403


def test_the_paybill_way_can_be_linked_to():
    page = browser().get("/wallet/topup?way=paybill").text
    assert 'id="way-paybill" checked' in page
