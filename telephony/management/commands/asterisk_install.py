"""`manage.py asterisk_install`: an Asterisk of our own in var/cache, or why there cannot be one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telephony.asterisk.debian import InstallFailed, NotHere
from telephony.asterisk.install import install

# What the command exits with where it cannot be installed for a good reason.
NOT_HERE = 3


class Command(BaseCommand):
    help = "Install Asterisk under var/cache and print its version; nothing else is changed."
    requires_system_checks = ()

    # Django hands over the command line's options.
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = install(settings.BASE_DIR / "var" / "cache" / "asterisk", self.stderr.write)
        except InstallFailed as problem:
            code = NOT_HERE if isinstance(problem, NotHere) else 1
            raise CommandError(f"Asterisk was not installed: {problem}", returncode=code) from None
        self.stdout.write(f"Asterisk {found.version}")
