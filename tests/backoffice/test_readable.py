"""The lists of the back office are read by people: money in shillings, codes in words, our dates."""

from datetime import UTC, datetime

import pytest

from tests import operators, world
from wallet.models import MpesaReceipt
from wallet.services.landing import land

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipts():
    acme = world.acme()
    land(receipt_no="UKM8R4XC1P", amount_minor=250_000, paid_at=datetime(2026, 7, 28, 22, 5, tzinfo=UTC),
         shortcode="409900", source="c2b", bill_ref=acme.workspace.mpesa_account_ref)  # fmt: skip
    return operators.browser().get("/admin/wallet/mpesareceipt/").text


def test_money_is_written_as_money(receipts):
    assert "KES 2,500.00" in receipts
    assert "250000" not in receipts
    assert "Amount minor" not in receipts


def test_a_time_is_that_of_nairobi_with_the_day_first(receipts):
    assert "29 Jul 2026, 01:05" in receipts


def test_a_page_of_one_row_writes_it_so_too(receipts):
    row = MpesaReceipt.objects.get()
    page = operators.browser().get(f"/admin/wallet/mpesareceipt/{row.pk}/change/").text
    assert "KES 2,500.00" in page
    assert "250000" not in page


def test_a_list_is_still_sorted_by_its_money(receipts):
    answer = operators.browser().get("/admin/wallet/mpesareceipt/?o=2")
    assert answer.status_code == 200
    assert "KES 2,500.00" in answer.text
