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
        await until_gone(receive, _tell(listener_id, token, stream_id, after, send))
    finally:
        await in_thread(services.detach_stream, UUID(listener_id), stream_id)


async def _tell(listener_id: str, token: str, stream_id: UUID, after: int, send: Send) -> None:
    await start_stream(send)
    await send_comment(send)
    silent_seconds = 0.0
    listener = await in_thread(queries.listener_of_stream, listener_id, token)
    if listener is None:
        return
    async with hub.listen(f"{listener.workspace_id}:{listener.mode}") as rings:
        while listener is not None and listener.stream_id == stream_id:
            found = await in_thread(_waiting, listener, after)
            for name, number, told in found:
                await send_event(send, told, name=name, number=number)
                after = number if number is not None else after
            silent_seconds = 0.0 if found else silent_seconds + await rest(rings, TOPIC)
            if silent_seconds >= HEARTBEAT_SECONDS:
                await send_comment(send)
                silent_seconds = 0.0
            listener = await in_thread(queries.listener_of_stream, listener_id, token)
    await send({"type": "http.response.body", "body": b""})


Waiting = list[tuple[str, int | None, relayed.Told]]


def _waiting(listener: Listener, after: int) -> Waiting:
    """Return what is to be sent now: callbacks first, because a caller waits for them."""
    found: Waiting = [
        (
            "voice" if row.kind == relayed.VOICE else "event",
            None,
            relayed.told_relayed(listener, row),
        )
        for row in services.take_relayed(listener)
    ]
    if listener.events:
        found += [
            ("event", event.sequence, relayed.told_event(listener, event))
            for event in queries.events_for(listener, after=after, limit=EVENTS_AT_ONCE)
        ]
    return found
