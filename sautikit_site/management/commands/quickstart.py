"""Drive the whole quickstart against a running `manage.py up` and check the ledger at the end."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sautikit_site.quickstart import story
from sautikit_site.quickstart.client import Failed


class Command(BaseCommand):
    help = "From nothing to a ringing phone: sign up, top up, claim, call, answer, press 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--record", metavar="DIR", help="keep the audio and webhook bodies here"
        )

    def handle(self, *_args: object, record: str | None = None, **_options: object) -> None:
        """Run the story once with a fresh person and a fresh phone."""
        try:
            seconds = story.run(say=self.stdout.write, record=Path(record) if record else None)
        except Failed as failure:
            raise CommandError(str(failure)) from None
        self.stdout.write(f"quickstart: passed in {seconds:.1f} s")
