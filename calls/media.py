"""The door of recordings: a signed link plays the sound, whole or in ranges, without a key."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.response import StreamingHttpResponse
from django.views.decorators.http import require_safe

from calls import queries, vault
from calls.models import Recording

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
HEADERS = {
    "Accept-Ranges": "bytes",
    # A range is of the file as it is: nobody on the way may pack it.
    "Content-Encoding": "identity",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def recording_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Play a stored recording; 202 while it is being stored, 404 and 410 when there is nothing."""
    recording = queries.recording_of_link(token)
    if recording is None:
        return HttpResponse(status=404, headers=HEADERS)
    if recording.state in queries.GONE:
        return HttpResponse(status=410, headers=HEADERS)
    if recording.is_pending:
        return _pending(recording)
    return _sound(request, recording)


def _pending(recording: Recording) -> HttpResponse:
    seconds = queries.retry_after_seconds(recording)
    body = {"status": "pending", "retry_after_seconds": seconds}
    return JsonResponse(body, status=202, headers={**HEADERS, "Retry-After": str(seconds)})


def _sound(request: HttpRequest, recording: Recording) -> HttpResponseBase:
    size = recording.size_bytes or 0
    wanted = stretch(request.headers.get("Range", ""), size)
    if wanted is None:
        return HttpResponse(status=416, headers={**HEADERS, "Content-Range": f"bytes */{size}"})
    start, stop = wanted
    is_part = (start, stop) != (0, size)
    headers = {
        **HEADERS,
        "Content-Length": str(stop - start),
        "Content-Disposition": f'inline; filename="{recording.id}.wav"',
    }
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    body = () if request.method == "HEAD" else vault.read(recording, start=start, stop=stop)
    return StreamingHttpResponse(
        body, status=206 if is_part else 200, content_type="audio/wav", headers=headers
    )


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
