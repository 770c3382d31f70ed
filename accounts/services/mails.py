"""What the owners of a workspace are told by mail about their money."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.queries import owner_emails
from kernel import mail
from kernel.money import Money
from wallet import queries as wallet_queries


@transaction.atomic
def mail_reversal(ref: str) -> None:
    """Tell every owner that a payment went back, what is left and what is owed."""
    gone = wallet_queries.gone_back(ref)
    if gone is None:
        return
    left = wallet_queries.balance(gone.workspace_id, "live")
    owed = left.receivable_minor
    context: dict[str, object] = {
        "workspace": gone.workspace_name,
        "receipt": gone.receipt_no,
        "amount": Money(gone.amount_minor, gone.currency),
        "owed": Money(owed, gone.currency) if owed else "",
        "balance": Money(left.balance_minor, gone.currency),
        "url": f"{settings.PUBLIC_URL}/wallet",
    }
    for email in owner_emails(gone.workspace_id):
        mail.post(email, "payment_reversed", context)


@transaction.atomic
def mail_late_topup(topup_id: str) -> None:
    """Tell every owner that a top-up which we had given up was paid after all."""
    topup = wallet_queries.paid_topup(topup_id)
    if topup is None:
        return
    left = wallet_queries.balance(topup.workspace_id, topup.mode)
    context: dict[str, object] = {
        "workspace": topup.workspace.name,
        "receipt": topup.provider_reference,
        "amount": Money(topup.paid_minor or 0, topup.currency),
        "balance": Money(left.balance_minor, topup.currency),
        "url": f"{settings.PUBLIC_URL}/wallet",
    }
    for email in owner_emails(topup.workspace_id):
        mail.post(email, "late_topup", context)
