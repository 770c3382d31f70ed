"""Statements of closed months and receipts: gapless numbers, frozen bodies, sums of the ledger."""

import csv
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.db.utils import IntegrityError, ProgrammingError
from hypothesis import HealthCheck, given, settings

from kernel.models import Mail
from tests import world
from tests.wallet.books import facts, make_wallet, together
from tests.wallet.ledgers import book, book_all, moves, nairobi
from wallet import export, monthly, papers, services
from wallet.chart import Account, Kind
from wallet.models import Document, DocumentSeries, Entry, Wallet
from wallet.services import billing, documents
from wallet.tax import normalise_pin

pytestmark = pytest.mark.django_db
LATER = nairobi("2027-06-01T00:40")


def spend(wallet, at, *, net=203, vat=32, kind=Kind.CALL, key=None):
    return book(wallet, kind=kind, net=net, vat=vat, sign=-1, at=nairobi(at), key=key or at)


def top_up(wallet, at, amount=100_000, key=None):
    return book(wallet, kind=Kind.TOPUP, net=amount, vat=0, sign=1, at=nairobi(at), key=key or at)


def statements(wallet):
    return list(Document.objects.filter(workspace=wallet.workspace_id).order_by("month"))


@given(drawn=moves)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_sums_of_statements_are_those_of_the_ledger(drawn):
    wallet = make_wallet()
    book_all(wallet, drawn, nairobi("2026-01-30T22:00"))
    documents.close_months(now=LATER)
    papers_of = statements(wallet)
    opening, covered = 0, 0
    for paper in papers_of:
        body = paper.body
        entries = papers.entries_of(paper)
        posted = Entry.objects.filter(posting__in=entries.values("posting"))
        vat = posted.filter(account=Account.VAT_PAYABLE).aggregate(sum=Sum("amount_minor"))["sum"]
        moved = sum(entry.amount_minor for entry in entries)
        assert body["opening_minor"] == opening
        assert body["closing_minor"] == opening + moved
        steps = sum(line["amount_minor"] for line in body["movements"])
        assert opening + steps + body["owed_change_minor"] == body["closing_minor"]
        assert sum(day["in_minor"] + day["out_minor"] for day in body["days"]) == moved
        assert body["vat_minor"] == paper.vat_minor == (vat or 0)
        assert body["net_minor"] + body["vat_minor"] == paper.total_minor
        sold = posted.filter(account__startswith="revenue:").aggregate(sum=Sum("amount_minor"))
        fixed = sum(
            -entry.amount_minor
            for entry in posted.filter(account=Account.ADJUSTMENTS, posting__vat_minor__gt=0)
        )
        assert body["net_minor"] == (sold["sum"] or 0) - fixed
        assert sum_of_csv(entries) == moved
        opening, covered = body["closing_minor"], covered + len(entries)
    wallet.refresh_from_db()
    assert opening == wallet.balance_minor
    assert covered == wallet.entries.count()
    assert documents.close_months(now=LATER) == 0


def sum_of_csv(entries):
    rows = list(csv.DictReader(export.lines(entries)))
    return sum(round(float(row["amount"]) * 100) for row in rows)


def test_the_month_ends_at_midnight_in_nairobi():
    wallet = make_wallet()
    top_up(wallet, "2026-10-31T23:59:59.999")
    spend(wallet, "2026-11-01T00:00:00")
    assert documents.close_months(now=nairobi("2026-10-31T23:59:59")) == 0
    assert documents.close_months(now=nairobi("2026-11-01T00:40")) == 1
    (october,) = statements(wallet)
    assert (october.month, october.total_minor) == ("2026-10", 0)
    assert october.body["closing_minor"] == 100_000
    assert documents.close_months(now=nairobi("2026-11-30T23:59")) == 0
    documents.close_months(now=nairobi("2026-12-01T00:40"))
    november = statements(wallet)[1]
    assert (november.body["opening_minor"], november.total_minor) == (100_000, 235)
    assert november.body["days"][0]["on"] == "2026-11-01"


@pytest.mark.parametrize(
    ("month", "last", "following"),
    [
        ("2028-02", date(2028, 2, 29), "2028-03"),
        ("2027-02", date(2027, 2, 28), "2027-03"),
        ("2026-12", date(2026, 12, 31), "2027-01"),
    ],
)
def test_months_end_as_the_calendar_says(month, last, following):
    assert monthly.last_day(month) == last
    assert monthly.next_month(month) == following


def test_a_month_without_movement_has_no_statement():
    wallet = make_wallet()
    top_up(wallet, "2026-08-03T10:00")
    spend(wallet, "2026-10-05T10:00")
    documents.close_months(now=nairobi("2026-11-01T00:40"))
    assert [paper.month for paper in statements(wallet)] == ["2026-08", "2026-10"]


def test_a_row_that_came_late_is_in_the_next_statement_and_none_is_lost():
    wallet = make_wallet()
    top_up(wallet, "2026-10-03T10:00")
    documents.close_months(now=nairobi("2026-11-01T00:40"))
    spend(wallet, "2026-10-31T23:59:59")
    documents.close_months(now=nairobi("2026-12-01T00:40"))
    october, november = statements(wallet)
    assert october.total_minor == 0
    assert (november.month, november.total_minor) == ("2026-11", 235)


def test_test_money_has_no_papers():
    wallet = make_wallet(50_000, mode="test")
    top_up(wallet, "2026-10-03T10:00")
    assert documents.close_months(now=LATER) == 0
    assert documents.issue_receipts() == 0


def test_a_refused_issue_gives_its_number_back():
    wallet = make_wallet()
    posting = top_up(wallet, "2026-10-03T10:00")

    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        documents.issue_receipt(posting)
        raise Stop
    first = documents.issue_receipt(posting)
    second = documents.issue_receipt(top_up(wallet, "2026-10-04T10:00"))
    assert (first.serial, second.serial) == (1, 2)
    assert documents.issue_receipt(posting) == first


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_numbered_without_a_gap():
    wallets = [make_wallet() for _ in range(6)]
    postings = [top_up(wallet, "2026-10-03T10:00", key=str(wallet.id)) for wallet in wallets]
    twice = together(12, lambda index: documents.issue_receipt(postings[index % 6]))
    assert sorted(paper.serial for paper in twice) == sorted([*range(1, 7), *range(1, 7)])
    assert DocumentSeries.objects.get().last == 6
    assert Document.objects.count() == 6


def test_a_paper_is_frozen_and_etims_answers_once():
    wallet = make_wallet()
    paper = documents.issue_receipt(top_up(wallet, "2026-10-03T10:00"))
    for change in ({"total_minor": 1}, {"body": {}}, {"serial": 9}):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Document.objects.filter(id=paper.id).update(**change)
    answer = {
        "control_unit_number": "KRA1",
        "url": "https://itax.kra.go.ke/x",
        "actor": "operator:1",
    }
    assert documents.record_etims(paper, control_unit_invoice_number="1/2", **answer)
    assert not documents.record_etims(paper, control_unit_invoice_number="9/9", **answer)
    paper.refresh_from_db()
    assert paper.control_unit_invoice_number == "1/2"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        paper.delete()


def test_a_paper_keeps_the_buyer_as_it_was():
    acme = world.acme()
    wallet = Wallet.objects.get(workspace_id=acme.id, mode="live")
    before = documents.issue_receipt(top_up(wallet, "2026-10-03T10:00"))
    save(acme, kra_pin="p051 234567 x", legal_name="Acme Limited")
    after = documents.issue_receipt(top_up(wallet, "2026-10-04T10:00"))
    before.refresh_from_db()
    assert (before.body["buyer"]["name"], before.body["buyer"]["pin"]) == ("Acme Fintech", "")
    assert (after.body["buyer"]["name"], after.body["buyer"]["pin"]) == (
        "Acme Limited", "P051234567X",
    )  # fmt: skip


def save(tenant, **changes):
    said = {"legal_name": "", "kra_pin": "", "address": "", "email": "", **changes}
    return billing.save_profile(workspace_id=tenant.id, actor="user:1", **said)


def test_the_statement_is_announced_to_who_is_billed_else_to_the_owners():
    acme, duka = world.acme(), world.chege()
    save(acme, email="Books@Acme.example")
    for tenant in (acme, duka):
        top_up(Wallet.objects.get(workspace_id=tenant.id, mode="live"), "2026-10-03T10:00",
               key=str(tenant.id))  # fmt: skip
    documents.close_months(now=nairobi("2026-11-01T00:40"))
    assert set(Mail.objects.values_list("to", flat=True)) == {
        "books@acme.example", "chege@duka.example",
    }  # fmt: skip
    mail = Mail.objects.get(to="books@acme.example")
    assert "October 2026" in mail.subject
    paper = Document.objects.get(workspace=acme.id)
    assert f"/wallet/documents/{paper.id}" in mail.text


def test_every_live_payment_gets_one_receipt():
    wallet = make_wallet()
    top_up(wallet, "2026-10-03T10:00")
    top_up(wallet, "2026-10-04T10:00")
    assert documents.issue_receipts() == 2
    assert documents.issue_receipts() == 0
    assert Document.objects.filter(kind="receipt", vat_minor=0).count() == 2


def test_what_a_real_charge_books_is_what_the_statement_says():
    wallet = make_wallet(100_000)
    services.charge(**facts(wallet))
    documents.close_months(now=LATER + timedelta(days=3650))
    (paper,) = statements(wallet)
    (line,) = paper.body["supplies"]
    assert (line["net_minor"], line["vat_minor"], line["tax_type"]) == (203, 32, "B")
    assert line["item_class"] == "83111500"


@pytest.mark.parametrize("typed", ["P051234567X", " p051 234567 x", "A012345678-Z"])
def test_a_pin_is_read_as_people_type_it(typed):
    assert len(normalise_pin(typed)) == 11


@pytest.mark.parametrize("typed", ["P05123456X", "B051234567X", "P051234567", "P0512345678", ""])
def test_what_is_no_pin_is_refused(typed):
    with pytest.raises(ValueError, match="not a KRA PIN"):
        normalise_pin(typed)
