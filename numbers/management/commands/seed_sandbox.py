"""Load the numbers that the sandbox and the test carrier answer for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import work
from numbers import services
from numbers.models import Inventory

FIRST = 254200000000
COUNT = 100


class Command(BaseCommand):
    """May run at every start; on a production installation without the test carrier it does nothing."""

    help = "Load +254200000000 to +254200000099 on a sandbox installation."

    # The options are argparse's.
    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.SANDBOX or settings.TEST_CARRIER):
            self.stdout.write("Neither SANDBOX nor TEST_CARRIER is on: nothing loaded.")
            return
        # Nobody answers for these numbers on a real trunk, so only test keys rent them there.
        mode = "both" if settings.SANDBOX else "test"
        fresh = services.load_inventory(
            Inventory(
                e164=f"+{FIRST + step}",
                monthly_price_minor=10_000,
                inbound_per_min_minor=0,
                outbound_per_min_minor=300,
                mode=mode,
            )
            for step in range(COUNT)
        )
        if settings.SANDBOX:
            # The addresses may have moved since the last start; the simulator keeps the newest.
            work.enqueue("wallet.register_c2b", "sandbox")
        self.stdout.write(f"{fresh} sandbox numbers loaded, {COUNT - fresh} were there already.")
