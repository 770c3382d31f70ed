"""The Celery application: a doorbell for rows, without results."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sautikit_site.settings")

app = Celery("sautikit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _announce(sender: Any, **_facts: object) -> None:
    """Say that this worker serves, under the name before its host: `-n recogniser@%h`."""
    from kernel import ready

    _claim_own(sender)
    name = str(sender.hostname).partition("@")[0]
    ready.announce("recogniser" if name == "recogniser" else "worker")


_claimers: list[Any] = []


def _claim_own(consumer: Any) -> None:
    """Serve those of the worker's queues that are claimed without Celery."""
    from kernel import claiming, work

    for queue in set(work.CLAIMED_QUEUES) & set(app.amqp.queues.consume_from):
        claimer = claiming.Claimer(queue, hands=consumer.pool.limit)
        claimer.start()
        _claimers.append(claimer)


@worker_shutting_down.connect
def _stop_claiming(**_facts: object) -> None:
    for claimer in _claimers:
        claimer.stop()


@worker_shutdown.connect
def _finish_claimed(**_facts: object) -> None:
    """What was begun is ended, as Celery does with its own."""
    for claimer in _claimers:
        claimer.join()
