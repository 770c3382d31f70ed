"""The work of the wallet: each handler calls one verb and may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.work import periodic, work
from wallet.services import alerts, expire_holds, mpesa, paybill, seals, topups

# Longer than a token, a push and their resends can take together.
PUSH_LEASE_SECONDS = 180


@work("wallet.push_topup", queue="payments", lease_seconds=PUSH_LEASE_SECONDS)
def push_topup(topup_id: str) -> datetime | None:
    return topups.push_topup(topup_id)


@work("wallet.query_topup", queue="payments", lease_seconds=PUSH_LEASE_SECONDS)
def query_topup(topup_id: str) -> datetime | None:
    return topups.query_topup(topup_id)


@work("wallet.process_mpesa_event", queue="payments")
def process_mpesa_event(event_id: str) -> None:
    mpesa.process_mpesa_event(event_id)


@work("wallet.tell_subscribers", queue="periodic")
def tell_subscribers(event_id: str) -> None:
    alerts.tell_subscribers(event_id)


@work("wallet.register_c2b", queue="payments")
def register_c2b(_ref: str) -> None:
    paybill.register_urls()


@periodic("wallet.expire_holds", every=timedelta(seconds=30))
def end_old_holds() -> str:
    """Give back what holds that nobody closed still keep."""
    return f"{expire_holds()} holds expired"


@periodic("wallet.seal_ledger", at="02:10")
def seal_ledger() -> str:
    """Seal the entries of the day; the root of the night is published."""
    night = seals.seal_ledger()
    return f"{night.entries_count} entries sealed, root {night.root}"
