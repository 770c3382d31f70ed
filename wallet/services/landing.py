"""Landing: one real payment becomes money exactly once, whoever tells us of it and how often."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel import clock, ids
from wallet import queries
from wallet.chart import Account, Kind
from wallet.models import Entry, MpesaReceipt, Posting, TopUp, Wallet
from wallet.mpesa import phone
from wallet.mpesa.reference import normalise_reference
from wallet.mpesa.results import result_of
from wallet.services import ledger, topups
from wallet.states import RECEIPT, REFUND_OPEN, TOPUP

log = logging.getLogger(__name__)

CURRENCY = "KES"
# A payment belongs to a prompt of the same amount that was sent at most so long before it.
PROMPT_WINDOW = timedelta(hours=1)
CLOCK_SKEW = timedelta(minutes=2)


@transaction.atomic
def land(
    *,
    receipt_no: str,
    amount_minor: int,
    paid_at: datetime | None,
    shortcode: str,
    source: str,
    topup: TopUp | None = None,
    bill_ref: str = "",
    msisdn: str = "",
) -> MpesaReceipt:
    """Book one real payment: the only creator of money.

    The receipt row is the claim: a second message about the same payment waits for the first, then
    only fills in what was blank. Without a top-up the account reference names the owner, and with
    neither the money waits in suspense. Locks top-up, receipt, wallet in that order.
    """
    owner = queries.wallet_by_reference(bill_ref) if topup is None else None
    if topup is None and owner is not None:
        topup = _prompt_of(owner, amount_minor, paid_at, msisdn)
    if topup is not None:
        topup = TopUp.objects.select_for_update(no_key=True).get(id=topup.id)
    if owner is not None and topup is not None and topup.status == "paid":
        # Another payment was faster to take the prompt; this one is told apart by its receipt.
        topup = None
    workspace_id = topup.workspace_id if topup else owner.workspace_id if owner else None
    receipt = MpesaReceipt(
        receipt_no=receipt_no,
        shortcode=shortcode,
        amount_minor=amount_minor,
        currency=CURRENCY,
        paid_at=paid_at,
        first_source=source,
        sources=[source],
        bill_ref_raw=bill_ref[:64],
        bill_ref=normalise_reference(bill_ref) or "",
        msisdn_raw=msisdn,
        msisdn_tail=phone.tail(msisdn),
        payer_e164=phone.full_e164(msisdn),
        topup=topup,
        workspace_id=workspace_id,
        status="credited" if workspace_id else "suspense",
    )
    if not _insert(receipt):
        return _enrich(receipt, owner)
    if workspace_id is None:
        _post_to_suspense(receipt)
    else:
        _credit(receipt, topup or paybill_topup(receipt, workspace_id), Kind.TOPUP)
    return receipt


def release(receipt: MpesaReceipt, *, workspace_id: UUID, topup: TopUp | None = None) -> bool:
    """Move money out of suspense to its owner, once. The caller holds the receipt's lock."""
    MpesaReceipt.objects.filter(pk=receipt.pk, workspace__isnull=True).update(
        workspace_id=workspace_id
    )
    receipt.workspace_id = workspace_id
    if not RECEIPT.apply(receipt, "release"):
        return False
    _credit(receipt, topup or paybill_topup(receipt, workspace_id), Kind.SUSPENSE_RELEASE)
    return True


def paybill_topup(receipt: MpesaReceipt, workspace_id: UUID) -> TopUp:
    """Make the top-up of a payment that nobody announced to us."""
    moment = clock.now()
    topup = TopUp.objects.create(
        workspace_id=workspace_id,
        mode="live",
        channel="paybill",
        amount_minor=receipt.amount_minor,
        currency=receipt.currency,
        account_ref=receipt.bill_ref,
        created_at=moment,
        expires_at=moment,
    )
    MpesaReceipt.objects.filter(pk=receipt.pk, topup__isnull=True).update(topup=topup)
    receipt.topup = topup
    return topup


def _prompt_of(
    owner: Wallet, amount_minor: int, paid_at: datetime | None, msisdn: str
) -> TopUp | None:
    """Return the one prompt that this payment can have answered; None when there are none or two."""
    moment, tail = paid_at or clock.now(), phone.tail(msisdn)
    asked = TopUp.objects.filter(
        workspace_id=owner.workspace_id,
        mode="live",
        channel="stk",
        amount_minor=amount_minor,
        created_at__range=(moment - PROMPT_WINDOW, moment + CLOCK_SKEW),
    ).exclude(status="paid")
    fitting = [
        each
        for each in asked
        if not _surely_failed(each) and (not tail or each.phone_e164.endswith(tail))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _surely_failed(topup: TopUp) -> bool:
    result = result_of(topup.result_code)
    return topup.status == "failed" and bool(result and result.is_certain)


_INSERT_RECEIPT = """
    INSERT INTO wallet_mpesareceipt (receipt_no, shortcode, amount_minor, currency, paid_at,
        first_source, created_at, status, sources, bill_ref_raw, bill_ref, msisdn_raw, msisdn_tail,
        payer_e164, workspace_id, topup_id, verified_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (receipt_no) DO NOTHING
"""


def _insert(receipt: MpesaReceipt) -> bool:
    """Insert unless the payment is known; waits for a rival's commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_RECEIPT,
            [
                receipt.receipt_no, receipt.shortcode, receipt.amount_minor, receipt.currency,
                receipt.paid_at, receipt.first_source, receipt.created_at, receipt.status,
                receipt.sources, receipt.bill_ref_raw, receipt.bill_ref, receipt.msisdn_raw,
                receipt.msisdn_tail, receipt.payer_e164, receipt.workspace_id, receipt.topup_id,
            ],
        )  # fmt: skip
        receipt._state.adding = False
        return bool(cursor.rowcount == 1)


def _enrich(later: MpesaReceipt, owner: Wallet | None) -> MpesaReceipt:
    """Add to a known payment what a later message says; release it if that names the owner."""
    known = MpesaReceipt.objects.select_for_update(no_key=True).get(receipt_no=later.receipt_no)
    if (known.amount_minor, known.shortcode) != (later.amount_minor, later.shortcode):
        log.critical("receipt %s: two messages disagree about it", known.receipt_no)
        return known
    if later.first_source not in known.sources:
        known.sources = [*known.sources, later.first_source]
    known.paid_at = known.paid_at or later.paid_at
    known.bill_ref_raw = known.bill_ref_raw or later.bill_ref_raw
    known.bill_ref = known.bill_ref or later.bill_ref
    if not known.msisdn_raw:
        known.msisdn_raw, known.msisdn_tail = later.msisdn_raw, later.msisdn_tail
    known.payer_e164 = known.payer_e164 or later.payer_e164
    topup = later.topup
    if known.topup_id is None and topup is not None:
        known.topup, known.workspace_id = topup, topup.workspace_id
    known.save(
        update_fields=[
            "sources", "paid_at", "bill_ref_raw", "bill_ref", "msisdn_raw", "msisdn_tail",
            "payer_e164", "topup", "workspace",
        ]
    )  # fmt: skip
    if known.status == "suspense" and later.workspace_id is not None and not _leaves(known):
        release(known, workspace_id=later.workspace_id, topup=topup)
    elif topup is not None and owner is None and topup.id != known.topup_id:
        _settle_prompt(topup, known)
    return known


def _leaves(known: MpesaReceipt) -> bool:
    """Say whether a payment is on its way back to its payer."""
    return known.refunds.filter(status__in=REFUND_OPEN).exists()


def _settle_prompt(topup: TopUp, known: MpesaReceipt) -> None:
    """Close a prompt whose money is here already, credited under the Paybill's name."""
    if TOPUP.apply(topup, "pay", **_payment(known)):
        topups.ring(topup)


# The columns are those of a top-up.
def _payment(receipt: MpesaReceipt) -> dict[str, Any]:
    return {
        "paid_at": receipt.paid_at or clock.now(),
        "paid_minor": receipt.amount_minor,
        "provider_reference": receipt.receipt_no,
    }


def _credit(receipt: MpesaReceipt, topup: TopUp, kind: Kind) -> None:
    posting = ledger.credit(
        workspace_id=topup.workspace_id,
        mode=topup.mode,
        net_minor=receipt.amount_minor,
        vat_minor=0,
        kind=kind,
        key=receipt.receipt_no,
        description=f"M-Pesa {receipt.receipt_no}",
        topup_id=topup.id,
    )
    is_late = topups.is_late(topup)
    # A second receipt for one prompt is real money too; the top-up keeps its first.
    TOPUP.apply(topup, "pay", **_payment(receipt))
    if is_late:
        topups.announce_late(topup)
    topups.announce(
        topup,
        amount_minor=receipt.amount_minor,
        new_balance_minor=posting.balance_after_minor,
        reference=receipt.receipt_no,
    )


def _post_to_suspense(receipt: MpesaReceipt) -> None:
    """Book money whose owner is not known yet."""
    posting = Posting.objects.create(
        id=ids.uuid7(),
        workspace=None,
        mode="live",
        kind=Kind.SUSPENSE,
        source_ref=receipt.receipt_no,
        currency=receipt.currency,
        net_minor=receipt.amount_minor,
        description=f"M-Pesa {receipt.receipt_no}",
    )
    lines = (
        (Account.SUSPENSE, receipt.amount_minor),
        (Account.MPESA_CLEARING, -receipt.amount_minor),
    )
    Entry.objects.bulk_create(
        Entry(posting=posting, account=account, amount_minor=amount) for account, amount in lines
    )
    log.error("receipt %s: no owner is known, the money waits in suspense", receipt.receipt_no)
