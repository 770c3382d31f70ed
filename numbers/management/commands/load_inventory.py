"""Load numbers into the pool from a CSV file or a range."""

from __future__ import annotations

import csv
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numbers import services
from numbers.models import Inventory

E164 = re.compile(r"^\+[1-9]\d{7,14}$")
MODES = ("live", "test", "both")
PRICES = ("monthly_price_minor", "inbound_per_min_minor", "outbound_per_min_minor")


class Command(BaseCommand):
    """Numbers that are in the pool already stay as they are."""

    help = "Load numbers from FILE.csv (e164,monthly_price_minor,…) or --range +254200000000 100."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="CSV with a header line.")
        parser.add_argument("--range", nargs=2, metavar=("FIRST", "COUNT"), dest="span")
        parser.add_argument("--mode", choices=MODES, default="live")
        parser.add_argument("--country", default="KE")
        parser.add_argument("--currency", default="KES")
        parser.add_argument("--monthly-price-minor", type=int, default=10_000)
        parser.add_argument("--inbound-per-min-minor", type=int, default=0)
        parser.add_argument("--outbound-per-min-minor", type=int, default=300)

    # The options are argparse's.
    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == bool(options["span"]):
            raise CommandError("Give a CSV file or --range FIRST COUNT.")
        numbers = _from_file(options["file"]) if options["file"] else _from_range(options["span"])
        rows = [_row(given, options) for given in numbers]
        fresh = services.load_inventory(rows)
        self.stdout.write(f"{fresh} numbers loaded, {len(rows) - fresh} were there already.")


def _from_file(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise CommandError(f"{path} does not exist.")
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if "e164" not in (reader.fieldnames or ()):
            raise CommandError("The first line of the CSV must name the column e164.")
        yield from reader


def _from_range(span: list[str]) -> Iterator[dict[str, str]]:
    first, count = span
    if not E164.match(first) or not count.isdecimal():
        raise CommandError("A range is a number in E.164 form and a count.")
    for step in range(int(count)):
        yield {"e164": f"+{int(first[1:]) + step}"}


def _row(given: dict[str, str], options: dict[str, Any]) -> Inventory:
    if not E164.match(given["e164"]):
        raise CommandError(f"{given['e164']!r} is not a number in E.164 form.")
    if given.get("mode") and given["mode"] not in MODES:
        raise CommandError(f"{given['mode']!r} is not live, test or both.")
    try:
        prices = {name: int(given.get(name) or options[name]) for name in PRICES}
    except ValueError:
        raise CommandError(f"A price of {given['e164']} is not a whole number.") from None
    return Inventory(
        e164=given["e164"],
        country=given.get("country") or options["country"],
        currency=given.get("currency") or options["currency"],
        mode=given.get("mode") or options["mode"],
        **prices,
    )
