"""What a story is made of: an answer, a few facts, and one time line whose lines link on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from django.urls import reverse

from accounts.models import ApiKey, User
from kernel import clock, ids
from kernel.models import AuditEntry
from kernel.money import Money

# Of each source a story shows so many lines, the newest; it says when there are more.
LINES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Link:
    """Where a line leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened: when, told by which part, in a sentence; `tone` is good, bad or empty."""

    at: datetime | None
    source: str
    text: str
    detail: str = ""
    tone: str = ""
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Story:
    """One object with everything that is known about it, from all apps."""

    title: str
    answer: str
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tone: str = ""

    def fact(self, label: str, value: object, url: str = "") -> None:
        """Add a fact, unless there is nothing to say."""
        if value not in (None, ""):
            self.facts.append((label, str(value), url))

    def told(self, *groups: Iterable[Line], newest_first: bool = False) -> Story:
        """Take lines of many sources into the one order of time."""
        dated = [(line.at, line) for line in chain(*groups) if line.at is not None]
        self.lines = [line for _, line in sorted(dated, key=lambda pair: pair[0])]
        if newest_first:
            self.lines.reverse()
        return self


def story_url(kind: str, key: object) -> str:
    return reverse("backoffice:story", args=[kind, key])


def to(kind: str, key: object, label: str = "") -> Link:
    """Link to another story."""
    return Link(label or f"{kind} {key}", story_url(kind, key))


def to_row(label: str, row: str, key: object) -> Link:
    """Link to a row's own page in the back office."""
    return Link(label, reverse(f"admin:{row}_change", args=[key]))


def money(minor: int | None, currency: str = "KES") -> str:
    return "—" if minor is None else str(Money(minor, currency))


def moment(at: datetime | None) -> str:
    """Write a time as people in Nairobi read it."""
    return f"{at.astimezone(clock.NAIROBI):%d %b %Y %H:%M:%S} EAT" if at else ""


def who(actors: Iterable[str]) -> dict[str, str]:
    """Name people, keys and operators as the audit log knows them. Two queries."""
    known = {actor: actor.partition(":") for actor in set(actors)}
    people = {part[2] for part in known.values() if part[0] in ("user", "operator")}
    keys = {part[2] for part in known.values() if part[0] == "key"}
    emails = dict(
        User.objects.filter(id__in=filter(ids.is_uuid, people)).values_list("id", "email")
    )
    labels = dict(
        ApiKey.objects.filter(id__in=filter(ids.is_uuid, keys)).values_list("id", "label")
    )
    named = {}
    for actor, (kind, _, key) in known.items():
        place = UUID(key) if ids.is_uuid(key) else None
        name = (labels if kind == "key" else emails).get(place) if place else None
        words = {"user": "{}", "operator": "operator {}", "key": "API key “{}”"}
        named[actor] = words[kind].format(name) if name and kind in words else actor
    return named


def audit_lines(rows: Sequence[AuditEntry]) -> list[Line]:
    """Tell what people changed: who, what, from what to what, and why."""
    names = who(row.actor for row in rows)
    return [
        Line(
            at=row.created_at,
            source="Audit",
            text=f"{row.action_kind.replace('_', ' ')} by {names[row.actor]}"
            + (f": {row.reason}" if row.reason else ""),
            detail=changes(row),
            links=_links_of(row),
        )
        for row in rows
    ]


def changes(row: AuditEntry) -> str:
    """Write before and after side by side, only what differs."""
    before = row.before if isinstance(row.before, dict) else {}
    after = row.after if isinstance(row.after, dict) else {}
    said = [
        f"{name}: {before[name] or 'nothing'} → {after.get(name) or 'nothing'}"
        if name in before
        else f"{name}: {after[name]}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return "; ".join(said)


def _links_of(row: AuditEntry) -> tuple[Link, ...]:
    found = [to_row("row", "kernel_auditentry", row.pk)]
    if row.request_id:
        found.append(to("request", row.request_id, "request"))
    return tuple(found)
