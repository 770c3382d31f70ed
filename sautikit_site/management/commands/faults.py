"""Kill what may die while work flows, on servers that are gone afterwards."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sautikit_site.faults import papers, sip, wallet, webhooks


class Command(BaseCommand):
    help = (
        "Run a fault story: `faults webhooks --seed N [--seconds S] [--rate R] [--strikes K]`, "
        "`faults wallet --seed N`, `faults wallet --property`, `faults papers --seed N`, or "
        "`faults sip --seed N [--count C]`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=("webhooks", "wallet", "papers", "sip"))
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--seconds", type=int, default=30, help="how long events flow")
        parser.add_argument("--rate", type=int, default=200, help="events a second")
        parser.add_argument("--strikes", type=int, default=8, help="how many kills")
        parser.add_argument("--count", type=int, default=100_000, help="damaged packets")
        parser.add_argument(
            "--property",
            action="store_true",
            help="instead: 200 random stories of money, 300 steps each",
        )

    # The options are argparse's.
    def handle(self, *_args: object, name: str, seed: int, **options: Any) -> None:
        """Exit 0 when every promise held."""
        if name == "webhooks":
            held = webhooks.run(
                seed=seed,
                seconds=options["seconds"],
                rate=options["rate"],
                strikes=options["strikes"],
            )
        elif name == "sip":
            held = sip.run(seed=seed, count=options["count"])
        elif name == "papers":
            held = papers.run(seed=seed)
        elif options["property"]:
            held = wallet.run_property(seed=seed)
        else:
            held = wallet.run(seed=seed)
        sys.exit(0 if held else 1)
