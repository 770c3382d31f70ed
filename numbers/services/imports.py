"""Files of numbers: read line by line in batches, rehearsed or stored, with what is wrong kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from kernel import audit, clock, work
from numbers.errors import ImportRefused
from numbers.models import INVENTORY_MODES, Inventory, InventoryImport
from numbers.states import IMPORT

E164: Final = re.compile(r"^\+[1-9]\d{7,14}$")
PRICES: Final = {
    "monthly_price_minor": 10_000,
    "inbound_per_min_minor": 0,
    "outbound_per_min_minor": 300,
}
COLUMNS: Final = ("e164", "country", "currency", "mode", *PRICES)
MODES: Final = tuple(mode for mode, _ in INVENTORY_MODES)
LINES_MAX: Final = 100_000
SIZE_MAX: Final = 10 * 1024 * 1024
BATCH: Final = 500
PROBLEMS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: the row it makes, or what is wrong with it."""

    number: int
    row: Inventory | None
    problem: str = ""


@transaction.atomic
def ask_import(
    *, name: str, raw: bytes, is_rehearsal: bool, reason: str, actor: str
) -> InventoryImport:
    """Keep a file and let a worker go through it. Raises ImportRefused for what is no such file."""
    lines = _lines(raw)
    made = InventoryImport.objects.create(
        name=name[-200:] or "numbers.csv",
        raw=raw,
        is_rehearsal=is_rehearsal,
        lines_total=len(lines),
        reason=reason[:200],
        asked_by=actor,
    )
    audit.record(
        "inventory.import_asked",
        actor=actor,
        subject=f"import:{made.id}",
        after={"file": made.name, "lines": len(lines), "is_rehearsal": is_rehearsal},
        reason=reason,
    )
    work.enqueue("numbers.import", made.id)
    return made


def run_import(import_id: UUID | str) -> None:
    """Go on where the last run ended, a batch a transaction. May run twice: what is known stays."""
    row = InventoryImport.objects.get(id=import_id)
    IMPORT.apply(row, "start")
    if row.status != "running":
        return
    lines = _lines(bytes(row.raw))
    while row.lines_done < len(lines):
        _take(row, lines[row.lines_done : row.lines_done + BATCH])
    with transaction.atomic():
        if IMPORT.apply(row, "finish", ended_at=clock.now()) and row.added and not row.is_rehearsal:
            audit.record(
                "inventory.imported",
                actor=row.asked_by,
                subject=f"import:{row.id}",
                after={"added": row.added, "known": row.known, "wrong": row.wrong},
                reason=row.reason,
            )


@transaction.atomic
def _take(row: InventoryImport, texts: list[dict[str, str]]) -> None:
    """Check one batch and store it unless this is a rehearsal; the row says how far we are."""
    locked = InventoryImport.objects.select_for_update(no_key=True).get(pk=row.pk)
    lines = list(_read(texts, first=locked.lines_done + 2))
    good = {line.row.e164: line for line in lines if line.row is not None}
    known = set(Inventory.objects.filter(e164__in=good).values_list("e164", flat=True))
    fresh = [line.row for e164, line in good.items() if line.row and e164 not in known]
    if not locked.is_rehearsal:
        Inventory.objects.bulk_create(fresh, ignore_conflicts=True)
    wrong = [[line.number, line.problem] for line in lines if line.row is None]
    twice = len(lines) - len(wrong) - len(good)
    locked.lines_done += len(texts)
    locked.added += len(fresh)
    locked.known += len(known) + twice
    locked.wrong += len(wrong)
    locked.problems = [*locked.problems, *wrong][:PROBLEMS_MAX]
    locked.save(update_fields=["lines_done", "added", "known", "wrong", "problems"])
    for name in ("lines_done", "added", "known", "wrong", "problems"):
        setattr(row, name, getattr(locked, name))


def _lines(raw: bytes) -> list[dict[str, str]]:
    if len(raw) > SIZE_MAX:
        raise ImportRefused(reason="The file is larger than 10 MiB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused(reason="The file is not UTF-8 text.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = [name.strip() for name in reader.fieldnames or ()]
    if "e164" not in columns:
        raise ImportRefused(reason="The first line must name the columns, e164 among them.")
    if unknown := sorted(set(columns) - set(COLUMNS)):
        raise ImportRefused(reason=f"Unknown columns: {', '.join(unknown)}.")
    reader.fieldnames = columns
    rows = list(reader)
    if not rows or len(rows) > LINES_MAX:
        raise ImportRefused(
            reason=f"A file has 1 to {LINES_MAX} numbers; this one has {len(rows)}."
        )
    return rows


def _read(texts: list[dict[str, str]], *, first: int) -> Iterator[Line]:
    for place, given in enumerate(texts):
        try:
            yield Line(first + place, _row(given))
        except ValueError as problem:
            yield Line(first + place, None, str(problem))


def _row(given: dict[str, str]) -> Inventory:
    """Make a row of a line; raises ValueError with what is wrong."""
    # A line with more cells than the head has them under None, one with fewer lacks them.
    if None in given:
        raise ValueError("has more cells than the first line has columns")
    facts = {name: (value or "").strip() for name, value in given.items()}
    if not E164.match(facts["e164"]):
        raise ValueError(f"{facts['e164'] or 'nothing'} is not a number in E.164 form")
    mode, country, currency = (
        facts.get(name) or usual
        for name, usual in (("mode", "live"), ("country", "KE"), ("currency", "KES"))
    )
    if mode not in MODES:
        raise ValueError(f"{mode} is not live, test or both")
    if not re.fullmatch("[A-Z]{2}", country) or currency != "KES":
        raise ValueError(f"{country} {currency} is no country and currency we bill in")
    prices = {name: _price(name, facts.get(name, ""), usual) for name, usual in PRICES.items()}
    return Inventory(e164=facts["e164"], mode=mode, country=country, currency=currency, **prices)


def _price(name: str, text: str, usual: int) -> int:
    if not text:
        return usual
    if not text.isdecimal() or len(text) > 12:
        raise ValueError(f"{name} is a whole number of cents, not {text}")
    return int(text)
