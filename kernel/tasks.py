"""The one Celery task: run a leased row of work."""

from __future__ import annotations

from celery import shared_task
from django.db import close_old_connections

from kernel import mail, work


@shared_task(name="kernel.run_work", ignore_result=True)
def run_work(work_id: str, token: str) -> None:
    """Claim the row by its lease token and run its handler."""
    close_old_connections()
    try:
        work.run(work_id, token)
    finally:
        close_old_connections()


@work.work("kernel.send_mail", queue="periodic", lease_seconds=60)
def send_mail(ref: str) -> None:
    mail.send(ref)
