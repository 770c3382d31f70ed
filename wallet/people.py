"""What the wallet knows of a person or a phone number, and what of it may be forgotten.

The ledger, receipts, messages of M-Pesa and issued papers stay: they are what the law asks us to keep.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from kernel import people
from kernel.people import ROWS_MAX, Row, Subject
from wallet.models import AlertSubscriber, BillingProfile, MpesaReceipt, Refund, TopUp
from wallet.states import TOPUP

# A prompt that is open still needs the number it goes to.
OPEN = [state for state in TOPUP.states if state not in ("paid", "failed")]


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """List the payments of a number, or the papers and alerts that go to an address."""
    if subject.email:
        return {
            "balance_alerts": AlertSubscriber.objects.filter(email=subject.email).values(
                "workspace_id", "mode", "status", "created_at", "confirmed_at"
            ),
            "billing_addresses": BillingProfile.objects.filter(email=subject.email).values(
                "workspace_id", "legal_name", "updated_at"
            ),
        }
    return {
        "topups": TopUp.objects.filter(phone_e164=subject.phone).order_by("-created_at").values(
            "id", "workspace_id", "channel", "status", "amount_minor", "currency", "created_at",
            "paid_at", "provider_reference",
        )[:ROWS_MAX],
        "receipts": _receipts(subject).order_by("-created_at").values(
            "receipt_no", "amount_minor", "currency", "paid_at", "status", "bill_ref_raw"
        )[:ROWS_MAX],
        "refunds": Refund.objects.filter(phone_e164=subject.phone).values(
            "id", "receipt_id", "status", "asked_at"
        )[:ROWS_MAX],
    }  # fmt: skip


def erase(subject: Subject) -> dict[str, int]:
    """Forget the address, or put the pseudonym on the top-ups of the number that are over."""
    if subject.email:
        alerts = AlertSubscriber.objects.filter(email=subject.email)
        papers = BillingProfile.objects.filter(email=subject.email)
        return {"balance_alerts": alerts.delete()[0], "billing_addresses": papers.update(email="")}
    over = TopUp.objects.filter(phone_e164=subject.phone).exclude(status__in=OPEN)
    return {"topups": over.update(phone_e164=subject.pseudonym)}


def _receipts(subject: Subject) -> QuerySet[MpesaReceipt]:
    return MpesaReceipt.objects.filter(
        Q(payer_e164=subject.phone) | Q(msisdn_raw__in=people.spellings(subject.phone))
    )


people.declare("wallet", collect=collect, erase=erase)
