"""The door of sounds: a signed link plays a recording or an upload without a key, or a part of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.response import StreamingHttpResponse
from django.views.decorators.http import require_safe

from calls import formats, queries, vault
from calls.models import Recording
from calls.services import renditions, uploads
from kernel.sound import KINDS, MEDIA_TYPES

log = logging.getLogger(__name__)

RETRY_SECONDS = "5"
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
HEADERS = {
    "Accept-Ranges": "bytes",
    # A range is of the file as it is: nobody on the way may pack it.
    "Content-Encoding": "identity",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that can be read in stretches."""

    id: UUID
    form: str
    size_bytes: int
    read: Callable[..., Iterator[bytes]]


@require_safe
def recording_file(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """Play a stored recording in the format of its ending.

    202 while it is being stored or made, 404 and 410 when there is nothing.
    """
    recording = queries.recording_of_link(token) if form in MEDIA_TYPES else None
    if recording is None:
        return HttpResponse(status=404, headers=HEADERS)
    if recording.state in queries.GONE:
        return HttpResponse(status=410, headers=HEADERS)
    if recording.is_pending:
        return _pending(recording)
    if form == formats.DEFAULT:
        read = partial(vault.read, recording)
        return _sound(request, Sound(recording.id, form, recording.size_bytes or 0, read))
    rendition = renditions.want_rendition(recording, form)
    if rendition.state == "failed":
        return HttpResponse(status=404, headers=HEADERS)
    if rendition.state != "ready":
        return _pending(recording)
    read = partial(vault.read_rendition, rendition)
    return _sound(request, Sound(recording.id, form, rendition.size_bytes or 0, read))


@require_safe
def upload_file(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """Play a customer's own sound file until its address ends."""
    upload = uploads.of_link(token)
    if upload is None or upload.kind != form:
        return HttpResponse(status=404, headers=HEADERS)
    read = partial(vault.read_upload, upload)
    return _sound(request, Sound(upload.id, form, upload.size_bytes, read))


def _pending(recording: Recording) -> HttpResponse:
    seconds = queries.retry_after_seconds(recording)
    body = {"status": "pending", "retry_after_seconds": seconds}
    return JsonResponse(body, status=202, headers={**HEADERS, "Retry-After": str(seconds)})


def _sound(request: HttpRequest, sound: Sound) -> HttpResponseBase:
    size = sound.size_bytes
    wanted = stretch(request.headers.get("Range", ""), size)
    if wanted is None:
        return HttpResponse(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    start, stop = wanted
    is_part = (start, stop) != (0, size)
    headers = {
        **HEADERS,
        "Content-Length": str(stop - start),
        "Content-Disposition": f'inline; filename="{sound.id}.{sound.form}"',
    }
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    body: Iterable[bytes] = ()
    if request.method != "HEAD":
        try:
            body = _begun(sound.read(start=start, stop=stop))
        except Exception:
            log.exception("sound %s cannot be read", sound.id)
            return HttpResponse(status=503, headers={**HEADERS, "Retry-After": RETRY_SECONDS})
    kind = MEDIA_TYPES.get(sound.form) or KINDS[sound.form]
    return StreamingHttpResponse(
        body, status=206 if is_part else 200, content_type=kind, headers=headers
    )


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Read the first piece now: a store that is away is found out before the answer has begun."""
    return chain([next(pieces, b"")], pieces)


def stretch(header: str, size: int) -> tuple[int, int] | None:
    """Return the (start, stop) that a Range header asks for, the whole for none; None if outside."""
    match = RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
    return (start, stop) if start < stop else None
