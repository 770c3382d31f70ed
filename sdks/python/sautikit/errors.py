"""What can go wrong."""

from __future__ import annotations

from typing import Any


class SautikitError(Exception):
    """A request that was refused, or that got no answer (then `status` is 0)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        doc_url: str = "",
        fields: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id
        self.doc_url = doc_url
        self.fields = fields or []

    @classmethod
    def of_reply(cls, status: int, body: Any) -> SautikitError:
        """Read the error envelope of a reply; anything else becomes `http_<status>`."""
        told = body.get("error", body) if isinstance(body, dict) else {}
        told = told if isinstance(told, dict) else {}
        return cls(
            str(told.get("message") or told.get("reason") or f"HTTP {status}"),
            status=status,
            code=str(told.get("code") or f"http_{status}"),
            request_id=str(told.get("request_id") or ""),
            doc_url=str(told.get("doc_url") or ""),
            fields=told.get("fields"),
        )


class SignatureError(Exception):
    """A body that was not signed with the secret, or not within the last five minutes."""
