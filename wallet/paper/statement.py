"""The paper of a month: the tax invoice on what was sold, then how the balance moved."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from wallet.models import Document
from wallet.paper.sheet import SMALL, TITLE, Align, Sheet
from wallet.paper.words import (
    day_of,
    figure,
    issue_day,
    kind_word,
    month_name,
    party_lines,
    percent,
    span_of,
    sum_of,
)

Heads = tuple[tuple[str, int, Align], ...]


def statement_pdf(document: Document, *, language: str) -> bytes:
    """Draw a statement; one that has no number yet says on its face that it is a draft."""
    with translation.override(language):
        return _draw(document, document.body).bytes()


# The body is the JSON that a document keeps.
def _draw(document: Document, body: dict[str, Any]) -> Sheet:
    is_draft = not document.serial
    title = _("Statement and tax invoice")
    number = _("Draft") if is_draft else document.number
    sheet = Sheet(title=title, number=number, made_at=document.issued_at)
    sheet.write_at(TITLE, month_name(body["month"]), bold=True, height=9)
    sheet.write_at(SMALL, f"{title} · {number}", quiet=True)
    sheet.ln(5)
    sheet.columns(
        (_("Seller"), party_lines(body["seller"])),
        (_("Buyer"), party_lines(body["buyer"])),
        (
            _("Document"),
            [
                number,
                f"{_('Period')}: {span_of(body['from'], body['to'])}",
                f"{_('Issued')}: {issue_day(document.issued_at)}",
                body["currency"],
            ],
        ),
    )
    if is_draft:
        sheet.ln(3)
        sheet.note(_("The month is still open: this draft has no number and its sums will change."))
    _supplies(sheet, body)
    _movements(sheet, body)
    _days(sheet, body)
    _registration(sheet, document)
    return sheet


# The body is the JSON that a document keeps.
def _supplies(sheet: Sheet, body: dict[str, Any]) -> None:
    sheet.heading(_("What was sold"))
    heads: Heads = (
        (_("Supply"), 46, "L"), (_("Class"), 22, "L"), (_("Tax type"), 22, "L"),
        (_("Count"), 16, "R"), (_("Net"), 22, "R"), (_("VAT"), 22, "R"), (_("Total"), 24, "R"),
    )  # fmt: skip
    rows = [
        (
            kind_word(line["kind"], is_out=line["gross_minor"] > 0),
            line["item_class"],
            f"{line['tax_type']} · {percent(line['rate_basis_points'])}",
            f"{line['count']:,}",
            figure(line["net_minor"]),
            figure(line["vat_minor"]),
            figure(line["gross_minor"]),
        )
        for line in body["supplies"]
    ]
    sums = (figure(body["net_minor"]), figure(body["vat_minor"]), figure(body["gross_minor"]))
    sheet.rows(heads, rows, total=(_("Total"), "", "", "", *sums))
    sheet.ln(2)
    sheet.note(
        _("Paid from the wallet as it was used; nothing is due. VAT was rounded on each movement ")
        + _("and is added up here.")
    )


# The body is the JSON that a document keeps.
def _movements(sheet: Sheet, body: dict[str, Any]) -> None:
    sheet.heading(_("How the balance moved"))
    heads: Heads = ((_("Movement"), 100, "L"), (_("Count"), 30, "R"), (body["currency"], 44, "R"))
    rows = [(_("Balance at the beginning"), "", figure(body["opening_minor"]))]
    rows += [
        (
            kind_word(line["kind"], is_out=line["amount_minor"] < 0),
            f"{line['count']:,}",
            figure(line["amount_minor"]),
        )
        for line in body["movements"]
    ]
    if owed := body["owed_change_minor"]:
        words = _("Kept open as owed to us") if owed > 0 else _("Paid towards what was owed to us")
        rows.append((words, "", figure(owed)))
    closing = sum_of(body["closing_minor"], body["currency"])
    sheet.rows(heads, rows, total=(_("Balance at the end"), "", closing))


# The body is the JSON that a document keeps.
def _days(sheet: Sheet, body: dict[str, Any]) -> None:
    sheet.heading(_("Day by day"))
    heads: Heads = (
        (_("Day"), 54, "L"), (_("In"), 40, "R"), (_("Out"), 40, "R"), (_("Balance"), 40, "R"),
    )  # fmt: skip
    rows = [
        (
            day_of(day["on"]),
            figure(day["in_minor"]),
            figure(day["out_minor"]),
            figure(day["closing_minor"]),
        )
        for day in body["days"]
    ]
    sheet.rows(heads, rows)
    sheet.ln(2)
    sheet.note(_("Every single movement is in the CSV of this document and on the wallet page."))


def _registration(sheet: Sheet, document: Document) -> None:
    """Leave the place for what the authority's system answers, or show it."""
    sheet.keep_together(48)
    sheet.heading("KRA eTIMS")
    if document.etims_url:
        sheet.qr(document.etims_url)
    if document.etims_at is None:
        sheet.note(_("Not transmitted yet: no control unit invoice number."))
    else:
        unit = document.control_unit_number
        sheet.note(f"{_('Control unit number')}: {unit}")
        sheet.note(f"{_('Control unit invoice number')}: {document.control_unit_invoice_number}")
        sheet.note(document.etims_url)
    sheet.ln(2)
    if document.digest:
        sheet.note(f"{_('Fingerprint of this document')} (SHA-256): {document.digest}")
