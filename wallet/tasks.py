"""The work of the wallet: each handler calls one verb and may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.work import periodic, work
from wallet.services import (
    alerts,
    expire_holds,
    mpesa,
    paybill,
    pulls,
    reversals,
    seals,
    spool,
    topups,
)

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


@work("wallet.send_refund", queue="payments", lease_seconds=PUSH_LEASE_SECONDS)
def send_refund(refund_id: str) -> None:
    reversals.send_refund(refund_id)


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


@periodic("wallet.drain_spool", every=timedelta(seconds=5))
def drain_spool() -> str:
    """Store the messages that came while the database was away."""
    return f"{spool.drain()} messages stored from disk"


@periodic("wallet.pull_recent", every=timedelta(minutes=15))
def pull_recent() -> str:
    """Land what was paid in the last two hours and never announced."""
    return str(pulls.pull(timedelta(hours=2)))


@periodic("wallet.pull_long", at="03:10")
def pull_long() -> str:
    """Land and verify what was paid in nearly all of the window that Pull can see."""
    return pulls.verify(timedelta(hours=47))


@periodic("wallet.expire_topups", every=timedelta(minutes=10))
def expire_topups() -> str:
    """End the prompts that nobody answered for 48 hours."""
    return f"{pulls.expire_topups()} top-ups expired"
