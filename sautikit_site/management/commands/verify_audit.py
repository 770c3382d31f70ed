"""Check the seals of what operators did and print the first row that is not as it was written."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from kernel import seals


class Command(BaseCommand):
    help = "Check the chain of seals over the operators' audit rows; exit 0 only when it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--known",
            metavar="NUMBER:DIGEST",
            help="A head that an earlier run printed: it must still be part of the chain.",
        )

    # The options are argparse's.
    def handle(self, *_args: object, known: str | None = None, **_options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            broken = seals.first_broken_row(known=_head(known) if known else None)
            head = seals.head()
        if broken:
            raise CommandError(f"verify_audit: {broken}")
        self.stdout.write(
            f"verify_audit: {head.number} rows hold; keep {head.number}:{head.digest} elsewhere"
            if head
            else "verify_audit: no operator did anything yet"
        )


def _head(text: str) -> seals.Head:
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CommandError("--known is what this command printed: NUMBER:DIGEST")
    return seals.Head(int(number), digest)
