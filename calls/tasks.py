"""The work door of calls: recordings are stored, erased and forgotten by workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from calls import services
from kernel.work import periodic, work


@work("calls.store_recording", queue="voice", lease_seconds=300)
def store_recording(ref: str) -> datetime | None:
    return services.store_recording(UUID(ref))


@work("calls.erase_recording", queue="periodic", lease_seconds=60)
def erase_recording(ref: str) -> None:
    services.erase_recording(UUID(ref))


@periodic("calls.expire_recordings", every=timedelta(hours=1))
def expire_recordings() -> str:
    """Delete recordings that were kept as long as the settings say."""
    return f"{services.expire_recordings()} recordings expired"
