"""Kill what may die while work flows, on servers that are gone afterwards."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from sautikit_site.faults import webhooks


class Command(BaseCommand):
    help = "Run a fault story: `faults webhooks --seed N [--seconds S] [--rate R] [--strikes K]`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=("webhooks",))
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--seconds", type=int, default=30, help="how long events flow")
        parser.add_argument("--rate", type=int, default=200, help="events a second")
        parser.add_argument("--strikes", type=int, default=8, help="how many kills")

    def handle(
        self, *_args: object, seed: int, seconds: int, rate: int, strikes: int, **_options: object
    ) -> None:
        """Exit 0 when every promise held."""
        held = webhooks.run(seed=seed, seconds=seconds, rate=rate, strikes=strikes)
        sys.exit(0 if held else 1)
