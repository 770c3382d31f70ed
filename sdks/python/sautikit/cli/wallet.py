"""`sautikit wallet`: the balance, and every movement of it."""

from __future__ import annotations

from itertools import islice

from sautikit.cli.exits import DONE
from sautikit.cli.line import Group, Line, add_limit
from sautikit.cli.output import Column, Row, named
from sautikit.cli.words import moment, money

COLUMNS = (
    Column("When", lambda row: moment(row["created_at"])),
    named("Kind", "kind"),
    Column("Amount", lambda row: signed(row), is_number=True),
    Column("VAT in it", lambda row: money(row["vat_minor"], row["currency"]), is_number=True),
    Column(
        "Balance", lambda row: money(row["balance_after_minor"], row["currency"]), is_number=True
    ),
    named("About", "description"),
)


def add(group: Group) -> None:
    """Put the commands on the line."""
    wallet = group.group("wallet", "the balance, and every movement of it", balance)
    wallet.command("balance", "print what the wallet holds", balance)
    rows = wallet.command(
        "statement",
        "list every movement, newest first",
        statement,
        examples=("sautikit wallet statement --kind call --since 2026-11-01T00:00:00Z --json",),
    )
    rows.add_argument("--kind", metavar="NAME", help="such as topup, call, rental")
    rows.add_argument("--since", metavar="TIME", help="not before")
    rows.add_argument("--until", metavar="TIME", help="before")
    add_limit(rows)


def balance(line: Line) -> int:
    """Print the balance, what running calls hold, and what may be spent."""
    now = line.client.wallet.balance()
    currency = now["currency"]
    facts = [
        ("Balance", money(now["balance_minor"], currency)),
        ("Held by calls", money(now["held_minor"], currency)),
        ("Available", money(now["available_minor"], currency)),
    ]
    line.out.object(now, facts)
    return DONE


def statement(line: Line) -> int:
    """Print the movements as a table."""
    options = line.options
    found = line.client.wallet.statements(
        kind=options.kind,
        from_=options.since,
        to=options.until,
        limit=min(options.limit, 100),
    )
    line.out.table(islice(found, options.limit), COLUMNS, empty="Nothing has moved yet.")
    return DONE


def signed(row: Row) -> str:
    """Write a debit with its sign; the API's amounts are always positive."""
    amount = row["amount_minor"] if row["direction"] == "credit" else -row["amount_minor"]
    return money(amount, row["currency"])
