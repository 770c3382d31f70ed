"""The lists of the back office are read by people: money in shillings, codes in words, our dates."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from kernel.money import Money
from kernel.money_field import ShillingsField
from kernel.readable import columns, is_money
from tests import operators, world
from wallet.models import MpesaReceipt, Posting
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


def test_rows_under_another_one_write_it_so_too():
    number = world.claim(world.acme())
    browser = operators.browser()
    rents = browser.get(operators.page(number)).text
    assert "KES 100.00" in rents
    assert "price minor" not in rents.lower()
    entries = browser.get(operators.page(Posting.objects.filter(kind="rental").get())).text
    assert "Balance after" in entries
    assert "amount minor" not in entries.lower()


def test_money_under_a_row_is_in_the_currency_of_that_row():
    number = world.claim(world.acme())
    number.currency = "UGX"
    rent = number.rentals.get()
    rent.number = number
    (shown,) = columns(type(rent), ["net_minor"])
    assert shown(rent).startswith("UGX ")


def test_a_list_is_still_sorted_by_its_money(receipts):
    answer = operators.browser().get("/admin/wallet/mpesareceipt/?o=2")
    assert answer.status_code == 200
    assert "KES 2,500.00" in answer.text


def test_a_form_asks_for_money_in_shillings_and_keeps_cents():
    row, browser = world.offer(), operators.browser()
    page = browser.get(operators.page(row)).text
    assert 'value="100.00"' in page
    assert "Monthly price (shillings)" in page
    assert "3.00 is three shillings" in page
    facts = {
        "e164": row.e164, "country": "KE", "capabilities": "voice", "mode": "both",
        "monthly_price_minor": "1,250.50", "inbound_per_min_minor": "0",
        "outbound_per_min_minor": "300", "currency": "KES", "reason": "The new list",
    }  # fmt: skip
    refused = browser.post(operators.page(row), facts | {"outbound_per_min_minor": "3.005"}).text
    assert "Type shillings, such as 500 or 4.50." in refused
    assert 'value="3.005"' in refused
    assert browser.post(operators.page(row), facts).status_code == 302
    row.refresh_from_db()
    assert (row.monthly_price_minor, row.inbound_per_min_minor) == (125_050, 0)
    assert Money(row.outbound_per_min_minor, row.currency) == Money(30_000, "KES")


@pytest.mark.parametrize(
    ("model", "page"),
    operators.admins(),
    ids=lambda it: it.__name__ if isinstance(it, type) else "",
)
def test_no_form_of_the_back_office_asks_for_cents(model, page, rf):
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    if page.has_add_permission(request):
        fields = page.get_form(request)().fields
        asked = {name: field for name, field in fields.items() if is_money(name)}
        assert all(isinstance(field, ShillingsField) for field in asked.values())
