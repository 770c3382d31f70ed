"""What goes over the wire and when it goes again, without any input or output."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any, Optional, Union
from urllib.parse import quote, urlencode

from sautikit.errors import SautikitConnectionError, SautikitError

# The far end has done nothing in any of these, so asking again is safe.
UNDONE = (429, 503)
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


class Unset:
    """Stands for what was not given, where None has a meaning of its own."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent as often as it must be."""

    method: str
    target: str
    headers: dict[str, str]
    body: Optional[bytes]


@dataclass(frozen=True)
class Reply:
    """What came back: its status, its headers by small letters, its JSON."""

    status: int
    headers: dict[str, str]
    data: Any


# A key of one's own, True for a new one, or none at all.
Key = Union[str, bool, None]


def given(plain: Mapping[str, Any], nullable: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Keep what was given; None is a value only where the API has a meaning for it."""
    kept = {name: value for name, value in plain.items() if value is not None}
    more = {name: value for name, value in (nullable or {}).items() if value is not UNSET}
    return {**kept, **more}


def quoted(name: str, value: str) -> str:
    """Return a part of a path; an empty one would be another route."""
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text that is not empty.")
    return quote(value, safe="")


def request(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: Any = None,
    form: Mapping[str, bytes] | None = None,
    query: Mapping[str, Any] | None = None,
    key: Key = None,
) -> Request:
    """Return the request for a path of the API; a body of bytes is a voice document as it is."""
    told = {name: _in_query(value) for name, value in (query or {}).items() if value is not None}
    sent, raw = dict(headers), None
    if form is not None:
        sent["Content-Type"], raw = _formed(form)
    elif method not in ("GET", "DELETE") or body is not None:
        is_xml = isinstance(body, bytes) and body.lstrip()[:1] == b"<"
        sent["Content-Type"] = "application/xml" if is_xml else "application/json"
        raw = body if isinstance(body, bytes) else _written(body)
    if key:
        sent["Idempotency-Key"] = key if isinstance(key, str) else str(uuid.uuid4())
    return Request(method, path + (f"?{urlencode(told)}" if told else ""), sent, raw)


def reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """Return what the API answered; raises SautikitError when that is a refusal."""
    known = {name.lower(): value for name, value in headers.items()}
    if status >= 400:
        raise SautikitError.of_reply(status, _parsed(raw), known)
    return Reply(status, known, json.loads(raw) if raw else None)


def wait_seconds(problem: SautikitError, tried: int) -> float | None:
    """Return how long to wait before asking again; None when that would not be safe."""
    is_unreached = isinstance(problem, SautikitConnectionError) and problem.unreached
    if problem.status not in UNDONE and not is_unreached:
        return None
    if problem.retry_after_seconds is not None:
        asked = float(problem.retry_after_seconds)
        return asked if asked <= LONGEST_WAIT_SECONDS else None
    return FIRST_WAIT_SECONDS * 2.0**tried * random.uniform(0.5, 1.0)


def result(got: Reply, inside: str = "") -> Any:
    """Return what a method gives back: the JSON, a part of it, or where a file is."""
    if got.status in (301, 302, 303, 307):
        return {"status": "ready", "url": got.headers.get("location", "")}
    return got.data[inside] if inside else got.data


def _written(body: Any) -> bytes:
    return json.dumps({} if body is None else body, default=_in_json).encode()


def _formed(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Write files as multipart/form-data; what they are is seen by their content."""
    mark = uuid.uuid4().hex
    head = 'Content-Disposition: form-data; name="{0}"; filename="{0}"'
    kind = "Content-Type: application/octet-stream"
    parts = [
        f"--{mark}\r\n{head.format(name)}\r\n{kind}\r\n\r\n".encode() + raw + b"\r\n"
        for name, raw in files.items()
    ]
    whole = b"".join([*parts, f"--{mark}--\r\n".encode()])
    return f"multipart/form-data; boundary={mark}", whole


def _in_query(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(str(each) for each in value)
    return _in_json(value) if isinstance(value, date) else str(value)


def _in_json(value: Any) -> Any:
    """Say what JSON has no word for: a time, and a document that is still being built."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.astimezone()
        return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "to_dict"):
        return value.to_dict()
    raise TypeError(f"{type(value).__name__} cannot be sent to the API.")


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
