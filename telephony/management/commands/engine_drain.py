"""`manage.py engine_drain`: the places of engines, and which of them take no new calls."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telephony import places


class Command(BaseCommand):
    help = "List the places of engines; with a name, let no new call begin there (--back: again)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="an Asterisk node, or engine-0, engine-1 …")
        parser.add_argument("--host", help="only on this machine")
        parser.add_argument("--back", action="store_true", help="take calls again")

    # Django hands over the command line's options.
    def handle(self, *args: Any, **options: Any) -> None:
        if name := options["name"]:
            change = places.bring_back if options["back"] else places.drain
            if not change(name, host=options["host"]):
                raise CommandError(f"There is no place {name}; without a name all are listed.")
        for each in places.reports():
            calls = "1 leg" if each.legs == 1 else f"{each.legs} legs"
            self.stdout.write(f"{each.host:<24} {each.name:<16} {each.state:<9} {calls}")
