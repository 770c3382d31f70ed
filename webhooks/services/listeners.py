"""Listeners on laptops: open, keep alive, stream to, answer, close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import ApiKey
from kernel import bell, clock
from kernel.events import catalogue, emit_sample
from kernel.models import Event
from kernel.models import Sequence as Given
from kernel.rows import Lookup
from webhooks import relayed
from webhooks.errors import (
    EventUnsupported,
    ListenerLimit,
    ListenerTestOnly,
    SampleTestOnly,
)
from webhooks.models import Listener, Relayed
from webhooks.states import RELAYED
from webhooks.subscriptions import check

LEASE = timedelta(seconds=6)
LISTENERS_MAX = 20
# A laptop that slept may come back to its listener within this time.
KEPT = timedelta(hours=1)
_HEARD = Lookup(
    lambda workspaces: Listener.objects.filter(
        workspace_id__any_of=workspaces, closed_at=None, stream_id__isnull=False
    )
)


@transaction.atomic
def open_listener(
    key: ApiKey, *, event_names: Sequence[str], voice_url: str = "", label: str = ""
) -> Listener:
    """Open a listener of a key; raises ListenerTestOnly, EventUnsupported, ListenerLimit.

    It counts for nothing until its stream is open.
    """
    if voice_url:
        _refuse_live(key.mode, ListenerTestOnly())
    names = check(event_names)
    of_workspace = {"workspace_id": key.workspace_id, "mode": key.mode}
    lately = clock.now() - timedelta(minutes=1)
    is_new = Q(created_at__gt=lately) | Q(lease_until__gt=lately)
    if Listener.objects.filter(is_new, **of_workspace, closed_at=None).count() >= LISTENERS_MAX:
        raise ListenerLimit(limit=LISTENERS_MAX)
    last = Given.objects.filter(**of_workspace).values_list("last", flat=True).first()
    return Listener.objects.create(
        **of_workspace,
        api_key=key,
        label=label,
        events=names,
        voice_url=voice_url,
        after_sequence=last or 0,
        lease_until=clock.now(),
        created_at=clock.now(),
    )


def beat_listener(listener: Listener) -> None:
    """The laptop says that it is there; without a stream nothing is sent to it all the same."""
    alive = Listener.objects.filter(id=listener.id, closed_at=None, stream_id__isnull=False)
    alive.update(lease_until=clock.now() + LEASE)


@transaction.atomic
def close_listener(listener: Listener) -> None:
    """Close it; its stream ends and calls no longer wait for it."""
    Listener.objects.filter(id=listener.id, closed_at=None).update(
        closed_at=clock.now(), lease_until=clock.now(), stream_id=None
    )
    _wake(listener.workspace_id, listener.mode)


def attach_stream(listener: Listener) -> UUID:
    """Begin to send down a new stream; an older one of the same listener ends."""
    stream_id = uuid4()
    Listener.objects.filter(id=listener.id, closed_at=None).update(
        stream_id=stream_id, lease_until=clock.now() + LEASE
    )
    return stream_id


def detach_stream(listener_id: UUID, stream_id: UUID) -> None:
    """The stream broke: calls no longer wait for the laptop, unless it has come back already."""
    Listener.objects.filter(id=listener_id, stream_id=stream_id).update(
        stream_id=None, lease_until=clock.now()
    )


def take_relayed(listener: Listener) -> list[Relayed]:
    """Return what waits for the listener, each exactly once, the oldest first."""
    waiting = Relayed.objects.filter(listener=listener, status="waiting").order_by("id")
    return [row for row in waiting if _send(row)]


@transaction.atomic
def _send(row: Relayed) -> bool:
    _do_not_wait_for_the_disk()
    return RELAYED.apply(row, "send")


# A reply is what the laptop's server said, as the API declares it.
@transaction.atomic
def answer_relayed(row: Relayed, reply: dict[str, Any]) -> bool:
    """Hand the laptop's answer to who waits for it; False when nobody does any more."""
    _do_not_wait_for_the_disk()
    moved = RELAYED.apply(row, "answer", reply=reply)
    if moved:
        bell.ring(f"relayed:{row.id}")
    return moved


@transaction.atomic
def resend_event(listener: Listener, event: Event) -> Relayed:
    """Send an event of the log to this listener once more, under its own id."""
    return _relay(listener, event.kind, relayed.of_event(event))


@transaction.atomic
def send_sample(listener: Listener, name: str) -> Relayed:
    """Send the sample of an event to this listener alone; raises SampleTestOnly, EventUnsupported."""
    _refuse_live(listener.mode, SampleTestOnly())
    _check_name(name)
    made = Event(
        workspace_id=listener.workspace_id,
        mode=listener.mode,
        kind=name,
        payload=catalogue()[name].sample,
        occurred_at=clock.now(),
    )
    return _relay(listener, name, relayed.of_event(made))


@transaction.atomic
def trigger_event(*, workspace_id: UUID, mode: str, name: str) -> Event:
    """Put the sample of an event into the log, from where it goes to everyone who subscribed.

    Raises SampleTestOnly and EventUnsupported.
    """
    _refuse_live(mode, SampleTestOnly())
    _check_name(name)
    return emit_sample(name, workspace_id=workspace_id, mode=mode)


def wake_listeners(batch: Sequence[Event]) -> None:
    """Ring for the listeners of these events; in the relay's sequencing transaction."""
    scopes = {(event.workspace_id, event.mode) for event in batch}
    heard = _HEARD.each(list({scope[0] for scope in scopes}))
    for scope in {(row.workspace_id, row.mode) for row in heard} & scopes:
        _wake(*scope)


def forget_listeners() -> int:
    """Delete listeners that have been gone for an hour, with what was relayed to them."""
    gone = Listener.objects.filter(lease_until__lt=clock.now() - KEPT)
    count, _by_table = gone.filter(created_at__lt=clock.now() - KEPT).delete()
    return count


# A question is what the laptop is to post.
@transaction.atomic
def ask_listener(listener_id: UUID, row_id: UUID, question: dict[str, Any]) -> None:
    """Put one voice callback before a listener; it is never sent when the listener has closed."""
    _do_not_wait_for_the_disk()
    listener = Listener.objects.get(id=listener_id)
    Relayed.objects.create(
        id=row_id,
        listener=listener,
        kind=relayed.VOICE,
        request=question,
        created_at=clock.now(),
    )
    _wake(listener.workspace_id, listener.mode)


def give_up_relayed(row: Relayed) -> bool:
    """Stop to wait for an answer; False when it is there already."""
    return RELAYED.apply(row, "give_up")


# A request is the body of an event, which is signed when it leaves.
def _relay(listener: Listener, kind: str, request: dict[str, Any]) -> Relayed:
    row = Relayed.objects.create(
        listener=listener, kind=kind, request=request, created_at=clock.now()
    )
    _wake(listener.workspace_id, listener.mode)
    return row


@transaction.atomic
def forget_relayed(row_id: UUID) -> None:
    """Delete a question whose answer was read, or that nobody waits for any more."""
    _do_not_wait_for_the_disk()
    Relayed.objects.filter(id=row_id).delete()


def _do_not_wait_for_the_disk() -> None:
    """What a crash of the server forgets here is a question that is asked elsewhere then."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _check_name(name: str) -> None:
    if name not in catalogue():
        raise EventUnsupported(name=name)


def _refuse_live(mode: str, problem: Exception) -> None:
    if mode == "live" and not settings.SANDBOX:
        raise problem


def _wake(workspace_id: UUID, mode: str) -> None:
    bell.ring("live", f"{workspace_id}:{mode}:listeners")
