"""What a call does that asks no voice URL: a client's goes to whom it dialled, others to clients."""

from __future__ import annotations

from calls.models import Call
from numbers.models import Number
from numbers.queries import sip_credentials_of
from numbers.services import is_sound
from telephony import inside
from telephony.interpreter.verb import Verb
from telephony.verbs.dial import NUMBERS_MAX, Dial
from telephony.verbs.play import Play
from telephony.verbs.record import Record
from telephony.verbs.say import Say


def actions_without_url(call: Call) -> tuple[Verb, ...] | None:
    """Return the document of a call without a voice URL, or None when it has none."""
    if call.is_from_client:
        return (Dial(number=call.remote_e164),)
    if call.direction != "inbound":
        return None
    return (*_ringing(call.number), *_voicemail(call.number)) or None


def takes_message(call: Call) -> bool:
    """Say whether what a call records is a message for its number."""
    return call.direction == "inbound" and bool(call.number.voicemail_greeting)


def _ringing(number: Number) -> tuple[Verb, ...]:
    """Call the clients and phones of a number, or else those it is forwarded to."""
    if targets := clients_of(number):
        return (Dial(sip=targets),)
    forwards = tuple(number.forward_to.split(",")) if number.forward_to else ()
    return (Dial(numbers=forwards),) if forwards else ()


def _voicemail(number: Number) -> tuple[Verb, ...]:
    """Greet and record who reaches nobody."""
    if not number.voicemail_greeting:
        return ()
    greeting = number.voicemail_greeting
    heard = Play(url=greeting) if is_sound(greeting) else Say(text=greeting)
    return (heard, Record())


def clients_of(number: Number) -> tuple[str, ...]:
    """Return the SIP addresses that ring for a number: its browser client and its desk phones."""
    names = [number.ring_client] if number.ring_client else []
    names += sip_credentials_of(number).values_list("username", flat=True)[:NUMBERS_MAX]
    return tuple(inside.sip_address(name) for name in names[:NUMBERS_MAX])
