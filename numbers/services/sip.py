"""What desk phones register with: made, given another password, taken back; and where phones are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from kernel import bell, clock, ids
from numbers import trail
from numbers.errors import NumberNotAssigned, SipCredentialsLimit
from numbers.models import Number, SipCredential
from numbers.states import HELD

PER_NUMBER_MAX = 10
PASSWORD_CHARACTERS = 24
SUFFIX_CHARACTERS = 5
# Rung when the phones' process has something to read.
BELL = "phones"


@dataclass(frozen=True, slots=True)
class Issued:
    """A credential and its password, which nobody sees again."""

    credential: SipCredential
    password: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Where a phone said it is, with which password."""

    ha1: str
    contact: str
    user_agent: str
    until: datetime


@transaction.atomic
def add_sip_credential(number: Number, *, label: str, actor: str = "system") -> Issued:
    """Make a user name and a password for one phone of a number. Locks the number.

    Raises NumberNotAssigned and SipCredentialsLimit.
    """
    locked = Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    if locked.status not in HELD:
        raise NumberNotAssigned(e164=locked.e164)
    if SipCredential.objects.filter(number=locked).count() >= PER_NUMBER_MAX:
        raise SipCredentialsLimit(e164=locked.e164, most=PER_NUMBER_MAX)
    suffix = ids.random_base62(SUFFIX_CHARACTERS).lower()
    row = SipCredential(
        number=locked,
        label=label,
        username=f"{locked.e164.removeprefix('+')}-{suffix}",
        realm=settings.SIP_DOMAIN,
    )
    password = _renew(row)
    row.save(force_insert=True)
    trail.record(locked, "number.sip_credential_added", actor, after={"username": row.username})
    bell.ring(BELL)
    return Issued(row, password)


@transaction.atomic
def rotate_sip_credential(credential: SipCredential, *, actor: str = "system") -> Issued:
    """Give a credential another password; the phone is signed out. Locks the credential."""
    row = SipCredential.objects.select_for_update(no_key=True).get(pk=credential.pk)
    password = _renew(row)
    row.rotated_at = clock.now()
    row.registered_until = None
    row.save()
    after = {"username": row.username}
    trail.record(row.number, "number.sip_credential_rotated", actor, after=after)
    bell.ring(BELL)
    return Issued(row, password)


@transaction.atomic
def delete_sip_credential(credential: SipCredential, *, actor: str = "system") -> None:
    """Take a credential back; the phone is signed out within seconds."""
    before = {"username": credential.username}
    trail.record(credential.number, "number.sip_credential_removed", actor, before=before)
    credential.delete()
    bell.ring(BELL)


def note_registrations(found: Mapping[str, Registration | None]) -> None:
    """Remember where the phones of some user names are, or that they have gone.

    One that registered with a password of before is as good as gone.
    """
    for username, where in found.items():
        row = SipCredential.objects.filter(username=username)
        if where:
            row = row.filter(ha1=where.ha1)
        row.update(
            contact=where.contact if where else "",
            user_agent=where.user_agent if where else "",
            registered_until=where.until if where else None,
        )


def _renew(row: SipCredential) -> str:
    """Make a password and keep what digest authentication needs of it (RFC 7616's A1, MD5)."""
    password = ids.random_base62(PASSWORD_CHARACTERS)
    text = f"{row.username}:{row.realm}:{password}"
    row.ha1 = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return password
