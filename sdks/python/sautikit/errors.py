"""What can go wrong."""

from __future__ import annotations

from typing import Any, Mapping


class SautikitError(Exception):
    """A request that was refused: `code` is stable, `message` is for people, `request_id` for support.

    `status` is 0 when no answer came; then it is a SautikitConnectionError.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        doc_url: str = "",
        fields: list[dict[str, str]] | None = None,
        retry_after_seconds: int | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        self.doc_url = doc_url
        self.fields = fields or []
        self.retry_after_seconds = retry_after_seconds
        self.body = body

    @classmethod
    def of_reply(
        cls, status: int, body: Any, headers: Mapping[str, str] | None = None
    ) -> SautikitError:
        """Read either shape of a refusal: the envelope, or a bare `{code, reason}`."""
        told = body.get("error", body) if isinstance(body, dict) else {}
        told = told if isinstance(told, dict) else {}
        answered = headers or {}
        seconds = answered.get("retry-after", "")
        return cls(
            str(told.get("message") or told.get("reason") or f"The API answered {status}."),
            status=status,
            code=str(told.get("code") or f"http_{status}"),
            request_id=str(told.get("request_id") or answered.get("x-request-id") or ""),
            doc_url=str(told.get("doc_url") or ""),
            fields=told.get("fields"),
            retry_after_seconds=int(seconds) if seconds.isdigit() else None,
            body=body,
        )


class SautikitConnectionError(SautikitError):
    """No answer came: `code` is `timeout` or `connection_failed`.

    `unreached` is true when the request cannot have reached the API, so that it may be repeated.
    """

    def __init__(self, message: str, *, code: str, unreached: bool = False) -> None:
        super().__init__(message, code=code)
        self.unreached = unreached


class SignatureError(Exception):
    """A body that was not signed with the secret, or not within the last five minutes."""
