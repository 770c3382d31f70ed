"""The outbox: declared events, emitted with their cause, sequenced and handed on by the relay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from kernel import bell, clock, rows
from kernel.models import Event

Payload = TypeVar("Payload")
Handler = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Declared:
    """A public event: its name, what it means, its payload class and a sample payload."""

    name: str
    doc: str
    payload: type
    sample: dict[str, Any]


_declared: dict[str, Declared] = {}
_names: dict[type, str] = {}
_handlers: dict[str, list[Handler]] = {}


def catalogue() -> Mapping[str, Declared]:
    """Return every declared event by name, in the order of declaration."""
    return _declared


# A sample holds whatever the payload's fields hold.
def event(
    name: str, *, doc: str, sample: dict[str, Any] | None = None
) -> Callable[[type[Payload]], type[Payload]]:
    """Declare a frozen dataclass as the payload of the event `name`."""

    def declare(payload: type[Payload]) -> type[Payload]:
        if name in _declared:
            raise TypeError(f"the event {name} is declared twice")
        _declared[name] = Declared(name, doc, payload, sample or {})
        _names[payload] = name
        return payload

    return declare


def subscribe(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler of these events; `*` is every event.

    The relay calls it once for each batch, in order, in the transaction that gave the sequence.
    """

    def register(handler: Handler) -> Handler:
        for name in names:
            _handlers.setdefault(name, []).append(handler)
        return handler

    return register


def hand_on(batch: Sequence[Event]) -> None:
    """Call every subscriber with the events of the batch it wants."""
    for name, handlers in _handlers.items():
        wanted = [row for row in batch if name in ("*", row.kind)]
        for handler in handlers if wanted else ():
            handler(wanted)


def emit(
    payload: object,
    *,
    workspace_id: UUID,
    mode: str,
    call_id: UUID | None = None,
    call_number: int | rows.Value | None = None,
    occurred_at: datetime | None = None,
    waits: bool = True,
) -> Event:
    """Write one outbox row in the caller's transaction and wake the relay after it commits.

    Who does not wait gets a row without its `id`.
    """
    row = Event(
        workspace_id=workspace_id,
        mode=mode,
        kind=_names[type(payload)],
        payload=plain(payload),
        call_id=call_id,
        call_number=call_number,  # type: ignore[misc]  # `rows.insert` knows such values.
        occurred_at=occurred_at or clock.now(),
    )
    return _write(row, waits=waits)


def emit_sample(name: str, *, workspace_id: UUID, mode: str) -> Event:
    """Write the sample of a declared event as if it had happened, in the caller's transaction."""
    sample = _declared[name].sample
    moment = clock.now()
    return _write(
        Event(workspace_id=workspace_id, mode=mode, kind=name, payload=sample, occurred_at=moment)
    )


def _write(row: Event, *, waits: bool = True) -> Event:
    assert connection.in_atomic_block, "an event is written in the transaction of its cause"
    rows.insert(row, waits=waits)
    bell.ring("relay")
    return row


# The values of a payload are those of any declared dataclass.
def plain(payload: Any) -> dict[str, Any]:
    """Return the payload as JSON values: ids as text, times as RFC 3339, absent optionals left out."""
    values = {}
    for field in fields(payload):
        value = getattr(payload, field.name)
        if value is None and field.metadata.get("optional"):
            continue
        # A trailing underscore only keeps a field off a Python keyword: `from_` is `from` outside.
        values[field.name.rstrip("_")] = _plain_value(value)
    return values


def _plain_value(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    return value


def envelope(row: Event) -> dict[str, Any]:
    """Return the public body of an event."""
    return body(
        kind=row.kind,
        event_id=row.event_id,
        workspace_id=row.workspace_id,
        mode=row.mode,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        data=row.payload,
        call_number=row.call_number,
    )


def body(
    *,
    kind: str,
    event_id: UUID,
    workspace_id: UUID,
    mode: str,
    sequence: int | None,
    occurred_at: datetime,
    data: dict[str, Any],
    call_number: int | None,
) -> dict[str, Any]:
    """Return the public body made of an event's columns: `event` and `kind` are the same name."""
    told: dict[str, Any] = {
        "event": kind,
        "kind": kind,
        "event_id": str(event_id),
        "workspace_id": str(workspace_id),
        "mode": mode,
        "sequence": sequence,
        "occurred_at": clock.rfc3339(occurred_at),
        "data": data,
    }
    if call_number is not None:
        told["call_sequence"] = call_number
    return told
