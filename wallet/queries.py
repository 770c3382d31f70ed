"""Reads of the wallet: the balance, the statement, top-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from kernel import clock
from kernel.literals import one_of
from kernel.rows import soon
from wallet.chart import Account, Kind
from wallet.errors import SubscriberNotFound, TopUpNotFound, WalletNotFound
from wallet.models import (
    AlertSubscriber,
    Claim,
    Entry,
    Limit,
    MpesaReceipt,
    Posting,
    Refund,
    SealedNight,
    TopUp,
    Wallet,
)
from wallet.mpesa.reference import normalise_reference

# After this the waiting for a prompt folds into a line of the wallet; the answer may still come.
PATIENCE: Final = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Balance:
    """The money of a wallet at one moment."""

    balance_minor: int
    held_minor: int
    receivable_minor: int
    currency: str
    low_balance_threshold_minor: int

    @property
    def available_minor(self) -> int:
        return self.balance_minor - self.held_minor


# The balance's fields are columns of the wallet; accounts reads them together with an API key.
BALANCE_COLUMNS: Final = tuple(field.name for field in fields(Balance))
_BALANCE: Final = f"""
    SELECT {", ".join(BALANCE_COLUMNS)} FROM wallet_wallet WHERE workspace_id = %s AND mode = %s
"""  # noqa: S608  Our names.


def balance(workspace_id: UUID, mode: str) -> Balance:
    """Return the balance in one statement. Raises WalletNotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCE, [workspace_id, mode])
        row = cursor.fetchone()
    if row is None:
        raise WalletNotFound(mode=mode)
    return Balance(*row)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a call may spend: free money, what the day leaves, and the most of a call and a minute."""

    available_minor: int
    day_left_minor: int | None
    call_minor: int | None
    minute_minor: int | None

    @property
    def spendable_minor(self) -> int:
        left = self.available_minor if self.day_left_minor is None else self.day_left_minor
        return max(0, min(self.available_minor, left))


_ALLOWANCE: Final = """
    SELECT w.balance_minor - w.held_minor,
           min(l.day_minor - CASE WHEN l.counted_on >= wallet_today() THEN l.committed_minor ELSE 0
               END), min(l.call_minor), min(l.minute_minor)
      FROM wallet_wallet w
      LEFT JOIN wallet_limit l ON l.wallet_id = w.id AND (l.api_key_id IS NULL OR l.api_key_id = %s)
     WHERE w.workspace_id = %s AND w.mode = %s GROUP BY w.id
"""


def allowance(workspace_id: UUID, mode: str, api_key_id: UUID | None) -> Allowance:
    """Return what a call of this key may spend, in one statement. Raises WalletNotFound."""
    return ask_allowance(workspace_id, mode, api_key_id)()


def ask_allowance(
    workspace_id: UUID, mode: str, api_key_id: UUID | None
) -> Callable[[], Allowance]:
    """Ask with the next statement; what is returned answers or raises as `allowance`."""
    found = soon(_ALLOWANCE, [api_key_id, workspace_id, mode])

    def answer() -> Allowance:
        row = found.fetchone()
        if row is None:
            raise WalletNotFound(mode=mode)
        return Allowance(*row)

    return answer


def limits_of(workspace_id: UUID, mode: str) -> list[Limit]:
    """Return the limits of a workspace, its own first, then those of its keys by label."""
    rows = Limit.objects.filter(wallet__workspace_id=workspace_id, wallet__mode=mode)
    return list(rows.select_related("api_key").order_by(F("api_key").asc(nulls_first=True)))


def lock_wallets(*workspace_ids: UUID) -> None:
    """Wait until whatever moves the money of some workspaces is over; the caller commits.

    Whoever needs two wallets takes them here first: everybody takes them in one order.
    """
    assert connection.in_atomic_block, "a lock lasts as long as its transaction"
    rows = Wallet.objects.filter(workspace_id__in=workspace_ids).order_by("id")
    list(rows.select_for_update(no_key=True))


def wallet_of(workspace_id: UUID, mode: str) -> Wallet:
    """Return the wallet row. Raises WalletNotFound."""
    found = Wallet.objects.filter(workspace_id=workspace_id, mode=mode).first()
    if found is None:
        raise WalletNotFound(mode=mode)
    return found


def wallet_by_reference(text: str) -> Wallet | None:
    """Return the live wallet whose account number somebody typed, in any of its spellings."""
    reference = normalise_reference(text)
    if reference is None:
        return None
    return Wallet.objects.filter(mode="live", workspace__mpesa_account_ref=reference).first()


def statement(
    workspace_id: UUID,
    mode: str,
    *,
    kinds: Iterable[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Entry]:
    """Return the wallet's entries, unordered, with their postings: what a statement shows.

    `since` is inside, `until` is outside. Each row has `created_at` of its posting for paging.
    """
    # By the posting, whose indexes know its time; the wallet's are the same rows.
    rows = Entry.objects.filter(
        posting__workspace_id=workspace_id, posting__mode=mode, account=Account.WALLET
    )
    if kinds is not None:
        named = frozenset(kinds)
        # In words, for the index without the calls.
        rows = rows.filter(one_of("posting__kind", [it for it in Kind.values if it in named]))
    if since is not None:
        rows = rows.filter(posting__created_at__gte=since)
    if until is not None:
        rows = rows.filter(posting__created_at__lt=until)
    return rows.select_related("posting__basis").annotate(created_at=F("posting__created_at"))


def posting_of_call(workspace_id: UUID, call_id: UUID) -> Posting | None:
    """Return what a call was charged, with `balance_after_minor`."""
    rows = Entry.objects.select_related("posting").filter(
        posting__workspace_id=workspace_id, posting__call_id=call_id, account=Account.WALLET
    )
    entry = rows.order_by("id").first()
    if entry is None or entry.balance_after_minor is None:
        return None
    entry.posting.balance_after_minor = entry.balance_after_minor
    return entry.posting


def access_topup(workspace_id: UUID, mode: str, topup_id: UUID | str) -> TopUp:
    """Return the workspace's own top-up. Raises TopUpNotFound."""
    found = TopUp.objects.filter(workspace_id=workspace_id, mode=mode, id=topup_id).first()
    if found is None:
        raise TopUpNotFound()
    return found


def recent_topups(workspace_id: UUID, mode: str, *, limit: int = 10) -> list[TopUp]:
    """Return the latest top-ups, newest first."""
    rows = TopUp.objects.filter(workspace_id=workspace_id, mode=mode)
    return list(rows.order_by("-created_at", "-id")[:limit])


def paybill_since(workspace_id: UUID, mode: str, moment: datetime) -> TopUp | None:
    """Return the latest Paybill payment that arrived after a moment."""
    rows = TopUp.objects.filter(
        workspace_id=workspace_id, mode=mode, channel="paybill", created_at__gt=moment
    )
    return rows.order_by("-created_at").first()


def last_phone(workspace_id: UUID, mode: str) -> str:
    """Return the phone that last paid, else the one last asked, else nothing."""
    rows = TopUp.objects.filter(workspace_id=workspace_id, mode=mode).exclude(phone_e164="")
    paid = rows.filter(status="paid").order_by("-created_at").first()
    chosen = paid or rows.order_by("-created_at").first()
    return chosen.phone_e164 if chosen else ""


def paid_topup(topup_id: str) -> TopUp | None:
    """Return a top-up whose money is here, with its workspace."""
    return TopUp.objects.select_related("workspace").filter(id=topup_id, status="paid").first()


def late_arrival(workspace_id: UUID, mode: str, *, within: timedelta) -> TopUp | None:
    """Return the top-up whose money came just now, after its payer was told that we gave up waiting."""
    rows = Posting.objects.filter(
        workspace_id=workspace_id, mode=mode, kind=Kind.TOPUP,
        topup_id__isnull=False, created_at__gt=clock.now() - within,
    )  # fmt: skip
    for topup_id, paid_at in rows.order_by("-created_at").values_list("topup_id", "created_at"):
        topup = TopUp.objects.get(id=str(topup_id))
        is_slow = paid_at >= topup.created_at + PATIENCE
        if topup.channel == "stk" and (topup.failed_at is not None or is_slow):
            return topup
    return None


def receipt_of(topup: TopUp) -> MpesaReceipt | None:
    """Return the payment that confirmed a top-up."""
    return MpesaReceipt.objects.filter(topup=topup).order_by("created_at").first()


@dataclass(frozen=True, slots=True)
class GoneBack:
    """A payment that went back, wholly or in part: what its owners are told."""

    receipt_no: str
    workspace_id: UUID
    workspace_name: str
    amount_minor: int
    currency: str


def gone_back(ref: str) -> GoneBack | None:
    """Return what `receipt` or `receipt:refund` names; None for money that had no owner."""
    receipt_no, _, refund_id = ref.partition(":")
    receipt = MpesaReceipt.objects.select_related("workspace").filter(pk=receipt_no).first()
    if receipt is None or receipt.workspace is None:
        return None
    amount = receipt.amount_minor
    if refund_id:
        amount = Refund.objects.get(id=refund_id).amount_minor
    owner = receipt.workspace
    return GoneBack(receipt_no, owner.id, owner.name, amount, receipt.currency)


def claims(workspace_id: UUID, *, limit: int = 10) -> list[Claim]:
    """Return the latest claims of a workspace, newest first."""
    return list(Claim.objects.filter(workspace_id=workspace_id).order_by("-made_at")[:limit])


def subscribers(workspace_id: UUID, mode: str) -> QuerySet[AlertSubscriber]:
    """Return the recipients of low-balance mails, unordered."""
    return AlertSubscriber.objects.filter(workspace_id=workspace_id, mode=mode)


def access_subscriber(workspace_id: UUID, mode: str, subscriber_id: UUID | str) -> AlertSubscriber:
    """Return the workspace's own recipient. Raises SubscriberNotFound."""
    found = subscribers(workspace_id, mode).filter(id=subscriber_id).first()
    if found is None:
        raise SubscriberNotFound()
    return found


def sealed_nights(*, limit: int = 100) -> list[SealedNight]:
    """Return the latest seals of the whole ledger, newest first."""
    return list(SealedNight.objects.order_by("-id")[:limit])
