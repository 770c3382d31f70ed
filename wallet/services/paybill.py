"""Payments into the Paybill that nobody announced: validation, confirmation, registration."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings

from kernel.signing import keyed_hash, same
from wallet import queries
from wallet.models import MpesaEvent, MpesaReceipt
from wallet.mpesa import parse
from wallet.services import access, inquiries, topups
from wallet.services.landing import land

log = logging.getLogger(__name__)

CONFIRMATION, VALIDATION = "c2b_confirmation", "c2b_validation"
SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Verdict:
    """What M-Pesa tells the payer before the money moves."""

    code: str
    words: str


ACCEPTED = Verdict("0", "Accepted")
WRONG_ACCOUNT = Verdict("C2B00012", "Rejected")
WRONG_SHORTCODE = Verdict("C2B00015", "Rejected")
OTHER = Verdict("C2B00016", "Rejected")


def secret() -> str:
    """Return the unguessable part of our C2B addresses, which never changes by itself."""
    made = keyed_hash(settings.PEPPER, "wallet.c2b", settings.DARAJA_SHORTCODE)[:SECRET_LENGTH]
    return settings.DARAJA_C2B_SECRET or made


def is_secret(token: str) -> bool:
    return same(token, secret())


def validate(raw: bytes) -> Verdict:
    """Judge a payment before it is made: is there a wallet with this account number?"""
    try:
        asked = parse.parse_c2b(raw)
    except parse.Unreadable:
        return OTHER
    if asked.shortcode != settings.DARAJA_SHORTCODE:
        return WRONG_SHORTCODE
    if queries.wallet_by_reference(asked.bill_ref) is None:
        return WRONG_ACCOUNT
    return ACCEPTED


def judge(event: MpesaEvent) -> str:
    """Land a confirmed payment, and say what became of it.

    What comes from an address we do not know waits: the next Pull proves it or does not.
    """
    if event.token_sha256 != topups.digest(secret()):
        log.error("a C2B confirmation with a wrong secret")
        return "refused: unknown secret"
    try:
        paid = parse.parse_c2b(bytes(event.raw))
    except parse.Unreadable as problem:
        log.error("an unreadable C2B confirmation (%s)", problem)
        return f"refused: unreadable, {problem}"
    if paid.shortcode != settings.DARAJA_SHORTCODE:
        log.critical("receipt %s: paid into another Paybill", paid.receipt_no)
        return "quarantined: another shortcode"
    known = settings.DARAJA_SOURCE_IPS
    if known and event.source_ip not in known:
        log.critical("a C2B confirmation from %s, which is not Safaricom", event.source_ip)
        # Who sent it is nobody to name the owner: M-Pesa says if it is real, a Pull whose it is.
        return _verify(paid, reason="unlisted source", bill_ref="")
    if inquiries.must_wait(paid.receipt_no, paid.amount_minor):
        return _verify(paid, reason="large", bill_ref=paid.bill_ref)
    receipt = land_payment(paid, source="c2b")
    return f"{receipt}: {paid.receipt_no}"


def _verify(paid: parse.PaybillPayment, *, reason: str, bill_ref: str) -> str:
    """Keep a payment out of the books until M-Pesa itself vouches for it."""
    is_known = MpesaReceipt.objects.filter(receipt_no=paid.receipt_no).exists()
    if access.can_ask() and not is_known:
        inquiries.ask(
            paid.receipt_no,
            reason=reason,
            claimed_minor=paid.amount_minor,
            bill_ref=bill_ref,
            msisdn=paid.msisdn if bill_ref else "",
        )
    return f"held: {reason}"


def land_payment(paid: parse.PaybillPayment, *, source: str) -> str:
    """Book one payment and return the state of its receipt. Idempotent by receipt."""
    receipt = land(
        receipt_no=paid.receipt_no,
        amount_minor=paid.amount_minor,
        paid_at=paid.paid_at,
        shortcode=paid.shortcode,
        source=source,
        bill_ref=paid.bill_ref,
        msisdn=paid.msisdn,
    )
    return receipt.status


def register_urls() -> str:
    """Tell Daraja where our Paybill's messages go. Raises DarajaFailed."""
    here = f"{settings.CALLBACK_URL}/h/c/{secret()}"
    code = access.back_office().register_urls(
        version=settings.DARAJA_C2B_VERSION,
        confirmation_url=f"{here}/conf",
        validation_url=f"{here}/val",
    )
    log.info("C2B addresses registered (%s)", code)
    return code
