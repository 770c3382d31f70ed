"""The Celery application: a doorbell for rows, without results."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sautikit_site.settings")

app = Celery("sautikit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _announce(sender: Any, **_facts: object) -> None:
    """Say that this worker serves, under the name before its host: `-n recogniser@%h`."""
    from kernel import ready

    name = str(sender.hostname).partition("@")[0]
    ready.announce("recogniser" if name == "recogniser" else "worker")
