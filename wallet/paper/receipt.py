"""The paper of one payment: a receipt without VAT, which is taken when money is spent."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from wallet.models import Document
from wallet.paper.sheet import SMALL, TITLE, Align, Sheet
from wallet.paper.words import issue_day, moment_of, party_lines, sum_of


def receipt_pdf(document: Document, *, language: str) -> bytes:
    """Draw the receipt of a payment."""
    with translation.override(language):
        return _draw(document).bytes()


def _draw(document: Document) -> Sheet:
    body = document.body
    title = _("Payment receipt")
    sheet = Sheet(title=title, number=document.number, made_at=document.issued_at)
    amount = sum_of(body["amount_minor"], body["currency"])
    sheet.write_at(TITLE, amount, bold=True, height=9)
    sheet.write_at(SMALL, f"{title} · {document.number}", quiet=True)
    sheet.ln(5)
    sheet.columns(
        (_("Received by"), party_lines(body["seller"])),
        (_("Received from"), party_lines(body["buyer"])),
        (_("Document"), [document.number, f"{_('Issued')}: {issue_day(document.issued_at)}"]),
    )
    sheet.heading(_("The payment"))
    ways = {"stk": _("M-Pesa prompt"), "paybill": _("M-Pesa Paybill")}
    heads: tuple[tuple[str, int, Align], ...] = (("", 60, "L"), ("", 114, "R"))
    rows = [
        (_("M-Pesa receipt"), body["provider_reference"]),
        (_("Way"), ways.get(body["channel"], body["channel"])),
        (_("Paid"), moment_of(body["paid_at"])),
        (_("In the wallet"), moment_of(body["credited_at"])),
    ]
    if body["phone"]:
        rows.append((_("Phone"), body["phone"]))
    sheet.rows(heads, rows, total=(_("Received"), amount))
    sheet.ln(2)
    sheet.note(
        _("A payment into the wallet is no sale and carries no VAT; ")
        + _("the monthly statement shows the VAT of what was bought with it.")
    )
    sheet.ln(2)
    sheet.note(f"{_('Fingerprint of this document')} (SHA-256): {document.digest}")
    return sheet
