"""Run the conformance suite of voice documents against an engine, on servers gone afterwards."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from sautikit_site.conformance import lab
from sautikit_site.conformance.engines import ENGINES


class Command(BaseCommand):
    help = (
        "Make real calls for every kind of voice document and judge what phones and customers got."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--engine", choices=sorted(ENGINES), default="native")
        parser.add_argument(
            "--quick", action="store_true", help="the reduced selection of a test run"
        )
        parser.add_argument("--only", default="", help="cases whose name holds this")
        parser.add_argument("--keep", action="store_true", help="keep the logs of a good run too")

    def handle(
        self, *_args: object, engine: str, quick: bool, only: str, keep: bool, **_options: object
    ) -> None:
        """Exit 0 when every case held."""
        held = lab.run(engine=engine, is_quick=quick, only=only, keep=keep)
        sys.exit(0 if held else 1)
