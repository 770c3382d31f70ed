"""The money of the full workspace: top-ups in every state, alerts, claims, limits and papers."""

from __future__ import annotations

from datetime import timedelta

import psycopg
from django.conf import settings

from accounts.models import Workspace
from kernel import clock
from kernel.signing import make_token
from sautikit_site.screens.scene import Scene
from wallet import monthly
from wallet import services as wallet
from wallet.models import Document, Posting, TopUp, Wallet
from wallet.services import alerts, billing, claims, documents, landing, topups

PHONES = ("+254712345678", "+254722000111", "+254733000222", "+254712000333", "+254722000444")
PAID = (("SKA41H2Q7P", 500_000), ("SKB72J9L3M", 250_000))
FAILED = (("cancelled", "1032"), ("insufficient_funds", "1"))


def pay_in(scene: Scene, acme: Workspace) -> None:
    """Top up in every way it can go, and let one payment arrive without a known owner."""
    for (receipt, amount), phone in zip(PAID, PHONES, strict=False):
        started = _start(acme, phone, amount)
        _land(receipt, amount, bill_ref=acme.mpesa_account_ref, phone=phone, topup=started)
        scene.name(paid=started.id)
    for (reason, code), phone in zip(FAILED, PHONES[2:], strict=False):
        started = _start(acme, phone, 100_000)
        topups.fail(started, reason=reason, source="callback", code=code)
        scene.name(failed=started.id)
    scene.name(waiting=_start(acme, PHONES[4], 20_000).id)
    _land("SKC90Q4T8R", 75_000, bill_ref="ACME", phone="+254700111222", topup=None)
    wallet.set_threshold(workspace_id=acme.id, mode="live", threshold_minor=100_000)
    for email in ("finance@acme.example", "oncall@acme.example"):
        row = alerts.add_subscriber(
            workspace_id=acme.id, mode="live", email=email, actor=scene.actor
        )
        for purpose in (alerts.CONFIRM, alerts.LEAVE):
            token = make_token(settings.PEPPER, purpose, str(row.id))
            scene.name(**{purpose.rpartition(".")[2]: token})
        if email.startswith("finance"):
            alerts.confirm_subscriber(make_token(settings.PEPPER, alerts.CONFIRM, str(row.id)))
    claims.make_claim(
        workspace_id=acme.id,
        receipt_no="SKD11W5X2Z",
        amount_minor=30_000,
        phone_tail="678",
        actor=scene.actor,
    )
    caps = wallet.Caps(day_minor=500_000, call_minor=20_000, minute_minor=1_000)
    wallet.set_limit(workspace_id=acme.id, mode="live", caps=caps, actor=scene.actor)


def papers(scene: Scene, acme: Workspace, superuser_url: str) -> None:
    """Bill a company, put the first payments into last month and freeze that month on paper."""
    billing.save_profile(
        workspace_id=acme.id,
        legal_name="Acme Fintech Ltd",
        kra_pin="P051234567X",
        address="Riverside Drive 12, Nairobi",
        email="accounts@acme.example",
        actor=scene.actor,
    )
    purse = Wallet.objects.get(workspace=acme, mode="live")
    first = purse.entries.order_by("id").first()
    assert first is not None
    last_month = clock.now().astimezone(clock.NAIROBI).replace(day=1) - timedelta(days=3)
    with psycopg.connect(superuser_url, autocommit=True) as server:
        # The ledger refuses to be changed, by anybody but a superuser.
        server.execute("SET session_replication_role = replica")
        move = "UPDATE wallet_posting SET created_at = %s WHERE id = %s"
        server.execute(move, [last_month, first.posting_id])
    this_month = monthly.month_of(clock.nairobi_today())
    statement = documents.issue_statement(purse.id, before=this_month)
    assert statement is not None
    receipt = documents.issue_receipt(Posting.objects.get(pk=first.posting_id))
    scene.name(statement=statement.id, receipt=receipt.id, posting=first.posting_id)
    assert Document.objects.filter(workspace=acme).count() == 2


def _start(acme: Workspace, phone: str, amount_minor: int) -> TopUp:
    return wallet.start_topup(
        workspace_id=acme.id,
        mode="live",
        amount_minor=amount_minor,
        currency="KES",
        phone_e164=phone,
        account_ref=acme.mpesa_account_ref,
    )


def _land(
    receipt: str, amount_minor: int, *, bill_ref: str, phone: str, topup: TopUp | None
) -> None:
    landing.land(
        receipt_no=receipt,
        amount_minor=amount_minor,
        paid_at=clock.now(),
        shortcode="600000",
        source="callback",
        topup=topup,
        bill_ref=bill_ref,
        msisdn=phone.removeprefix("+"),
    )
