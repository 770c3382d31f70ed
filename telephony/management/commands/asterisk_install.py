"""`manage.py asterisk_install`: an Asterisk of our own in var/cache, or why there cannot be one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telephony.asterisk.debian import InstallFailed
from telephony.asterisk.install import install


class Command(BaseCommand):
    help = "Install Asterisk under var/cache and print its version; nothing else is changed."
    requires_system_checks = ()

    # Django hands over the command line's options.
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = install(settings.BASE_DIR / "var" / "cache" / "asterisk", self.stderr.write)
        except InstallFailed as problem:
            raise CommandError(f"Asterisk was not installed: {problem}") from None
        self.stdout.write(f"Asterisk {found.version}")
