"""`manage.py engine`: the gateway and its engines, until told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from telephony.gateway.run import Gateway


class Command(BaseCommand):
    help = "Run the telephony engines of this machine and carry what they do into the database."
    # A dead gateway costs calls: it starts without reading every address of the site.
    requires_system_checks = ()

    # Django hands over the command line's options.
    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        gateway = Gateway()
        gateway.start()
        stop.wait()
        gateway.stop()
