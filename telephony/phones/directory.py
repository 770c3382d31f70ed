"""What the phones' process knows of the database: credentials, contacts, engines; and its calls."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet

from accounts.models import Workspace
from calls import services as calls
from kernel import clock
from kernel.errors import Problem
from numbers import services as numbers
from numbers.models import SipCredential
from numbers.states import HELD
from telephony import clients, inside
from telephony.models import Engine
from telephony.phones.exchange import Placed
from telephony.phones.registrar import Contact, Registrar
from telephony.phones.stack import PhoneStack

log = logging.getLogger(__name__)

# What a phone shows of a refusal: what its own screen has words for.
CODES = {400: 484, 401: 403, 402: 402, 403: 403, 404: 404, 409: 403, 429: 486, 503: 503}
FAILED = 500
KENYA = "+254"


def refresh(registrar: Registrar, stack: PhoneStack) -> None:
    """Store where phones are, then read who may register and which engines there are.

    While the database is away everything stays as it was.
    """
    close_old_connections()
    changes = registrar.take_changes()
    try:
        if changes:
            numbers.note_registrations({name: _stored(it) for name, it in changes.items()})
        rows = list(_credentials())
        engines = Engine.objects.filter(closed_at=None, lease_until__gt=clock.now())
        ports = list(engines.values_list("sip_port", flat=True))
    except DatabaseError as problem:
        log.warning("the directory of the phones is as it was: %s", problem)
        return
    registrar.load(
        {row.username: row.ha1 for row in rows},
        {row.username: _contact(row) for row in rows if row.is_registered and row.contact},
    )
    current = {(settings.SIP_HOST, port) for port in ports if port}
    stack.engines |= current
    stack.engines &= current


def place(username: str, called: str) -> Placed:
    """Open a call of a phone as the number of its credential, whatever it says it is."""
    close_old_connections()
    row = _credentials().select_related("number__workspace").filter(username=username).first()
    if row is None:
        return Placed(code=403)
    try:
        engine = clients.live_engine()
        leg = calls.open_client_call(
            number=row.number,
            client=f"{inside.SIP}:{username}",
            to=in_full(called),
            asks_voice_url=False,
        )
    except Problem as problem:
        return Placed(code=CODES.get(problem.status, FAILED))
    except DatabaseError:
        log.exception("a call of %s", username)
        return Placed(code=503)
    return Placed(str(leg.id), row.number.e164, (settings.SIP_HOST, engine.sip_port))


def in_full(dialled: str) -> str:
    """Write what was dialled in E.164: 0712…, 254712… and +254712… are one phone."""
    digits = "".join(letter for letter in dialled if letter.isdigit())
    if dialled.startswith("00"):
        return f"+{digits[2:]}"
    return f"{KENYA}{digits[1:]}" if dialled.startswith("0") else f"+{digits}"


def _credentials() -> QuerySet[SipCredential]:
    return SipCredential.objects.filter(number__status__in=HELD).exclude(
        number__workspace__status=Workspace.SUSPENDED
    )


def _contact(row: SipCredential) -> Contact:
    user, _, place = row.contact.rpartition("@")
    host, _, port = place.partition(":")
    assert row.registered_until is not None
    return Contact(user, host, int(port), row.user_agent, row.registered_until.timestamp(), row.ha1)


def _stored(contact: Contact | None) -> numbers.Registration | None:
    if contact is None:
        return None
    return numbers.Registration(
        ha1=contact.ha1,
        contact=f"{contact.user}@{contact.host}:{contact.port}",
        user_agent=contact.user_agent,
        until=datetime.fromtimestamp(contact.until, UTC),
    )
