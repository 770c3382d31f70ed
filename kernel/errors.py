"""Declared problems: one class per public error code, one registry, one envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext

from kernel.phrases import Phrase

_registry: dict[str, type[Problem]] = {}

Fields = list[tuple[str, str]]


def registry() -> Mapping[str, type[Problem]]:
    """Return every declared problem by code, in the order of declaration."""
    return _registry


def spoken(text: object) -> object:
    """Say a phrase in the language of the page; anything else stays what it is."""
    if isinstance(text, Phrase):
        return gettext(text.pattern).format(**text.facts)
    return text


class Problem(Exception):
    """What a caller can cause: a code, an HTTP status, a sentence and its documentation."""

    code: ClassVar[str]
    status: ClassVar[int]
    message: ClassVar[str]
    doc: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        missing = [n for n in ("code", "status", "message", "doc") if n not in cls.__dict__]
        if missing:
            raise TypeError(f"{cls.__name__} does not declare {', '.join(missing)}")
        if _registry.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"the code {cls.code} is taken by {_registry[cls.code].__name__}")

    def __init__(
        self,
        *,
        fields: Fields | None = None,
        headers: dict[str, str] | None = None,
        **facts: object,
    ) -> None:
        self.fields = fields or []
        self.headers = headers or {}
        self.facts = facts
        super().__init__(str(self.message).format(**facts))

    def words(self) -> str:
        """Say it to a person, in the language of the page; programs always get English."""
        facts = {name: spoken(fact) for name, fact in self.facts.items()}
        return gettext(str(self.message)).format(**facts)

    def spoken_fields(self) -> Fields:
        """List what is wrong with which field, in the language of the page."""
        return [(path, str(spoken(text))) for path, text in self.fields]

    def envelope(self, request_id: str, docs_url: str = "") -> dict[str, Any]:
        """Return the one error body of the API."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": str(self),
            "request_id": request_id,
            "doc_url": f"{docs_url}/developers/errors/{self.code}",
        }
        if self.fields:
            error["fields"] = [{"path": path, "message": text} for path, text in self.fields]
        return {"error": error}


class BadRequest(Problem):
    code = "validation.bad_request"
    status = 400
    message = "{reason}"
    doc = """The request is malformed: JSON that does not parse, a missing field, a bad UUID or number.
    `fields` names each place. Mend the request; sending it again unchanged fails again."""

    def __init__(self, reason: str = "", *, fields: Fields | None = None) -> None:
        reason = reason or _listed(fields or [])
        super().__init__(fields=fields, reason=reason or "The request could not be read.")

    def words(self) -> str:
        """Say which fields are wrong in the language of the page."""
        is_list = bool(self.fields) and self.facts["reason"] == _listed(self.fields)
        return _listed(self.spoken_fields()) if is_list else super().words()


def _listed(fields: Fields) -> str:
    return "; ".join(f"{path}: {text}" if path else text for path, text in fields)


class NotFound(Problem):
    code = "not_found"
    status = 404
    message = "There is nothing at this address."
    doc = "The path does not exist, or the object is not in your workspace."


class MethodNotAllowed(Problem):
    code = "method_not_allowed"
    status = 405
    message = "{method} is not possible here."
    doc = (
        "The path exists but not for this HTTP method. The `Allow` header lists the possible ones."
    )


class BodyTooLarge(Problem):
    code = "body_too_large"
    status = 413
    message = "The body is larger than {limit_bytes} bytes."
    doc = "Request bodies are limited. Send less."


class UnsupportedMediaType(Problem):
    code = "unsupported_media_type"
    status = 415
    message = "Send the body as {wanted}."
    doc = "The API reads JSON bodies only; an upload is read as multipart/form-data only."

    def __init__(self, *, wanted: str = "application/json") -> None:
        super().__init__(wanted=wanted)


class RateLimited(Problem):
    code = "rate_limited"
    status = 429
    message = "Too many requests. Try again in {retry_after_seconds} s."
    doc = "A limit was reached. Wait for the number of seconds in `Retry-After`, then go on."
    retryable = True

    def __init__(self, *, retry_after_seconds: int, headers: dict[str, str] | None = None) -> None:
        all_headers = {"Retry-After": str(retry_after_seconds), **(headers or {})}
        super().__init__(headers=all_headers, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class IdempotencyConflict(Problem):
    code = "idempotency.conflict"
    status = 409
    message = "This Idempotency-Key was used for another request."
    doc = """A key names one request: method, path and body. Use a new key for a new request,
    or send exactly the same body to get the first reply again."""


class IdempotencyInProgress(Problem):
    code = "idempotency.in_progress"
    status = 409
    message = "The first request with this Idempotency-Key is still running."
    doc = "Wait for the number of seconds in `Retry-After` and send the same request again."
    retryable = True


class InternalError(Problem):
    code = "internal_error"
    status = 500
    message = "Something failed on our side. Quote the request id to support."
    doc = "An unexpected failure of ours, logged under the request id. Retrying may work."
    retryable = True


class Unavailable(Problem):
    code = "unavailable"
    status = 503
    message = "The service cannot answer right now. Try again in a moment."
    doc = "A part we need (database, broker) is away. Nothing was done. Retry after `Retry-After`."
    retryable = True

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})
