"""Run every code sample of the site and of the READMEs against a platform of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sautikit_site import throwaway
from sautikit_site.samples import found, run
from sautikit_site.samples.place import Place
from sautikit_site.samples.run import Outcome


class Command(BaseCommand):
    help = "Run every sample of every page and README on a throw-away platform; none is skipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", metavar="WORD", default="", help="pages whose name has it")

    def handle(self, *_args: object, only: str = "", **_options: object) -> None:
        """Start the platform, run the pages one after the other, and count."""
        pages = [page for page in found.pages() if only in page.name]
        began = time.monotonic()
        folder = Path(tempfile.mkdtemp(prefix="sautikit-samples-"))
        outcomes: list[Outcome] = []
        try:
            self._say("samples: starting a platform")
            with throwaway.running_stack(folder / "var") as stack:
                place = Place(stack, folder)
                try:
                    for page in pages:
                        for outcome in run.run_page(page, place):
                            outcomes.append(outcome)
                            self._tell(outcome)
                finally:
                    place.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self._sum_up(outcomes, time.monotonic() - began)

    def _tell(self, outcome: Outcome) -> None:
        word = "FAILED" if outcome.problem else "ok"
        more = f"  ({outcome.said})" if outcome.said.startswith("the phone rang") else ""
        self._say(f"{word:6} {outcome.seconds:5.1f} s  {outcome.sample.name}{more}")
        if outcome.problem:
            self._say(outcome.problem)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _sum_up(self, outcomes: list[Outcome], seconds: float) -> None:
        failed = [it.sample.name for it in outcomes if it.problem]
        passed = len(outcomes) - len(failed)
        self.stdout.write(f"took {seconds:.0f} s")
        for name in failed:
            self.stdout.write(f"failed: {name}")
        self.stdout.write(f"{len(outcomes)} samples, {passed} passed, 0 skipped")
        if failed or not outcomes:
            raise CommandError(f"{len(failed)} samples do not do what their page says")
