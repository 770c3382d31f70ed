"""The work door of telephony: voice callbacks and sounds, done by workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from kernel.work import periodic, work
from telephony import documents, notices, orders, room_commands, sounds, transcripts, warning


@work("telephony.fetch", queue="voice", lease_seconds=120)
def fetch(ref: str) -> None:
    documents.fetch(ref)


@work("telephony.make_sounds", queue="voice", lease_seconds=120)
def make_sounds(ref: str) -> None:
    documents.make_sounds(UUID(ref))


@work("telephony.make_music", queue="voice", lease_seconds=120)
def make_music(ref: str) -> None:
    documents.make_music(UUID(ref))


@work("telephony.announce", queue="voice", lease_seconds=120)
def announce(ref: str) -> None:
    room_commands.announce(UUID(ref))


@work("telephony.notify", queue="voice", lease_seconds=30)
def notify(ref: str) -> datetime | None:
    return notices.send(UUID(ref))


@work("telephony.announce_supervisor", queue="voice", lease_seconds=30)
def announce_supervisor(ref: str) -> None:
    warning.announce_supervisor(UUID(ref))


@work("telephony.post_transcript", queue="voice", lease_seconds=120)
def post_transcript(ref: str) -> datetime | None:
    return transcripts.post(UUID(ref))


@work("telephony.warn", queue="voice", lease_seconds=30)
def warn(ref: str) -> None:
    warning.warn(UUID(ref))


@periodic("telephony.forget_sounds", every=timedelta(hours=1))
def forget_sounds() -> str:
    """Delete recordings that were downloaded for calls of yesterday."""
    return f"{sounds.forget_old()} recordings forgotten"


@periodic("telephony.forget_orders", every=timedelta(hours=1))
def forget_orders() -> str:
    """Delete orders that were sent and engines that were closed two days ago."""
    return f"{orders.forget_old()} orders forgotten"


@periodic("telephony.forget_notices", every=timedelta(hours=1))
def forget_notices() -> str:
    """Delete what was told about rooms two days ago."""
    return f"{notices.forget_old()} notices forgotten"
