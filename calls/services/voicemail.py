"""Messages that callers leave for a number: whoever is named, or the owners, get a mail."""

from __future__ import annotations

from django.conf import settings

from accounts.queries import owner_emails
from calls.models import Call, Recording
from kernel import mail


def announce_message(call: Call, recording: Recording) -> None:
    """Write a mail for a message that is stored, in the caller's transaction."""
    number = call.number
    facts = {
        "caller": call.from_e164,
        "number": number.e164,
        "seconds": recording.seconds or 0,
        "url": f"{settings.PUBLIC_URL}/calls/{call.id}",
    }
    who = [number.voicemail_email] if number.voicemail_email else owner_emails(call.workspace_id)
    for email in who:
        mail.post(email, "voicemail", facts)
