"""Outgoing mail: a row with its cause, sent by a worker."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from kernel import clock, work
from kernel.models import Mail


def post(to: str, template: str, context: dict[str, object]) -> Mail:
    """Render `emails/<template>.subject.txt`, `.txt` and `.html` and queue the mail."""
    row = Mail.objects.create(
        to=to,
        subject=render_to_string(f"emails/{template}.subject.txt", context).strip(),
        text=render_to_string(f"emails/{template}.txt", context),
        html=render_to_string(f"emails/{template}.html", context),
    )
    work.enqueue("kernel.send_mail", row.id)
    return row


def send(mail_id: str) -> None:
    """Send one mail unless it was sent; a crash between the two sends it twice, never not at all."""
    row = Mail.objects.filter(id=mail_id, sent_at__isnull=True).first()
    if row is None:
        return
    message = EmailMultiAlternatives(subject=row.subject, body=row.text, to=[row.to])
    if row.html:
        message.attach_alternative(row.html, "text/html")
    message.send()
    # The body carries a sign-in secret, so it does not outlive the sending.
    Mail.objects.filter(id=row.id).update(sent_at=clock.now(), text="", html="")
