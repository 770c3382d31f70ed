"""The Celery application: a doorbell for rows, without results."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sautikit_site.settings")

app = Celery("sautikit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _announce(**_facts: object) -> None:
    from kernel import ready

    ready.announce("worker")
