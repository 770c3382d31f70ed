"""The stream of a listener: the events it wants and the voice callbacks it answers, as they come."""

from __future__ import annotations

from uuid import UUID

from sautikit_site.live import (
    HEARTBEAT_SECONDS,
    Message,
    Receive,
    Send,
    hub,
    in_thread,
    last_event_id,
    rest,
    send_comment,
    send_event,
    start_stream,
    token_of,
    until_gone,
)
from webhooks import queries, relayed, services
from webhooks.errors import ListenerNotFound
from webhooks.models import Listener

EVENTS_AT_ONCE = 100
TOPIC = "listeners"


async def listener_stream(listener_id: str, scope: Message, receive: Receive, send: Send) -> None:
    """Send everything a listener is meant to post, until it is closed, replaced or gone."""
    token = token_of(scope)
    listener = await in_thread(queries.listener_of_stream, listener_id, token)
    if listener is None:
        raise ListenerNotFound
    stream_id = await in_thread(services.attach_stream, listener)
    after = last_event_id(scope) or listener.after_sequence
    try:
        await until_gone(receive, _tell(listener, token, stream_id, after, send))
    finally:
        await in_thread(services.detach_stream, UUID(listener_id), stream_id)


async def _tell(listener: Listener, token: str, stream_id: UUID, after: int, send: Send) -> None:
    await start_stream(send)
    await send_comment(send)
    silent_seconds = 0.0
    async with hub.listen(f"{listener.workspace_id}:{listener.mode}") as rings:
        while (found := await in_thread(_next, listener, token, stream_id, after)) is not None:
            for name, number, told in found:
                await send_event(send, told, name=name, number=number)
                after = number if number is not None else after
            silent_seconds = 0.0 if found else silent_seconds + await rest(rings, TOPIC)
            if silent_seconds >= HEARTBEAT_SECONDS:
                await send_comment(send)
                silent_seconds = 0.0
    await send({"type": "http.response.body", "body": b""})


Waiting = list[tuple[str, int | None, relayed.Told]]


def _next(listener: Listener, token: str, stream_id: UUID, after: int) -> Waiting | None:
    """Return what is to be sent now, or None when the stream is over.

    Callbacks come first, because a caller waits for them.
    """
    now = queries.listener_of_stream(str(listener.id), token)
    if now is None or now.stream_id != stream_id:
        return None
    found: Waiting = [
        ("voice" if row.kind == relayed.VOICE else "event", None, relayed.told_relayed(now, row))
        for row in services.take_relayed(now)
    ]
    if now.events and not found:
        found = [
            ("event", event.sequence, relayed.told_event(now, event))
            for event in queries.events_for(now, after=after, limit=EVENTS_AT_ONCE)
        ]
    return found
