"""The work of the wallet: each handler calls one verb and may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.work import periodic, work
from wallet.services import (
    alerts,
    chasing,
    documents,
    expire_holds,
    inquiries,
    mpesa,
    paybill,
    pulls,
    reversals,
    seals,
    spool,
    topups,
    utility,
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


@work("wallet.send_inquiry", queue="payments", lease_seconds=PUSH_LEASE_SECONDS)
def send_inquiry(inquiry_id: str) -> datetime | None:
    return inquiries.send_inquiry(inquiry_id)


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


@periodic("wallet.verify_receipts", every=timedelta(minutes=1))
def verify_receipts() -> str:
    """Have M-Pesa asked about the payments that nobody has vouched for."""
    return inquiries.sweep()


@periodic("wallet.ask_about_refunds", every=timedelta(minutes=1))
def ask_about_refunds() -> str:
    """Have M-Pesa asked about the refunds that it took and never told the end of."""
    return chasing.ask_about_refunds()


@periodic("wallet.check_utility", every=timedelta(hours=1))
def check_utility() -> str:
    """Compare what M-Pesa holds for us with what our books say."""
    return utility.ask_balance()


@periodic("wallet.return_suspense", at="04:10")
def return_suspense() -> str:
    """Send back the money that nobody owned for two weeks."""
    return reversals.return_suspense()


@periodic("wallet.close_months", at="00:40")
def close_months() -> str:
    """Issue the statement of every month that is over and has none; tell who is billed."""
    return f"{documents.close_months()} statements issued"


@periodic("wallet.issue_receipts", every=timedelta(minutes=2))
def issue_receipts() -> str:
    """Issue the receipt of every live payment that has none."""
    return f"{documents.issue_receipts()} receipts issued"
