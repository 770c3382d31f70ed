"""Measure ours and a peer side by side on servers that are gone afterwards."""

from __future__ import annotations

import subprocess
import sys
from argparse import REMAINDER, ArgumentParser

from django.core.management.base import BaseCommand

from sautikit_site import platforms
from sautikit_site.bootstrap import ROOT


class Command(BaseCommand):
    help = "Run benches: `bench api wallet [--rounds N] [--json FILE]`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rest", nargs=REMAINDER)

    def handle(self, *_args: object, rest: list[str], **_options: object) -> None:
        """Start the servers, run the benches in a process of their own, pass its verdict on."""
        self.stdout.write("bench: starting PostgreSQL and Valkey")
        with platforms.running(durable=True) as platform:
            command = [sys.executable, "-m", "bench", *rest]
            done = subprocess.run(command, cwd=ROOT, env=platform.environment, check=False)
        sys.exit(done.returncode)
