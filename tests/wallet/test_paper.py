"""The PDF of a statement and of a receipt: A4, black on white, our type, both languages."""

import numpy as np
import pypdfium2
import pytest

from tests.wallet.books import make_wallet
from tests.wallet.ledgers import book, nairobi
from wallet.chart import Kind
from wallet.models import Document
from wallet.paper.receipt import receipt_pdf
from wallet.paper.statement import statement_pdf
from wallet.services import documents

pytestmark = pytest.mark.django_db
A4 = (595, 842)


@pytest.fixture
def papers(settings):
    settings.SELLER_PIN = "P051999888Z"
    wallet = make_wallet()
    paid = {"vat": 0, "sign": 1, "at": nairobi("2026-10-03T10:00")}
    book(wallet, kind=Kind.TOPUP, net=125_000_00, key="SKL1ABC234", **paid)
    for day in range(3, 29):
        at = nairobi(f"2026-10-{day:02d}T12:00")
        book(wallet, kind=Kind.CALL, net=203, vat=32, sign=-1, at=at, key=f"c{day}")
    documents.close_months(now=nairobi("2026-11-01T00:40"))
    documents.issue_receipts()
    return {paper.kind: paper for paper in Document.objects.all()}


def read(pdf):
    file = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in file)
    return file, " ".join(text.split())


def test_a_statement_says_all_that_a_tax_invoice_must(papers):
    file, text = read(statement_pdf(papers["statement"], language="en"))
    assert tuple(round(side) for side in file[0].get_size()) == A4
    for words in (
        "INV-", "October 2026", "KRA PIN: P051999888Z", "83111500", "B · 16 %", "8.32", "61.10",
        "Statement and tax invoice", "eTIMS", papers["statement"].digest,
    ):  # fmt: skip
        assert words in text, words
    assert f"Page 1 of {len(file)}" in text


def test_a_statement_speaks_kiswahili(papers):
    _file, text = read(statement_pdf(papers["statement"], language="sw"))
    for words in ("Taarifa na ankara ya kodi", "Muuzaji", "Mnunuzi", "Salio la mwisho", "Oktoba"):
        assert words in text, words


def test_paper_is_printed_in_black(papers):
    file, _text = read(receipt_pdf(papers["receipt"], language="en"))
    pixels = np.asarray(file[0].render(scale=1).to_pil().convert("RGB"))
    assert (pixels == pixels[:, :, :1]).all()
    assert pixels.min() < 40 and pixels.max() == 255


def test_a_receipt_names_the_payment_and_no_tax(papers):
    _file, text = read(receipt_pdf(papers["receipt"], language="en"))
    assert "SKL1ABC234" in text
    assert "KES 125,000.00" in text
    assert "carries no VAT" in text


def test_the_answer_of_etims_is_shown_with_its_code(papers):
    paper = papers["statement"]
    link = "https://itax.kra.go.ke/KRA-Portal/invoiceChk.htm?invoiceNo=1"
    documents.record_etims(
        paper, control_unit_number="KRAMW1", control_unit_invoice_number="17/42", url=link,
        actor="operator:1",
    )  # fmt: skip
    paper.refresh_from_db()
    _file, text = read(statement_pdf(paper, language="en"))
    assert "17/42" in text
    assert "Not transmitted" not in text


def test_the_same_paper_is_drawn_the_same(papers):
    first, second = (statement_pdf(papers["statement"], language="en") for _ in range(2))
    assert first == second
