"""The top-up modal in a real browser: narrow, by keyboard, in both languages, to the last state."""

import pytest
from playwright.sync_api import Page, expect

from kernel.models import Work
from tests import world
from tests.sandbox.test_browse_phone import fits, shoot
from tests.wallet.daraja import deliver, paid, process_all, result
from tests.wallet.test_paybill import c2b, post
from wallet.models import Claim, TopUp
from wallet.mpesa.reference import new_reference
from wallet.services import topups

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]


@pytest.fixture
def acme(script):
    made = world.acme()
    type(made.workspace).objects.filter(id=made.id).update(mpesa_account_ref=new_reference())
    made.workspace.refresh_from_db()
    return made


@pytest.fixture
def modal(acme, live_server, page: Page, settings):
    settings.PUBLIC_URL = settings.LIVE_URL = live_server.url
    cookie = world.browser(acme.owner).client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{live_server.url}/wallet/topup")
    return page


def send(page: Page) -> TopUp:
    page.get_by_text("KES 500").click()
    page.get_by_label("M-Pesa phone number").fill("0712 345 678")
    page.get_by_role("button", name="Send prompt").click()
    expect(page.get_by_text("Check your phone and enter your M-Pesa PIN")).to_be_visible()
    asked = TopUp.objects.get(channel="stk")
    topups.push_topup(str(asked.id))
    asked.refresh_from_db()
    return asked


def test_a_prompt_is_followed_to_the_money(modal: Page):
    shoot(modal, "topup-320-amount")
    assert fits(modal)
    asked = send(modal)
    expect(modal.locator("[data-countdown-text]")).to_contain_text("seconds left")
    shoot(modal, "topup-320-waiting")
    assert fits(modal)
    # Nobody is led to send a second prompt while the first is open.
    sheet = modal.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Send prompt")).to_have_count(0)
    expect(sheet.get_by_text("Try again")).to_have_count(0)
    modal.get_by_role("button", name="I paid but nothing happened").click()
    expect(modal.get_by_text("We asked M-Pesa again")).to_be_visible()
    assert Work.objects.filter(name="kernel.run_job", ref="wallet.pull_recent").exists()
    deliver(asked, paid(asked))
    process_all()
    expect(modal.get_by_text("KES 500.00 received")).to_be_visible(timeout=15_000)
    expect(modal).to_have_title("KES 500.00 received · Sautikit")
    shoot(modal, "topup-320-paid")
    assert fits(modal)


def test_a_refusal_says_what_to_do_and_late_money_still_shows(modal: Page):
    asked = send(modal)
    deliver(asked, result(asked, 1032))
    process_all()
    expect(modal.get_by_text("You were not charged")).to_be_visible(timeout=15_000)
    shoot(modal, "topup-320-cancelled")
    topup_url = modal.url
    modal.goto(topup_url.replace("/wallet/topup", "/numbers"))
    expect(modal.locator("#late-payment")).to_be_attached()
    deliver(asked, paid(asked))
    process_all()
    toast = modal.get_by_text("KES 500.00 arrived late and is now in your wallet.")
    expect(toast).to_be_visible(timeout=30_000)
    shoot(modal, "topup-320-late-toast")
    modal.goto(f"{topup_url}/{asked.id}")
    expect(modal.get_by_text("It arrived after we had given up waiting")).to_be_visible()


def test_the_paybill_tab_is_reached_by_keyboard_and_flips_by_itself(modal: Page, acme):
    modal.locator("#way-prompt").focus()
    modal.keyboard.press("ArrowRight")
    expect(modal.get_by_text("Business number")).to_be_visible()
    expect(modal.get_by_text("Waiting for your payment")).to_be_visible()
    shoot(modal, "topup-320-paybill")
    assert fits(modal)
    post(c2b(acme.workspace.mpesa_account_ref))
    process_all()
    expect(modal.get_by_text("KES 500.00 received")).to_be_visible(timeout=15_000)
    expect(modal.get_by_text("UKM8R4XC1P")).to_be_visible()


def test_a_wrong_account_number_is_claimed_from_the_paybill_tab(modal: Page):
    modal.get_by_text("Pay with Paybill").first.click()
    modal.get_by_text("I used the wrong account number").click()
    sheet = modal.get_by_role("dialog")
    sheet.get_by_label("M-Pesa receipt").fill("ukm8r4xc1p")
    sheet.get_by_label("Amount in whole shillings").fill("500")
    sheet.get_by_label("Last 3 digits of the phone that paid").fill("678")
    shoot(modal, "topup-320-claim")
    assert fits(modal)
    sheet.get_by_role("button", name="Send").click()
    expect(modal.get_by_text("Thank you.")).to_be_visible()
    assert Claim.objects.get().receipt_no == "UKM8R4XC1P"


def test_the_modal_speaks_kiswahili(modal: Page, settings):
    url = modal.url
    modal.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "sw", "url": url.split("/wallet")[0]}]
    )
    modal.goto(url)
    expect(modal.get_by_text("Chagua kiasi")).to_be_visible()
    expect(modal.get_by_role("button", name="Tuma ombi")).to_be_visible()
    modal.locator("#way-prompt").focus()
    modal.keyboard.press("ArrowRight")
    expect(modal.get_by_text("Nimetumia nambari ya akaunti isiyo sahihi")).to_be_visible()
    shoot(modal, "topup-320-kiswahili")
    assert fits(modal)
