"""What `sautikit listen` and `sautikit trigger` ask of the API."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from sautikit import resources
from sautikit.resource import Resource

# An object of the API as it came.
Object = dict[str, Any]


class Events(resources.Events):
    """The event log of the workspace, and samples for it."""

    def trigger(self, event: str, *, idempotency_key: str | None = None) -> Object:
        """Deliver the sample of an event to everyone who subscribed; test keys only."""
        made: Object = self._ask(
            "POST", "/v1/events/trigger", body={"event": event}, key=idempotency_key or True
        )
        return made


class Listeners(Resource):
    """What `sautikit listen` opens: a stream of what would be posted to a public URL."""

    def list(self) -> builtins.list[Object]:
        """Return the listeners that are there now."""
        found: list[Object] = self._ask("GET", "/v1/listeners")["data"]
        return found

    def open(
        self, *, events: Sequence[str] = ("*",), voice_url: str = "", label: str = ""
    ) -> Object:
        """Open one; the reply has its secret and the address of its stream."""
        body = {"events": [*events], "voice_url": voice_url, "label": label}
        opened: Object = self._ask("POST", "/v1/listeners", body=body, key=True)
        return opened

    def beat(self, listener_id: str) -> None:
        """Say that somebody is still there."""
        self._ask("POST", f"/v1/listeners/{listener_id}/beat")

    def answer(self, listener_id: str, relayed_id: str, reply: Object) -> None:
        """Hand back what the local server answered to a voice callback."""
        self._ask("POST", f"/v1/listeners/{listener_id}/answers/{relayed_id}", body=reply)

    def resend(self, listener_id: str, *, event_id: str = "", event: str = "") -> Object:
        """Have an event of the log, or the sample of one, sent down this listener."""
        body = {"event_id": event_id} if event_id else {"event": event}
        sent: Object = self._ask("POST", f"/v1/listeners/{listener_id}/events", body=body)
        return sent

    def close(self, listener_id: str) -> None:
        self._ask("DELETE", f"/v1/listeners/{listener_id}")
