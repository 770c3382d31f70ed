"""The work door of calls: recordings are stored, erased and forgotten by workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from accounts.ports import CLOSE_CALLS
from calls import services
from calls.services import closing, exports, renditions, storage, transcripts, uploads, views
from kernel.work import periodic, work


@work("calls.store_recording", queue="voice", lease_seconds=300)
def store_recording(ref: str) -> datetime | None:
    return services.store_recording(UUID(ref))


@work("calls.erase_recording", queue="periodic", lease_seconds=60)
def erase_recording(ref: str) -> None:
    services.erase_recording(UUID(ref))


@work("calls.transcribe", queue="speech", lease_seconds=2400)
def transcribe(ref: str) -> datetime | None:
    return transcripts.transcribe(UUID(ref))


@work("calls.render_recording", queue="voice", lease_seconds=400)
def render_recording(ref: str) -> None:
    renditions.render_recording(UUID(ref))


@work("calls.write_export", queue="periodic", lease_seconds=120)
def write_export(ref: str) -> datetime | None:
    return exports.write_export(UUID(ref))


@work(exports.FORGET, queue="periodic", lease_seconds=60)
def forget_exports(ref: str) -> None:
    workspace_id, _colon, mode = ref.partition(":")
    exports.drop_files(UUID(workspace_id), mode)


@periodic("calls.tidy_desk", every=timedelta(hours=1))
def tidy_desk() -> str:
    """Delete exported files of more than a day ago, and views removed so long ago."""
    return f"{exports.expire_exports()} files deleted, {views.forget_views()} views forgotten"


@periodic("calls.expire_recordings", every=timedelta(hours=1))
def expire_recordings() -> str:
    """Delete recordings that were kept as long as their tier says."""
    return f"{services.expire_recordings()} recordings expired"


@periodic("calls.sweep_uploads", every=timedelta(hours=1))
def sweep_uploads() -> str:
    """Make the addresses in routings anew and delete the sound files whose address has ended."""
    renewed = uploads.renew_routed()
    return f"{renewed} addresses renewed, {uploads.sweep_uploads()} files deleted"


@periodic("calls.renew_storage", at="00:10")
def renew_storage() -> str:
    """Charge the month of every storage tier that has not paid it."""
    counts = storage.renew_tiers()
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing due"


@periodic("calls.sweep_storage", every=timedelta(hours=1))
def sweep_storage() -> str:
    """Warn who keeps more than the tier holds; a week later the oldest recordings go."""
    counts = storage.sweep_storage()
    return f"{counts['warned']} warned, {counts['pruned']} recordings pruned"


@work(CLOSE_CALLS, queue="periodic", lease_seconds=300)
def close_workspace(ref: str) -> datetime | None:
    """End the calls of a workspace that was closed, and go on with its numbers when none runs."""
    return closing.close_calls(UUID(ref))
