"""What of the request log a person wants to see; it is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.request_models import ApiRequest
from kernel import ids

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
OUTCOMES: Final = {"ok": (200, 400), "refused": (400, 500), "failed": (500, 600)}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """A path or request id, a method, how it ended and whose key; empty is any."""

    q: str = ""
    method: str = ""
    outcome: str = ""
    key_id: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> RequestFilter:
        """Read the filters of an address; what cannot be read is left out."""
        method, outcome, key = (query.get(name, "") for name in ("method", "outcome", "key"))
        return cls(
            q=query.get("q", "").strip(),
            method=method if method in METHODS else "",
            outcome=outcome if outcome in OUTCOMES else "",
            key_id=key if ids.is_uuid(key) else "",
        )

    @property
    def is_on(self) -> bool:
        return bool(self.q or self.method or self.outcome or self.key_id)

    def rows(self, workspace_id: UUID, mode: str) -> QuerySet[ApiRequest]:
        """Return the rows that were asked for, unordered."""
        rows = ApiRequest.objects.filter(workspace_id=workspace_id, mode=mode)
        if self.q.startswith("req_"):
            rows = rows.filter(request_id=self.q)
        elif self.q:
            rows = rows.filter(path__contains=self.q)
        if self.method:
            rows = rows.filter(method=self.method)
        if self.outcome:
            low, high = OUTCOMES[self.outcome]
            # So much is said for the index of what was refused.
            rows = rows.filter(status__gte=400) if low >= 400 else rows
            rows = rows.filter(status__gte=low, status__lt=high)
        if self.key_id:
            rows = rows.filter(key_id=self.key_id)
        return rows
