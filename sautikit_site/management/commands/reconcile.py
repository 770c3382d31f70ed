"""Import an M-Pesa statement and say where it and our books do not agree."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import Problem
from kernel.money import Money
from wallet import reconciliation
from wallet.models import Finding, Statement
from wallet.services import statements

ACTOR = "command:reconcile"
CURRENCY = "KES"


class Command(BaseCommand):
    help = "Import FILE (CSV or XLSX of the organisation portal) and print the three-way match."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The statement as it was exported.")
        parser.add_argument("--csv", type=Path, help="Write every finding to this file as well.")
        parser.add_argument("--strict", action="store_true", help="exit 1 while anything is open")

    # The options are argparse's.
    def handle(self, *_args: object, **options: Any) -> None:
        """Importing a file twice changes nothing and prints the same report."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path} does not exist.")
        started = time.monotonic()
        try:
            statement, is_new = statements.import_statement(
                name=path.name, raw=path.read_bytes(), actor=ACTOR
            )
        except Problem as problem:
            raise CommandError(str(problem)) from None
        seconds = f"{time.monotonic() - started:.1f} s"
        how = "imported" if is_new else "was imported before; nothing changed"
        self.stdout.write(f"{statement.name}: {statement.rows_count} rows {how}, {seconds}")
        self._report(statement)
        if options["csv"]:
            options["csv"].write_text(reconciliation.findings_csv(statement), encoding="utf-8")
        waiting = Finding.objects.filter(statement=statement, status__in=("open", "asked")).count()
        if options["strict"] and waiting:
            raise CommandError(f"{waiting} findings are open")

    def _report(self, statement: Statement) -> None:
        for bar in reconciliation.bars(statement):
            if bar.rows:
                money = Money(bar.minor, CURRENCY)
                self.stdout.write(f"  {bar.label:<30} {bar.rows:>7}  {money!s:>20}")
        for each in reconciliation.standing(statement):
            words = f"{each.rows} {each.kind} {each.status}"
            self.stdout.write(f"  finding: {words}, {Money(each.minor, CURRENCY)}")
        if statement.breaks:
            first = statement.breaks[0]
            self.stdout.write(f"  the balance does not follow in {len(statement.breaks)} rows,"
                              f" first in line {first}")  # fmt: skip
        gap = reconciliation.gap(statement)
        if gap is not None:
            shown = (
                ("M-Pesa's closing balance", gap.closing_minor),
                ("our M-Pesa clearing account", gap.books_minor),
                ("gap", gap.gap_minor),
                ("of it not explained", gap.unexplained_minor),
            )
            for label, minor in shown:
                self.stdout.write(f"  {label:<30} {'':>7}  {Money(minor, CURRENCY)!s:>20}")
