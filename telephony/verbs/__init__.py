"""The verbs of a voice document, one file each; parser, schema and reference read this table."""

from __future__ import annotations

from telephony.interpreter.verb import Verb
from telephony.verbs.conference import Conference
from telephony.verbs.dial import Dial
from telephony.verbs.get_digits import GetDigits
from telephony.verbs.hangup import Hangup
from telephony.verbs.pause import Pause
from telephony.verbs.play import Play
from telephony.verbs.record import Record
from telephony.verbs.redirect import Redirect
from telephony.verbs.reject import Reject
from telephony.verbs.say import Say
from telephony.verbs.stream import Stream

ALL: tuple[type[Verb], ...] = (
    Say,
    Play,
    Pause,
    GetDigits,
    Dial,
    Conference,
    Record,
    Stream,
    Redirect,
    Reject,
    Hangup,
)

BY_NAME: dict[str, type[Verb]] = {verb.NAME: verb for verb in ALL}
BY_ELEMENT: dict[str, type[Verb]] = {word: verb for verb in ALL for word in verb.ELEMENTS}
