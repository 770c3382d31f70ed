"""What is known of a person or a phone number: each app declares how it finds and forgets it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q

from kernel import signing
from kernel.models import AuditEntry, Mail

# At most so many rows of a kind are given away at once.
ROWS_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: a person by id and address, or a phone number; and the name put instead."""

    pseudonym: str
    user_id: UUID | None = None
    email: str = ""
    phone: str = ""


# A row is whatever the app tells, ready for JSON.
Row = Mapping[str, Any]
Collect = Callable[[Subject], Mapping[str, Iterable[Row]]]
Erase = Callable[[Subject], Mapping[str, int]]
Wait = Callable[[Subject], datetime | None]


@dataclass(frozen=True, slots=True)
class Holder:
    """One app that may know something."""

    name: str
    collect: Collect
    erase: Erase
    # When to look again, if something is going on that must end first.
    wait: Wait


_holders: dict[str, Holder] = {}


def declare(
    name: str, *, collect: Collect, erase: Erase, wait: Wait = lambda subject: None
) -> None:
    """Declare what one app knows of people; called from its `people` module."""
    if name in _holders:
        raise ValueError(f"declared twice: {name}")
    _holders[name] = Holder(name, collect, erase, wait)


def of_phone(e164: str) -> Subject:
    """Name a phone number, and the pseudonym that takes its place: always the same, never read back."""
    mark = signing.keyed_hash(settings.PEPPER, "erased-phone", e164)[:8]
    return Subject(pseudonym=f"erased-{mark}", phone=e164)


def collect(subject: Subject) -> dict[str, list[Row]]:
    """Gather what every app knows, by the name of its list."""
    found: dict[str, list[Row]] = {}
    for holder in _holders.values():
        for name, rows in holder.collect(subject).items():
            found[name] = list(rows)
    return found


def must_wait(subject: Subject) -> datetime | None:
    """Ask every app whether something must end before the subject can be erased."""
    times = [holder.wait(subject) for holder in _holders.values()]
    return max((each for each in times if each is not None), default=None)


def erase(subject: Subject) -> dict[str, int]:
    """Have every app forget the subject in the caller's transaction; say how many rows changed."""
    counts: dict[str, int] = {}
    for holder in _holders.values():
        counts |= {name: count for name, count in holder.erase(subject).items() if count}
    return counts


def spellings(e164: str) -> list[str]:
    """List the ways a number is written in free text, the longest first."""
    local = ["0" + e164[4:]] if e164.startswith("+254") else []
    return [e164, e164[1:], *local]


def written(e164: str) -> str:
    """Give the pattern of a number as people write it: with spaces, dots or dashes, or 0 in front.

    PostgreSQL and Python read it the same way. In an address a space is a plus.
    """
    gap = "[ +().-]*"
    whole = rf"\+?{gap.join(e164[1:])}"
    return f"{whole}|{gap.join('0' + e164[4:])}" if e164.startswith("+254") else whole


def blur(
    table: str, column: str, subject: Subject, *, where: str, values: list[Any], kind: str = "jsonb"
) -> int:
    """Put the pseudonym wherever a column of some rows writes the number; say how many.

    The names come from our own code, never from a request.
    """
    pattern = written(subject.phone)
    if kind == "jsonb":
        _quote_numbers(table, column, subject, where=where, values=values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = "  # noqa: S608  Our names.
            f"regexp_replace({column}::text, %s, %s, 'g')::{kind} "
            f"WHERE ({where}) AND {column}::text ~ %s",
            [pattern, subject.pseudonym, *values, pattern],
        )
        return int(cursor.rowcount)


def _quote_numbers(
    table: str, column: str, subject: Subject, *, where: str, values: list[Any]
) -> None:
    """Make texts of numbers that JSON holds as numbers: a name can stand in a text only."""
    number = int(subject.phone[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ctid::text, {column}::text FROM {table} WHERE ({where}) "  # noqa: S608
            f"AND jsonb_path_exists({column}, '$.** ? (@ == $it)', "
            "jsonb_build_object('it', %s::numeric)) FOR UPDATE",
            [*values, number],
        )
        rows = [(json.dumps(_quoted(json.loads(text), number)), at) for at, text in cursor]
        cursor.executemany(
            f"UPDATE {table} SET {column} = %s WHERE ctid = %s::tid",  # noqa: S608
            rows,
        )


# What JSON holds has no common type.
def _quoted(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _quoted(each, number) for key, each in value.items()}
    if isinstance(value, list):
        return [_quoted(each, number) for each in value]
    return str(number) if value == number else value


def _collect_own(subject: Subject) -> dict[str, Iterable[Row]]:
    if subject.user_id is None:
        return {}
    me = f"user:{subject.user_id}"
    acts = AuditEntry.objects.filter(Q(actor=me) | Q(subject=me)).order_by("-created_at")
    mails = Mail.objects.filter(to=subject.email).order_by("-created_at")
    return {
        "audit": acts.values(
            "created_at", "action_kind", "actor", "subject", "before", "after", "workspace_id"
        )[:ROWS_MAX],
        "mails": mails.values("created_at", "subject", "sent_at")[:ROWS_MAX],
    }


def _erase_own(subject: Subject) -> dict[str, int]:
    if subject.phone:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kernel_forget_phone(%s, %s)",
                [spellings(subject.phone), subject.pseudonym],
            )
            events = cursor.fetchone()[0]
        told = blur("kernel_mail", "subject", subject, where="true", values=[], kind="text")
        return {"events": events, "mails": told}
    mails = Mail.objects.filter(to=subject.email)
    return {"mails": mails.update(to=f"{subject.pseudonym}@erased.invalid")}


declare("kernel", collect=_collect_own, erase=_erase_own)
