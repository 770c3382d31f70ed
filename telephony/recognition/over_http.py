"""Any recogniser that takes a file over HTTP, as OpenAI's and those that are like it do."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from django.conf import settings

from calls.ports import Heard, NotRecognised
from kernel.http import HttpFailed, Reply, Timeouts, request

TIMEOUTS = Timeouts(connect_seconds=5.0, total_seconds=300.0)
BYTES_MAX = 1024 * 1024
BUSY = (408, 425, 429)


class HttpRecogniser:
    """Posts the file as a form to RECOGNISER_URL; the answer is JSON with `text`."""

    name = "http"

    def recognise(self, path: Path) -> Heard:
        boundary = uuid4().hex
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        if settings.RECOGNISER_KEY:
            headers["Authorization"] = f"Bearer {settings.RECOGNISER_KEY}"
        try:
            reply = request(
                "POST",
                settings.RECOGNISER_URL,
                headers=headers,
                body=_form(boundary, path),
                timeouts=TIMEOUTS,
                max_bytes=BYTES_MAX,
                trusted=True,
            )
        except HttpFailed as problem:
            raise NotRecognised(problem.reason, may_pass=True) from None
        return _read(reply)


def _form(boundary: str, path: Path) -> bytes:
    fields = {"model": settings.RECOGNISER_MODEL, "response_format": "json"}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    tail = f"\r\n--{boundary}--\r\n"
    return "".join([*parts, head]).encode() + path.read_bytes() + tail.encode()


def _read(reply: Reply) -> Heard:
    if not 200 <= reply.status < 300:
        may_pass = reply.status >= 500 or reply.status in BUSY
        raise NotRecognised(f"the recogniser answered {reply.status}", may_pass=may_pass)
    try:
        found = reply.json()
        text, sure = found["text"], found.get("confidence")
        percent = None if sure is None else round(100 * min(1.0, max(0.0, float(sure))))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotRecognised("the recogniser's answer has no text", may_pass=False) from None
    return Heard(text=str(text), confidence_percent=percent)
