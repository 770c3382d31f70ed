"""A request to the API made from a form of its OpenAPI operation, and sent with a test key."""

from __future__ import annotations

import functools
import io
import json
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes, urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils import translation

from docs import reference
from docs.reference import Operation
from kernel.shapes import Shape

LIVE, TEST = "tsk_live_", "tsk_test_"
KEY_FIELD = "key"
SHOWN_BYTES_MAX = 65_536
LIKELY: Final[Mapping[str, str]] = {
    "to": "+254711000001",
    "country": "KE",
    "currency": "KES",
    "provider": "mpesa",
    "amount_minor": "100000",
    "phone_e164": "+254712345678",
    "actions": '[{"say": {"text": "Habari, karibu."}}]',
}
# What a proxy and the browser's own request said, and this one does not say.
_KEPT: Final = ("REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST",
                "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "SCRIPT_NAME")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the form."""

    place: str
    name: str
    # text, number, choice or json.
    kind: str
    is_required: bool
    about: str
    choices: tuple[str, ...] = ()
    value: str = ""
    problem: str = ""

    @property
    def id(self) -> str:
        return f"{self.place}.{self.name}"


@dataclass(frozen=True, slots=True)
class Request:
    """What will be sent."""

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def curl(self) -> str:
        """Return the same request for a terminal; the key stays out of it."""
        lines = [f"curl -X {self.method} {shlex.quote(settings.PUBLIC_URL + self.target)}"]
        lines.append('-H "Authorization: Bearer $SAUTIKIT_API_KEY"')
        lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        lines += [f"-d {shlex.quote(self.body)}"] if self.body else []
        return " \\\n  ".join(lines)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    reason: str
    milliseconds: int
    request_id: str
    headers: list[tuple[str, str]]
    body: str

    @property
    def is_good(self) -> bool:
        return self.status < 400


def operations() -> list[reference.Group]:
    """Return what can be tried, by heading."""
    found = (
        reference.Group(it.name, it.about, [each for each in it.operations if each.can_be_tried])
        for it in reference.groups()
    )
    return [it for it in found if it.operations]


def operation(name: str) -> Operation | None:
    """Find an operation by its id."""
    found = (it for group in operations() for it in group.operations)
    return next((it for it in found if it.id == name), None)


def fields(it: Operation) -> list[Field]:
    """Return the inputs that an operation takes, in the order of its URL, query, headers and body."""
    given = [_parameter(each) for each in it.about.get("parameters", [])]
    content = it.about.get("requestBody", {}).get("content", {})
    if not content:
        return given
    shape = reference.resolved(content["application/json"]["schema"])
    needed = shape.get("required", [])
    body = [
        _field("body", name, each, name in needed) for name, each in shape["properties"].items()
    ]
    return [*given, *body]


def filled(found: list[Field], values: Mapping[str, str]) -> list[Field]:
    """Put what was typed into the fields, each with what is wrong with it."""
    typed = [replace(it, value=values.get(it.id, "").strip()) for it in found]
    return [replace(it, problem=_problem(it)) for it in typed]


def build(it: Operation, found: list[Field]) -> Request:
    """Make the request of fields without problems; what was left empty is left out."""
    given = [field for field in found if field.value]
    path = it.path
    for field in given:
        if field.place == "path":
            path = path.replace(f"{{{field.name}}}", quote(field.value, safe="+"))
    body = {field.name: _value(field) for field in given if field.place == "body"}
    has_body = any(field.place == "body" for field in found)
    headers = {field.name: field.value for field in given if field.place == "header"}
    if has_body:
        headers = {"Content-Type": "application/json", **headers}
    return Request(
        method=it.method,
        path=path,
        query=urlencode([(field.name, field.value) for field in given if field.place == "query"]),
        body=json.dumps(body, ensure_ascii=False) if has_body else "",
        headers=headers,
    )


def refusal(key: str, it: Operation) -> str:
    """Say why nothing is sent with this key; empty when it may be."""
    if key.startswith(LIVE):
        return (
            "This is a live key: it would call real telephones and spend real money. "
            f"Use a key that begins with {TEST}."
        )
    if key and not key.startswith(TEST):
        return f"A test key begins with {TEST}."
    if not key and not it.is_public:
        return "Paste a test key, or make one for fifteen minutes."
    return ""


# The outer request is the page's: the client's address and scheme are its own.
def send(request: Request, key: str, outer: Any) -> Reply:
    """Send it through the whole of our own door, as if it had come over the network.

    The page's cookies do not go with it: the key alone says who asks.
    """
    raw = request.body.encode()
    environ = {name: outer.META[name] for name in _KEPT if name in outer.META}
    environ |= {f"HTTP_{_meta(name)}": value for name, value in request.headers.items()}
    environ |= {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": _unquoted(request.path),
        "QUERY_STRING": request.query,
        "CONTENT_LENGTH": str(len(raw)),
        "CONTENT_TYPE": "application/json" if raw else "",
        "wsgi.url_scheme": outer.scheme,
        "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": outer.META.get("wsgi.errors"),
    }
    if key:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    began = time.perf_counter()
    with translation.override(translation.get_language()):
        answer = _door().get_response(WSGIRequest(environ))
    milliseconds = round((time.perf_counter() - began) * 1000)
    headers = list(answer.headers.items())
    return Reply(
        status=answer.status_code,
        reason=answer.reason_phrase,
        milliseconds=milliseconds,
        request_id=answer.headers.get("X-Request-Id", ""),
        headers=[each for each in headers if each[0] in ("Location", "Retry-After", "Allow")],
        body=_readable(answer),
    )


@functools.cache
def _door() -> WSGIHandler:
    return WSGIHandler()


def _parameter(told: Shape) -> Field:
    about = str(told.get("description", "") or told["schema"].get("description", ""))
    made = _field(told["in"], told["name"], told["schema"], bool(told.get("required")))
    return replace(made, about=about)


def _field(place: str, name: str, shape: Shape, is_required: bool) -> Field:
    whole = reference.resolved(shape)
    types = whole.get("type", "")
    base = types[0] if isinstance(types, list) else types
    about = str(shape.get("description") or whole.get("description") or "")
    likely = LIKELY.get(name, "") if is_required and place == "body" else ""
    if "enum" in whole:
        choices = tuple(str(word) for word in whole["enum"] if word is not None)
        return Field(place, name, "choice", is_required, about, choices, likely)
    if base == "boolean":
        return Field(place, name, "choice", is_required, about, ("true", "false"))
    if base in ("integer", "number"):
        return Field(place, name, "number", is_required, about, value=likely)
    is_text = base == "string" or any(it.get("type") == "string" for it in whole.get("anyOf", ()))
    return Field(place, name, "text" if is_text else "json", is_required, about, value=likely)


def _problem(field: Field) -> str:
    if not field.value:
        return "This is needed." if field.is_required else ""
    if field.place == "path" and "/" in field.value:
        return "An id has no slash."
    if field.place == "header" and not field.value.isprintable():
        return "One line of text."
    if field.choices and field.value not in field.choices:
        return f"One of {', '.join(field.choices)}."
    try:
        _value(field)
    except ValueError:
        return "A whole number." if field.kind == "number" else "This is not JSON."
    return ""


# The value is whatever the body holds.
def _value(field: Field) -> Any:
    if field.kind == "number":
        return int(field.value)
    if field.kind == "choice":
        known = {"true": True, "false": False}
        return known.get(field.value, int(field.value) if field.value.isdecimal() else field.value)
    # A list may stand where one text does, as in `to`.
    if field.kind == "json" or field.value.startswith("["):
        return json.loads(field.value)
    return field.value


def _meta(name: str) -> str:
    return name.upper().replace("-", "_")


def _unquoted(path: str) -> str:
    """WSGI hands a path over decoded, its bytes as Latin-1."""
    return unquote_to_bytes(path).decode("latin-1")


# Django's responses have no common type that has both forms.
def _readable(answer: Any) -> str:
    if getattr(answer, "streaming", False):
        answer.close()
        return "A file."
    raw: bytes = answer.content
    text = raw[:SHOWN_BYTES_MAX].decode(errors="replace")
    try:
        return json.dumps(json.loads(raw), indent=2, ensure_ascii=False)[:SHOWN_BYTES_MAX]
    except ValueError:
        return text
