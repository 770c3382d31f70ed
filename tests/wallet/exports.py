"""Statements as the organisation portal exports them, and 10,000 seeded rows with planted faults."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from openpyxl import Workbook

from kernel import clock, ids
from kernel.clock import NAIROBI
from tests.wallet.books import make_wallet
from wallet.models import Entry, MpesaReceipt, Posting, Wallet
from wallet.mpesa.reference import new_reference
from wallet.services import reversals

SHORTCODE = "409900"
HEAD = [
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info",
    "Linked Transaction ID", "A/C No.",
]  # fmt: skip
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Row:
    """One row of a statement; `minor` is signed."""

    receipt: str
    at: datetime
    minor: int
    details: str = "Pay Bill"
    reason: str = "Pay Bill Online"
    account: str = ""
    party: str = "2547***678 - WANJIKU"
    linked: str = ""
    status: str = "Completed"
    balance: int | None = None


def payment(receipt, minor, at, account, **changes) -> Row:
    return Row(receipt, at, minor, account=account, **changes)


def reversal(receipt, of, minor, at, **changes) -> Row:
    changes = {"details": f"Reversal of Pay Bill transaction {of}", "linked": of, **changes}
    return Row(receipt, at, -minor, reason="Pay Bill Reversal", **changes)


def balanced(rows, opening=0) -> list[Row]:
    """Give every row its running balance, in order of time."""
    done, now = [], opening
    for row in sorted(rows, key=lambda each: each.at):
        now += row.minor if row.status == "Completed" else 0
        done.append(replace(row, balance=now))
    return done


def money(minor) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"


def cells(row, form="%d-%m-%Y %H:%M:%S") -> list[str]:
    at = row.at.astimezone(NAIROBI).strftime(form)
    return [
        row.receipt, at, at, row.details, row.status, money(row.minor) if row.minor > 0 else "",
        money(row.minor) if row.minor < 0 else "", money(row.balance), "TRUE", row.reason,
        row.party, row.linked, row.account,
    ]  # fmt: skip


def preamble(rows, until=None) -> list[list[str]]:
    since, last = span(rows)
    first, last = (f"{at.astimezone(NAIROBI):%d-%m-%Y %H:%M:%S}" for at in (since, until or last))
    return [
        ["SAFARICOM PLC"],
        ["Organization Statement"],
        ["Short Code:", SHORTCODE],
        ["Time Period:", f"From {first} To {last}"],
        [],
    ]


def span(rows):
    times = sorted(row.at for row in rows)
    return times[0], times[-1]


def csv_file(
    rows, *, form="%d-%m-%Y %H:%M:%S", delimiter=",", head=None, mark="\ufeff", until=None
) -> bytes:
    """Write newest first, as the portal does, with its lines before the head."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows(preamble(rows, until) if head is None else head)
    writer.writerow(HEAD)
    writer.writerows(cells(row, form) for row in reversed(rows))
    return (mark + text.getvalue()).encode()


def xlsx_file(rows, *, typed=True) -> bytes:
    """Write a workbook, its cells numbers and times or text."""
    book = Workbook(write_only=True)
    page = book.create_sheet("Statement")
    for line in [*preamble(rows), HEAD]:
        page.append(line)
    for row in reversed(rows):
        line = cells(row)
        if typed:
            naive = row.at.astimezone(NAIROBI).replace(tzinfo=None)
            line[1] = line[2] = naive
            line[5] = row.minor / 100 if row.minor > 0 else None
            line[6] = row.minor / 100 if row.minor < 0 else None
            line[7] = row.balance / 100
        page.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def live_wallet() -> Wallet:
    """A wallet with a valid account number."""
    wallet = make_wallet()
    type(wallet.workspace).objects.filter(id=wallet.workspace_id).update(
        mpesa_account_ref=new_reference()
    )
    wallet.workspace.refresh_from_db()
    return wallet


@dataclass
class Planted:
    """What M-Pesa's side shows, and every fault that was planted: (kind, what, receipt)."""

    rows: list[Row] = field(default_factory=list)
    faults: set[tuple[str, str, str]] = field(default_factory=set)
    small_missing: dict[str, int] = field(default_factory=dict)


FAULTS = (
    "missing", "missing_large", "extra", "amount_up", "amount_down", "time", "account", "reversed",
    "came_and_went", "partial_reversal", "wrong_reversal",
)  # fmt: skip


def plant(seed: int, count: int) -> Planted:
    """Make `count` rows, the same ones for the same seed, and the books they are matched with."""
    dice = random.Random(seed)
    wallets = [live_wallet() for _ in range(5)]
    here, made = [], Planted()
    at = clock.now().replace(microsecond=0) - timedelta(seconds=count * 170)
    undone = []
    while len(made.rows) < count:
        at += timedelta(seconds=dice.randrange(1, 300))
        number = "U" + "".join(dice.choice(LETTERS) for _ in range(8)) + str(dice.randrange(10))
        owner, other = dice.sample(wallets, 2)
        reference = owner.workspace.mpesa_account_ref
        minor = dice.choice((50, 100, 500, 1000, 2500, 7500, dice.randrange(10, 20_000))) * 100
        row = payment(number, minor, at, spelled(reference, dice))
        booked = (number, minor, at + timedelta(seconds=dice.randrange(-20, 20)), owner)
        chance = dice.random()
        fault = dice.choice(FAULTS) if chance < 0.02 else ""
        if not fault:
            here.append(booked)
            made.rows += [row, *noise(row, chance, dice)]
            if 0.05 < chance < 0.055:
                back = "V" + number[1:]
                made.rows.append(reversal(back, number, minor, at + timedelta(minutes=2)))
                undone.append(number)
            continue
        _plant(fault, made, here, undone, row, booked, other, dice)
    book(here)
    for number in undone:
        reversals.reverse_payment(number, actor="operator:1", reason="planted")
    made.rows = balanced(made.rows)
    return made


def _plant(fault, made, here, undone, row, booked, other, dice) -> None:
    number, minor, at, owner = booked
    back = reversal("V" + number[1:], number, minor, row.at + timedelta(minutes=3))
    if fault == "missing":
        made.small_missing[number] = minor
        made.faults.add(("missing", "", number))
    elif fault == "missing_large":
        row = replace(row, minor=dice.randrange(20_001, 250_000) * 100)
        made.faults.add(("missing", "", number))
    elif fault == "extra":
        here.append(booked)
        made.faults.add(("extra", "", number))
        return
    elif fault in ("amount_up", "amount_down"):
        here.append(booked)
        row = replace(row, minor=minor * 10 if fault == "amount_up" else minor - 100 * 20)
        made.faults.add(("different", "amount", number))
    elif fault == "time":
        here.append((number, minor, at - timedelta(minutes=30), owner))
        made.faults.add(("different", "time", number))
    elif fault == "account":
        here.append(booked)
        row = replace(row, account=other.workspace.mpesa_account_ref)
        made.faults.add(("different", "account", number))
    elif fault == "reversed":
        here.append(booked)
        made.rows.append(back)
        made.faults.add(("reversed", "", number))
    elif fault == "came_and_went":
        made.rows.append(back)
        made.faults.add(("reversed", "unseen", number))
    elif fault == "partial_reversal":
        here.append(booked)
        made.rows.append(replace(back, minor=-1000))
        made.faults.add(("different", "reversal", number))
    elif fault == "wrong_reversal":
        here.append(booked)
        undone.append(number)
        made.faults.add(("extra", "reversal", number))
    made.rows.append(row)


def noise(row, chance, dice) -> list[Row]:
    """What every real statement has beside payments, and is no fault."""
    at = row.at
    if chance < 0.03:
        return [replace(row, minor=-500, reason="Pay Bill Charge", account="", details="Charge")]
    if chance < 0.035:
        return [Row("W" + row.receipt[1:], at, -dice.randrange(1, 90_000) * 100,
                    "Organization Settlement", "Business transfer of funds", party="BANK")]  # fmt: skip
    if chance < 0.04:
        return [replace(row, receipt="X" + row.receipt[1:], status="Failed")]
    return []


def spelled(reference, dice) -> str:
    """As people type it."""
    return dice.choice((reference, reference.lower(), reference.replace("-", " "), reference[3:]))


@transaction.atomic
def book(payments) -> None:
    """Write receipts, postings and entries as `land` would, in a few statements."""
    balances: dict[object, int] = {}
    receipts, postings, entries = [], [], []
    for number, minor, at, wallet in payments:
        reference = wallet.workspace.mpesa_account_ref
        receipts.append(MpesaReceipt(
            receipt_no=number, shortcode=SHORTCODE, amount_minor=minor, currency="KES", paid_at=at,
            first_source="c2b", sources=["c2b"], bill_ref_raw=reference, bill_ref=reference,
            workspace_id=wallet.workspace_id, status="credited",
        ))  # fmt: skip
        posting = Posting(
            id=ids.uuid7(), workspace_id=wallet.workspace_id, mode="live", kind="topup",
            source_ref=number, currency="KES", net_minor=minor,
        )  # fmt: skip
        postings.append(posting)
        balances[wallet.id] = balances.get(wallet.id, 0) + minor
        entries.append(Entry(posting=posting, account="wallet", wallet_id=wallet.id,
                             amount_minor=minor, balance_after_minor=balances[wallet.id]))  # fmt: skip
        entries.append(Entry(posting=posting, account="mpesa_clearing", amount_minor=-minor))
    MpesaReceipt.objects.bulk_create(receipts, batch_size=2000)
    Posting.objects.bulk_create(postings, batch_size=2000)
    Entry.objects.bulk_create(entries, batch_size=2000)
    for wallet_id, minor in balances.items():
        Wallet.objects.filter(id=wallet_id).update(balance_minor=minor)
