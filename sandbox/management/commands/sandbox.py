"""Run what stands for the outside: Daraja, the mailbox, the carrier and its handsets."""

import asyncio

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel import ready
from sandbox.config import from_settings
from sandbox.server import serve


class Command(BaseCommand):
    """Serve the sandbox until stopped."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        """Run the event loop; says so on the terminal when all doors are open."""
        asyncio.run(serve(from_settings(settings), ready=self.announce))

    def announce(self) -> None:
        """Tell the supervisor and the terminal."""
        ready.announce("sandbox")
        self.stdout.write("sandbox: ready", ending="\n")
        self.stdout.flush()
