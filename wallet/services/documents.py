"""Papers: the statement of a closed month, the receipt of a payment, and what eTIMS answers."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.dateformat import format as format_date

from kernel import audit, clock, mail
from kernel.money import Money
from wallet import monthly
from wallet.chart import Kind
from wallet.errors import DocumentNotFound
from wallet.models import BillingProfile, Document, Entry, Posting, TopUp, Wallet
from wallet.monthly import Stretch

STATEMENTS, RECEIPTS = "INV", "RCT"
PAYMENTS = (Kind.TOPUP.value, Kind.SUSPENSE_RELEASE.value)
RECEIPTS_AT_ONCE = 500

_NEXT_NUMBER = """
    INSERT INTO wallet_documentseries (name, last) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last = wallet_documentseries.last + 1 RETURNING last
"""
_UNSTATED = """
    SELECT w.id FROM wallet_wallet w
     WHERE w.mode = 'live' AND EXISTS (
        SELECT 1 FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
         WHERE e.wallet_id = w.id AND p.created_at < %s
           AND e.id > coalesce((SELECT max(d.last_entry_id) FROM wallet_document d
                                 WHERE d.workspace_id = w.workspace_id), 0))
     ORDER BY w.id
"""


def close_months(*, now: datetime | None = None) -> int:
    """Issue every statement of a month that is over; return how many. Idempotent."""
    moment = now or clock.now()
    current = monthly.month_of(clock.nairobi_today(moment))
    with connection.cursor() as cursor:
        cursor.execute(_UNSTATED, [monthly.start_of(current)])
        wallets = [row[0] for row in cursor.fetchall()]
    issued = 0
    for wallet_id in wallets:
        while issue_statement(wallet_id, before=current):
            issued += 1
    return issued


@transaction.atomic
def issue_statement(wallet_id: UUID, *, before: str) -> Document | None:
    """Freeze the earliest month of a wallet that has no statement yet; None when all have one.

    Locks the wallet, so that every entry of the month is there, then the series. Idempotent by
    workspace and month.
    """
    wallet = (
        Wallet.objects.select_for_update(no_key=True).select_related("workspace").get(id=wallet_id)
    )
    stated = Document.objects.filter(workspace=wallet.workspace_id, kind=Document.Kind.STATEMENT)
    last = stated.order_by("-last_entry_id").first()
    after = last.last_entry_id if last else 0
    month = _month_after(wallet, after, last)
    if month is None or month >= before:
        return None
    stretch = Stretch(wallet.id, after, _last_entry_before(wallet, after, monthly.end_of(month)))
    body = statement_body(wallet, month, stretch)
    document = _issue(
        wallet.workspace_id,
        STATEMENTS,
        body,
        kind=Document.Kind.STATEMENT,
        month=month,
        after_entry_id=stretch.after_entry_id,
        last_entry_id=stretch.last_entry_id,
        currency=wallet.currency,
        total_minor=body["gross_minor"],
        vat_minor=body["vat_minor"],
    )
    _announce(document)
    return document


# The values are those of a document's JSON.
def statement_body(wallet: Wallet, month: str, stretch: Stretch) -> dict[str, Any]:
    """Return everything that a month's paper says."""
    return {
        "month": month,
        "from": monthly.first_day(month).isoformat(),
        "to": monthly.last_day(month).isoformat(),
        "currency": wallet.currency,
        **parties(wallet.workspace_id),
        **monthly.facts_of(stretch),
    }


def draft_statement(workspace_id: UUID, mode: str) -> Document:
    """Return the open month as an unsaved paper without a number. Raises DocumentNotFound."""
    wallet = Wallet.objects.filter(workspace_id=workspace_id, mode=mode).first()
    if wallet is None or mode != "live":
        raise DocumentNotFound()
    month = monthly.month_of(clock.nairobi_today())
    stated = Document.objects.filter(workspace=workspace_id, kind=Document.Kind.STATEMENT)
    after = stated.aggregate(last=Max("last_entry_id"))["last"] or 0
    newest = Entry.objects.filter(wallet=wallet).aggregate(last=Max("id"))["last"] or after
    body = statement_body(wallet, month, Stretch(wallet.id, after, newest))
    return Document(
        kind=Document.Kind.STATEMENT, month=month, serial=0, body=body, currency=wallet.currency
    )


def issue_receipts() -> int:
    """Issue a receipt for every live payment that has none; return how many. Idempotent."""
    due = Posting.objects.filter(kind__in=PAYMENTS, mode="live", document__isnull=True)
    rows = due.order_by("created_at")[:RECEIPTS_AT_ONCE]
    return len([issue_receipt(posting) for posting in rows])


@transaction.atomic
def issue_receipt(posting: Posting) -> Document:
    """Freeze the receipt of one payment. Locks its wallet, then the series; idempotent."""
    assert posting.kind in PAYMENTS and posting.mode == "live" and posting.workspace_id
    Wallet.objects.select_for_update(no_key=True).get(
        workspace_id=posting.workspace_id, mode=posting.mode
    )
    known = Document.objects.filter(posting=posting).first()
    if known is not None:
        return known
    topup = TopUp.objects.filter(id=posting.topup_id).first() if posting.topup_id else None
    body = {
        **parties(posting.workspace_id),
        "currency": posting.currency,
        "amount_minor": posting.gross_minor,
        "paid_at": clock.rfc3339((topup and topup.paid_at) or posting.created_at),
        "credited_at": clock.rfc3339(posting.created_at),
        "provider_reference": posting.source_ref,
        "channel": topup.channel if topup else "paybill",
        "phone": masked(topup.phone_e164) if topup else "",
        "topup_id": str(posting.topup_id) if posting.topup_id else "",
    }
    return _issue(
        posting.workspace_id,
        RECEIPTS,
        body,
        kind=Document.Kind.RECEIPT,
        posting=posting,
        currency=posting.currency,
        total_minor=posting.gross_minor,
        vat_minor=0,
    )


def record_etims(
    document: Document,
    *,
    control_unit_number: str,
    control_unit_invoice_number: str,
    url: str,
    actor: str,
) -> bool:
    """Fill in what the authority's system answered, once; False when it was filled in before."""
    with transaction.atomic():
        moved = Document.objects.filter(id=document.id, etims_at__isnull=True).update(
            control_unit_number=control_unit_number,
            control_unit_invoice_number=control_unit_invoice_number,
            etims_url=url,
            etims_at=clock.now(),
        )
        if moved:
            audit.record(
                "wallet.document_registered",
                actor=actor,
                subject=document.id,
                workspace_id=document.workspace_id,
                after={"control_unit_invoice_number": control_unit_invoice_number},
                reason=audit.given_reason() or "The authority answered",
            )
    return bool(moved)


# The values are those of a document's JSON.
def parties(workspace_id: UUID) -> dict[str, Any]:
    """Return seller and buyer as they are now; a paper keeps them as they were."""
    profile = BillingProfile.objects.filter(workspace_id=workspace_id).first() or BillingProfile()
    wallet = Wallet.objects.select_related("workspace").filter(workspace_id=workspace_id).first()
    assert wallet is not None
    return {
        "seller": {
            "name": settings.SELLER_NAME,
            "pin": settings.SELLER_PIN,
            "address": settings.SELLER_ADDRESS,
            "email": settings.SELLER_EMAIL,
        },
        "buyer": {
            "name": profile.legal_name or wallet.workspace.name,
            "pin": profile.kra_pin,
            "address": profile.address,
            "email": profile.email,
            "account_ref": wallet.workspace.mpesa_account_ref,
        },
    }


def masked(e164: str) -> str:
    """Hide the middle of a phone number, because papers travel."""
    return f"{e164[:7]} ••• {e164[-3:]}" if e164 else ""


# The columns and the body are those of a document.
def _issue(workspace_id: UUID, series: str, body: dict[str, Any], **columns: Any) -> Document:
    """Give the next number and keep the paper; a rollback gives the number back."""
    name = f"{series}-{clock.nairobi_today():%Y}"
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [name])
        (serial,) = cursor.fetchone()
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Document.objects.create(
        workspace_id=workspace_id,
        series=name,
        serial=serial,
        body=body,
        digest=hashlib.sha256(written.encode()).hexdigest(),
        **columns,
    )


def _month_after(wallet: Wallet, after: int, last: Document | None) -> str | None:
    """Name the month of the first entry without a statement, never one that has its statement."""
    entry = Entry.objects.filter(wallet=wallet, id__gt=after).order_by("id").first()
    if entry is None:
        return None
    month = monthly.month_of(clock.nairobi_today(entry.posting.created_at))
    return max(month, monthly.next_month(last.month)) if last else month


def _last_entry_before(wallet: Wallet, after: int, end: datetime) -> int:
    entries = Entry.objects.filter(wallet=wallet, id__gt=after, posting__created_at__lt=end)
    found = entries.order_by("-id").values_list("id", flat=True).first()
    assert found is not None
    return int(found)


def _announce(document: Document) -> None:
    """Mail the link of a statement to who is billed, else to the owners."""
    buyer = document.body["buyer"]
    owners = document.workspace.memberships.filter(role="owner").order_by("created_at")
    addresses = [buyer["email"]] if buyer["email"] else owners.values_list("user__email", flat=True)
    context: dict[str, object] = {
        "workspace": document.workspace.name,
        "number": document.number,
        "month": format_date(monthly.first_day(document.month), "F Y"),
        "total": str(Money(document.total_minor, document.currency)),
        "vat": str(Money(document.vat_minor, document.currency)),
        "url": f"{settings.PUBLIC_URL}{reverse('wallet:document', args=[document.id])}",
    }
    for address in addresses:
        mail.post(address, "statement_ready", context)
