"""Pay Bill on the phone's page in a real browser, on a narrow screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.sandbox.peers import Sandbox
from tests.sandbox.test_browse_phone import fits, shoot, site, strict

__all__ = ["site", "strict"]

pytestmark = pytest.mark.xdist_group("sandbox-browser")
PHONE = "+254749000001"


def test_a_bill_is_paid_by_hand_and_a_wrong_pin_is_said(site: str, sandbox: Sandbox, page: Page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site}/sandbox/phone/{PHONE}")
    for pin, said in (
        ("9999", "That is not the PIN"),
        ("1234", "sent to SAUTIKIT for account TS-1"),
    ):
        page.get_by_text("Lipa na M-PESA → Pay Bill").click()
        page.get_by_label("Account number").fill("TS-1")
        page.get_by_label("Amount").fill("1,500")
        page.get_by_label("Enter M-PESA PIN").fill(pin)
        shoot(page, "phone-pay-bill-320")
        assert fits(page)
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_text(said)).to_be_visible()
