"""Run the conformance suite of the SDKs on the oldest languages that they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser
from typing import Final

from django.core.management.base import BaseCommand, CommandError

from sautikit_site.bootstrap import ROOT

SUITE: Final = "tests/sdks/oldest/suite_on_oldest.py"
FIGURE: Final = re.compile(r"^\.?oldest: (.+)$", re.MULTILINE)
LANGUAGES: Final = 4


class Command(BaseCommand):
    help = "Run every scenario of the SDKs on Python 3.9, Node.js 18 and PHP 8.1: `sdks --oldest`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--oldest", action="store_true", required=True)

    def handle(self, *_args: object, **_options: object) -> None:
        """Print one line of figures; fails when a scenario does, or a language cannot be had."""
        quiet = ["-q", "-s", "-n", "0", "-p", "no:randomly", "-p", "no:schemathesis"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", SUITE, *quiet, "--tb=short"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        figures = FIGURE.findall(done.stdout)
        if done.returncode != 0 or len(figures) != LANGUAGES:
            raise CommandError(f"{done.stdout[-8000:]}{done.stderr[-2000:]}")
        self.stdout.write(f"oldest: {'; '.join(figures)}")
