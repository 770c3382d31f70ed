"""Measure three pages with Lighthouse, on a platform that is gone afterwards."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from sautikit_site import platforms
from sautikit_site.bootstrap import ROOT
from sautikit_site.screens import doors


class Command(BaseCommand):
    help = (
        "Report Lighthouse's scores of sign-in, overview and call list: `lighthouse [--rounds N]`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=5)

    def handle(self, *_args: object, rounds: int, **_options: object) -> None:
        """Start the platform, run Lighthouse against the system's Chromium, print the medians."""
        self.stdout.write("lighthouse: starting a platform")
        with platforms.running() as platform, doors.opened(platform.environment) as opened:
            module = [sys.executable, "-m", "sautikit_site.screens.lighthouse"]
            command = [*module, "--rounds", str(rounds)]
            done = subprocess.run(command, cwd=ROOT, env=opened.environment, check=False)
        sys.exit(done.returncode)
