"""Photograph and judge every page, on a platform that is gone afterwards."""

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
        "Write every page, wide and at 360 pixels, light and dark, to var/screens and judge it: "
        "`screens [--only WORD]`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", default="", help="pages whose name has this in it")

    def handle(self, *_args: object, only: str, **_options: object) -> None:
        """Start the platform, walk in a process of its own, pass its verdict on."""
        self.stdout.write("screens: starting a platform")
        with platforms.running() as platform, doors.opened(platform.environment) as opened:
            command = [sys.executable, "-m", "sautikit_site.screens", "--only", only]
            done = subprocess.run(command, cwd=ROOT, env=opened.environment, check=False)
        sys.exit(done.returncode)
