"""Routing: where a number's calls and events go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from kernel import bell, http
from kernel.errors import BadRequest
from kernel.phrases import Phrase
from numbers import trail
from numbers.errors import NumberNotAssigned
from numbers.models import Number
from numbers.states import HELD

URL_MAX = 2000
URLS = ("voice_callback_url", "voice_fallback_url", "events_url")
VOICEMAIL = ("voicemail_greeting", "voicemail_email")
FIELDS = (*URLS, "voice_signing_secret", "ring_client", "forward_to", *VOICEMAIL)
FORWARD_MAX = 5
GREETING_MAX = 500
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SOUND = re.compile(r"https?://\S+")
CLIENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@transaction.atomic
def route_number(number: Number, *, changes: Mapping[str, str], actor: str = "system") -> Number:
    """Change some of a number's targets; an empty text clears one. Locks the number.

    Raises BadRequest and NumberNotAssigned.
    """
    check_routes(changes)
    locked = Number.objects.select_for_update(no_key=True).get(id=number.id)
    if locked.status not in HELD:
        raise NumberNotAssigned(e164=locked.e164)
    names = [name for name in FIELDS if name in changes]
    before = {name: getattr(locked, name) for name in names}
    for name in names:
        setattr(
            locked,
            name,
            ",".join(destinations(changes[name])) if name == "forward_to" else changes[name],
        )
    locked.save(update_fields=names)
    trail.record(locked, "number.routed", actor, before=before, after=dict(changes))
    bell.ring("live", f"{locked.workspace_id}:{locked.mode}:numbers")
    return locked


def renew_greeting(*, number_id: UUID, before: str, after: str) -> bool:
    """Put another address of the same sound into a routing, unless that was changed since."""
    rows = Number.objects.filter(id=number_id, voicemail_greeting=before)
    return bool(rows.update(voicemail_greeting=after))


def check_routes(changes: Mapping[str, str]) -> None:
    """Refuse a URL we would not call, and what is no client name, number or mail address.

    Raises BadRequest naming each bad field.
    """
    wrong = [(name, reason) for name in URLS if (reason := _refusal(changes.get(name, "")))]
    if (client := changes.get("ring_client", "")) and not CLIENT_NAME.fullmatch(client):
        rule = Phrase("must be 1 to 40 letters, digits, dots, dashes and underscores")
        wrong.append(("ring_client", rule))
    wrong += _wrong_targets(changes)
    if wrong:
        raise BadRequest(fields=wrong)


def destinations(text: str) -> list[str]:
    """Return the numbers of a list with commas or spaces between them, each once."""
    return list(dict.fromkeys(text.replace(",", " ").split()))


def is_sound(greeting: str) -> bool:
    """Say whether a greeting is the address of a sound file and not what is said."""
    return SOUND.fullmatch(greeting) is not None


def _wrong_targets(changes: Mapping[str, str]) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    found = destinations(changes.get("forward_to", ""))
    if len(found) > FORWARD_MAX or not all(E164.fullmatch(each) for each in found):
        rule = Phrase("must be at most {most} numbers in E.164, with commas", most=FORWARD_MAX)
        wrong.append(("forward_to", rule))
    greeting = changes.get("voicemail_greeting", "")
    if len(greeting) > GREETING_MAX:
        wrong.append(("voicemail_greeting", _too_long(GREETING_MAX)))
    elif is_sound(greeting) and (reason := _refusal(greeting)):
        wrong.append(("voicemail_greeting", reason))
    if email := changes.get("voicemail_email", ""):
        try:
            validate_email(email)
        except ValidationError:
            wrong.append(("voicemail_email", Phrase("must be an e-mail address")))
    return wrong


def _refusal(url: str) -> str:
    if not url:
        return ""
    if len(url) > URL_MAX:
        return _too_long(URL_MAX)
    try:
        _scheme, host, _port, _target = http.check_url(url)
        _check_literal(host)
    except http.TargetRefused as problem:
        return problem.reason
    return ""


def _too_long(characters: int) -> Phrase:
    return Phrase("must be at most {most} characters", most=characters)


def _check_literal(host: str) -> None:
    """Check an address that stands in the URL; a name is checked when it is resolved."""
    if host.replace(".", "").isdecimal() or ":" in host:
        try:
            http.check_address(host)
        except ValueError:
            raise http.TargetRefused("the URL names no host") from None
