"""Where recordings are kept: sealed files in the storage that the settings name."""

from __future__ import annotations

import io
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from calls import sealing
from calls.models import Recording, Rendition, Upload
from calls.ranged import open_file

STORAGE = "recordings"


def put(recording: Recording, source: Path) -> str:
    """Seal a file into the storage and return its name there."""
    wanted = _name(recording, "sealed")
    with source.open("rb") as plain, tempfile.TemporaryFile(dir=source.parent) as sealed:
        for piece in sealing.seal(plain, **_seal_of(recording)):
            sealed.write(piece)
        sealed.seek(0)
        return storages[STORAGE].save(wanted, File(sealed))


def read(recording: Recording, *, start: int, stop: int) -> Iterator[bytes]:
    """Yield a stretch of a stored recording; raises Unreadable."""
    with open_file(storages[STORAGE], recording.file) as sealed:
        yield from sealing.unseal(sealed, **_seal_of(recording), start=start, stop=stop)


@contextmanager
def plain(recording: Recording) -> Iterator[Path]:
    """Lend the WAV file of a stored recording as a file of this machine; raises Unreadable."""
    spool = recording.spool.parent
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool, suffix=".wav") as lent:
        for piece in read(recording, start=0, stop=recording.size_bytes or 0):
            lent.write(piece)
        lent.flush()
        yield Path(lent.name)


def put_rendition(rendition: Rendition, sound: bytes) -> str:
    """Seal another format of a recording into the storage and return its name there."""
    recording = rendition.recording
    wanted = _name(recording, f"{rendition.format}.sealed")
    sealed = b"".join(sealing.seal(io.BytesIO(sound), **_seal_of(recording, rendition.format)))
    return storages[STORAGE].save(wanted, ContentFile(sealed))


def read_rendition(rendition: Rendition, *, start: int, stop: int) -> Iterator[bytes]:
    """Yield a stretch of another format; raises Unreadable."""
    seal = _seal_of(rendition.recording, rendition.format)
    with open_file(storages[STORAGE], rendition.file) as sealed:
        yield from sealing.unseal(sealed, **seal, start=start, stop=stop)


def put_upload(upload: Upload, sound: bytes) -> str:
    """Seal a sound file of a customer into the storage and return its name there."""
    wanted = f"{upload.workspace_id}/uploads/{upload.id}-{secrets.token_hex(4)}.sealed"
    sealed = b"".join(sealing.seal(io.BytesIO(sound), **_upload_seal(upload)))
    return storages[STORAGE].save(wanted, ContentFile(sealed))


def read_upload(upload: Upload, *, start: int, stop: int) -> Iterator[bytes]:
    """Yield a stretch of a customer's sound file; raises Unreadable."""
    with open_file(storages[STORAGE], upload.file) as sealed:
        yield from sealing.unseal(sealed, **_upload_seal(upload), start=start, stop=stop)


def erase(recording: Recording) -> None:
    """Remove the files of a recording, stored or still waiting for it; what is gone is fine."""
    for name in (recording.file, *(each.file for each in recording.renditions.all())):
        if name:
            storages[STORAGE].delete(name)
    clear_spool(recording)


def drop(name: str) -> None:
    """Remove one stored file by its name."""
    storages[STORAGE].delete(name)


def clear_spool(recording: Recording) -> None:
    """Remove what the engine wrote."""
    for path in (recording.spool, part_of(recording)):
        path.unlink(missing_ok=True)


def part_of(recording: Recording) -> Path:
    """Return what an engine that died while recording leaves behind."""
    return recording.spool.with_name(f"{recording.spool.name}.part")


def _name(recording: Recording, ending: str) -> str:
    """Return a name that no other attempt to store the recording has.

    A store that overwrites would else lose both when the second attempt takes its file back.
    """
    folder = f"{recording.workspace_id}/{recording.created_at:%Y/%m}"
    return f"{folder}/{recording.id}-{secrets.token_hex(4)}.{ending}"


def _seal_of(recording: Recording, form: str = "") -> dict[str, str]:
    owner: UUID = recording.workspace_id
    return {
        "secret": settings.RECORDINGS_SECRET or settings.PEPPER,
        "owner": str(owner),
        "name": f"{recording.id}.{form}" if form else str(recording.id),
    }


def _upload_seal(upload: Upload) -> dict[str, str]:
    return {
        "secret": settings.RECORDINGS_SECRET or settings.PEPPER,
        "owner": str(upload.workspace_id),
        "name": f"upload:{upload.id}",
    }
