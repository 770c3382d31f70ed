"""Where recordings are kept: sealed files in the storage that the settings name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages

from calls import sealing
from calls.models import Recording

STORAGE = "recordings"


def put(recording: Recording, source: Path) -> str:
    """Seal a file into the storage and return its name there."""
    wanted = f"{recording.workspace_id}/{recording.created_at:%Y/%m}/{recording.id}.sealed"
    with source.open("rb") as plain, tempfile.TemporaryFile(dir=source.parent) as sealed:
        for piece in sealing.seal(plain, **_seal_of(recording)):
            sealed.write(piece)
        sealed.seek(0)
        return storages[STORAGE].save(wanted, File(sealed))


def read(recording: Recording, *, start: int, stop: int) -> Iterator[bytes]:
    """Yield a stretch of a stored recording; raises Unreadable."""
    with storages[STORAGE].open(recording.file) as sealed:
        # A storage's file has the methods of a binary file.
        yield from sealing.unseal(sealed, **_seal_of(recording), start=start, stop=stop)  # type: ignore[arg-type]


def erase(recording: Recording) -> None:
    """Remove the file of a recording, stored or still waiting for it; what is gone is fine."""
    if recording.file:
        storages[STORAGE].delete(recording.file)
    clear_spool(recording)


def clear_spool(recording: Recording) -> None:
    """Remove what the engine wrote."""
    for path in (recording.spool, part_of(recording)):
        path.unlink(missing_ok=True)


def part_of(recording: Recording) -> Path:
    """Return what an engine that died while recording leaves behind."""
    return recording.spool.with_name(f"{recording.spool.name}.part")


def _seal_of(recording: Recording) -> dict[str, str]:
    owner: UUID = recording.workspace_id
    return {
        "secret": settings.RECORDINGS_SECRET or settings.PEPPER,
        "owner": str(owner),
        "name": str(recording.id),
    }
