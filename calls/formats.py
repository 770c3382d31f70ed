"""Which sound format a reader of a recording asks for."""

from __future__ import annotations

from typing import Final

from kernel.errors import BadRequest
from kernel.phrases import one_of
from kernel.sound import MEDIA_TYPES

DEFAULT: Final = "wav"
ACCEPTED: Final = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/ogg": "opus",
    "audio/opus": "opus",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
}


def wanted(query: str | None, accept: str) -> str:
    """Return `format` of the query, else the first sound that Accept names, else WAV.

    Raises: BadRequest for a format that we do not make.
    """
    if query:
        if query not in MEDIA_TYPES:
            raise BadRequest(fields=[("format", one_of(MEDIA_TYPES))])
        return query
    named = (each.partition(";")[0].strip().lower() for each in accept.split(","))
    return next((ACCEPTED[each] for each in named if each in ACCEPTED), DEFAULT)
