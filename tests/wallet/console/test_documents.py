"""The pages of papers and of who is billed, and the statement with its filters."""

import csv
import io

import pytest

from tests import world
from tests.wallet.ledgers import book, nairobi
from wallet.chart import Kind
from wallet.models import BillingProfile, Document, Wallet
from wallet.services import documents

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    """Acme paid in twice in October and called in October and November."""
    tenant = world.acme()
    wallet = Wallet.objects.get(workspace_id=tenant.id, mode="live")
    facts = {"wallet": wallet, "vat": 0, "sign": 1}
    book(kind=Kind.TOPUP, net=50_000, at=nairobi("2026-10-03T10:00"), key="SKA1", **facts)
    book(kind=Kind.TOPUP, net=20_000, at=nairobi("2026-10-04T10:00"), key="SKA2", **facts)
    for day in ("2026-10-05", "2026-11-02"):
        book(wallet, kind=Kind.CALL, net=203, vat=32, sign=-1, at=nairobi(f"{day}T10:00"), key=day)
    return tenant


@pytest.fixture
def client(acme):
    return world.browser(acme.owner).client


def statement():
    documents.close_months(now=nairobi("2026-11-01T00:40"))
    return Document.objects.get(kind="statement")


def rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_list_names_months_and_payments(client):
    paper = statement()
    page = client.get("/wallet/documents").text
    assert paper.number in page
    assert "October 2026" in page
    assert "KES\xa0500.00" in page
    assert "still open" in page


def test_a_statement_has_a_page_a_pdf_and_a_csv(client):
    path = f"/wallet/documents/{statement().id}"
    page = client.get(path).text
    assert "What was sold" in page
    assert "Calls" in page
    pdf = client.get(f"{path}.pdf?language=sw")
    assert (pdf.content[:5], pdf.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    lines = rows(client.get(f"{path}.csv"))
    assert [line["amount"] for line in lines] == ["500.00", "200.00", "-2.35"]


def test_the_open_month_can_be_taken_as_a_draft(client):
    assert client.get("/wallet/documents/draft.pdf").content[:5] == b"%PDF-"
    assert not Document.objects.exists()


def test_a_payment_leads_to_its_receipt_which_is_made_once(client):
    posting = Wallet.objects.get(entries__posting__source_ref="SKA1").entries.first().posting
    first = client.get(f"/wallet/receipts/{posting.id}")
    assert client.get(f"/wallet/receipts/{posting.id}").url == first.url
    assert "SKA1" in client.get(first.url).text
    assert Document.objects.filter(kind="receipt").count() == 1


def test_papers_hide_from_other_workspaces(client):
    paper = statement()
    posting = documents.Posting.objects.get(source_ref="SKA1")
    stranger = world.browser(world.chege().owner).client
    for path in (
        f"documents/{paper.id}", f"documents/{paper.id}.pdf", f"documents/{paper.id}.csv",
        f"receipts/{posting.id}",
    ):  # fmt: skip
        assert stranger.get(f"/wallet/{path}").status_code == 404, path


def test_test_mode_has_no_papers(client):
    paper = statement()
    client.post("/switch", {"mode": "test"})
    assert "live money only" in client.get("/wallet/documents").text
    assert client.get(f"/wallet/documents/{paper.id}").status_code == 404
    assert client.get("/wallet/documents/draft.pdf").status_code == 404


def test_the_statement_is_filtered_by_kind_and_days_of_nairobi(client):
    page = client.get("/wallet?kind=topup&from=2026-10-04&to=2026-10-31").text
    assert "KES\xa0200.00" in page
    assert page.count('id="entry-') == 1
    assert 'value="2026-10-04"' in page
    assert client.get("/wallet?kind=nonsense&from=tomorrow&to=2026-99-99").status_code == 200


def test_the_filtered_statement_is_a_file(client):
    answer = client.get("/wallet/statement.csv?kind=call&to=2026-10-31")
    (line,) = rows(answer)
    assert (line["kind"], line["amount"], line["vat"], line["balance_after"]) == (
        "call", "-2.35", "0.32", "697.65",
    )  # fmt: skip
    assert 'filename="statement-call-2026-10-31.csv"' in answer.headers["Content-Disposition"]
    # A spreadsheet must not compute what a description says.
    assert line["description"].startswith("'+call")


def test_a_long_file_is_streamed(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        assert len(rows(client.get("/wallet/statement.csv"))) == 4


FORM = {"legal_name": "Acme Limited", "kra_pin": "p051 234567 x", "address": "", "email": ""}


def test_who_is_billed_is_saved_by_owners(client, acme):
    assert client.post("/settings/billing", FORM).status_code == 302
    assert BillingProfile.objects.get().kra_pin == "P051234567X"
    assert "P051234567X" in client.get("/settings/billing").text
    member = world.browser(world.brian()).client
    assert member.get("/settings/billing").status_code == 200
    assert member.post("/settings/billing", FORM).status_code == 403


def test_a_wrong_pin_is_kept_beside_its_reason(client):
    page = client.post("/settings/billing", {**FORM, "kra_pin": "12345"}).text
    assert 'value="12345"' in page
    assert "A KRA PIN is a letter A or P" in page
    assert not BillingProfile.objects.exists()


def test_operators_enter_what_etims_answered(acme):
    paper = statement()
    operator = world.person("op@sautikit.example")
    operator.is_staff = operator.is_superuser = True
    operator.save()
    browser = world.browser(operator).client
    path = f"/admin/wallet/document/{paper.id}/change/"
    assert browser.get(path).status_code == 200
    browser.post(path, {"control_unit_number": "KRA1", "control_unit_invoice_number": "1/2",
                        "etims_url": "https://itax.kra.go.ke/x", "reason": "eTIMS"})  # fmt: skip
    paper.refresh_from_db()
    assert paper.control_unit_invoice_number == "1/2"
    assert paper.etims_at is not None
