"""Sound files that customers keep with us: put there, found by their address, deleted in time."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls import vault
from calls.errors import TooManyUploads, UnsupportedAudio
from calls.models import Upload
from calls.upload_models import link_ends
from kernel import audit, clock, sound
from kernel.errors import Unavailable
from kernel.signing import make_token, read_token
from numbers import queries as numbers
from numbers import services as number_services

log = logging.getLogger(__name__)

# As much as `play` fetches.
BYTES_MAX: Final = 10 * 1024 * 1024
# Of a workspace and mode; asked before a file is added, so a few at once may pass it.
KEPT_MAX: Final = 500
# The address in a number's routing is replaced when less than this is left of it.
RENEWED_BEFORE: Final = timedelta(days=3)
SWEPT_AT_ONCE: Final = 500
_PATH: Final = re.compile(r"/uploads/([^/.]+)\.[a-z0-9]+")


def keep_upload(*, workspace_id: UUID, mode: str, raw: bytes, actor: str) -> Upload:
    """Keep a sound file for as long as an address plays it.

    Raises UnsupportedAudio and TooManyUploads, and Unavailable when the store is away.
    """
    if Upload.objects.filter(workspace_id=workspace_id, mode=mode).count() >= KEPT_MAX:
        raise TooManyUploads(most=KEPT_MAX)
    upload = Upload(workspace_id=workspace_id, mode=mode, kind=_kind(raw), size_bytes=len(raw))
    upload.file = _put(upload, raw)
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
            audit.record(
                "uploads.added",
                actor=actor,
                subject=upload.id,
                workspace_id=workspace_id,
                after={"kind": upload.kind, "size_bytes": upload.size_bytes},
            )
    except Exception:
        vault.drop(upload.file)
        raise
    return upload


def address(upload: Upload) -> str:
    """Return what plays a file until the end that its row names, without a key."""
    until = str(int(upload.expires_at.timestamp()))
    token = make_token(settings.PEPPER, "upload", str(upload.pk), until)
    return f"{settings.PUBLIC_URL}/uploads/{token}.{upload.kind}"


def of_link(token: str) -> Upload | None:
    """Return the file an address opens, or None when it was not ours or has ended."""
    parts = read_token(settings.PEPPER, token)
    if parts is None or len(parts) != 3 or parts[0] != "upload":
        return None
    if int(parts[2]) < clock.now().timestamp():
        return None
    return Upload.objects.filter(pk=parts[1]).first()


def is_ours(url: str) -> bool:
    """Say whether an address is one of an uploaded file, in force or not."""
    return url.startswith(f"{settings.PUBLIC_URL}/") and bool(_PATH.fullmatch(urlsplit(url).path))


def sound_at(url: str) -> bytes | None:
    """Return the file at an address of ours; None when it has ended."""
    match = _PATH.fullmatch(urlsplit(url).path)
    upload = of_link(match[1]) if match else None
    if upload is None:
        return None
    return b"".join(vault.read_upload(upload, start=0, stop=upload.size_bytes))


def renew_routed() -> int:
    """Make the addresses that stand in routings anew before they end; returns how many."""
    return sum(_renew(*found) for found in numbers.greetings(f"{settings.PUBLIC_URL}/uploads/"))


def sweep_uploads() -> int:
    """Delete the files whose last address has ended; returns how many."""
    ended = Upload.objects.filter(expires_at__lt=clock.now()).order_by("expires_at")
    return sum(map(_delete, ended[:SWEPT_AT_ONCE]))


def drop_uploads(workspace_id: UUID) -> int:
    """Delete every file of a workspace that is closed; returns how many."""
    return sum(map(_delete, Upload.objects.filter(workspace_id=workspace_id)))


def _put(upload: Upload, raw: bytes) -> str:
    try:
        return vault.put_upload(upload, raw)
    except Exception:
        # Each kind of store has its own words for being away.
        log.exception("upload %s cannot be stored", upload.id)
        raise Unavailable() from None


def _kind(raw: bytes) -> str:
    try:
        return sound.kind(raw)
    except sound.NotSound as problem:
        raise UnsupportedAudio(reason=str(problem)) from None


def _renew(number_id: UUID, workspace_id: UUID, url: str) -> bool:
    """Put a fresh address into a routing. The row first: a sweep that runs now leaves it alone."""
    upload = _named(url)
    if upload is None or upload.workspace_id != workspace_id:
        return False
    if upload.expires_at < clock.now() + RENEWED_BEFORE:
        upload.expires_at = link_ends()
        if not Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at):
            return False
    fresh = address(upload)
    if fresh == url:
        return False
    return number_services.renew_greeting(number_id=number_id, before=url, after=fresh)


def _named(url: str) -> Upload | None:
    """Return the file an address of ours was made for, ended or not."""
    match = _PATH.fullmatch(urlsplit(url).path)
    parts = read_token(settings.PEPPER, match[1]) if match else None
    if parts is None or len(parts) != 3 or parts[0] != "upload":
        return None
    return Upload.objects.filter(pk=parts[1]).first()


def _delete(upload: Upload) -> bool:
    """Delete one file, unless its address was made anew since it was found."""
    seen = {"pk": upload.pk, "expires_at": upload.expires_at}
    with transaction.atomic():
        gone, _ = Upload.objects.filter(**seen).delete()
        if gone:
            vault.drop(upload.file)
    return bool(gone)
