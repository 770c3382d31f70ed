"""Customers' sound files: fetched, converted, and kept until their server says they have changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from kernel.http import HttpFailed, Reply, Timeouts, request
from telephony.errors import SoundUnavailable

BYTES_MAX = 10 * 1024 * 1024
TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=10.0)
# How long a file is used without asking, when its server does not say, and at most.
FRESH_SECONDS = 60
FRESHEST_SECONDS = 3600
KEPT_SECONDS = 24 * 3600
MAX_AGE = re.compile(r"(?:^|[ ,])max-age=(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a file that was fetched before."""

    etag: str = ""
    last_modified: str = ""
    fresh_until: float = 0.0


def get(url: str, folder: Path) -> Path:
    """Return the WAV file of an address; raises SoundUnavailable.

    One that cannot be had now is played as it was within the last day.
    """
    path = folder / f"{hashlib.sha256(url.encode()).hexdigest()}.wav"
    kept = _read(path)
    if kept and kept.fresh_until > time.time():
        return path
    try:
        _fetch(url, path, kept or Kept())
    except SoundUnavailable:
        if kept is None:
            raise
    return path


def forget_old(folder: Path) -> int:
    """Delete what nobody's server has confirmed for a day and return how many sounds that were."""
    limit = time.time() - KEPT_SECONDS
    old = [path for path in folder.glob("*.wav") if _confirmed_at(path) < limit]
    for path in old:
        _note(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    return len(old)


def _fetch(url: str, path: Path, kept: Kept) -> None:
    asked = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    headers = {name: value for name, value in asked.items() if value}
    try:
        reply = request("GET", url, headers=headers, timeouts=TIMEOUTS, max_bytes=BYTES_MAX)
    except HttpFailed as problem:
        raise SoundUnavailable(f"{url}: {problem.reason}") from None
    if reply.status == 304 and headers:
        _write(path, kept, reply)
        return
    if reply.status != 200:
        raise SoundUnavailable(f"{url} answered {reply.status}")
    if reply.truncated:
        raise SoundUnavailable(f"{url} is larger than {BYTES_MAX // 1024 // 1024} MiB")
    # numpy is slow to load and only the worker makes sounds.
    from telephony import waves

    try:
        waves.save(path, waves.convert(reply.body))
    except SoundUnavailable as problem:
        raise SoundUnavailable(f"{url}: {problem}") from None
    _write(path, Kept(), reply)


def _read(path: Path) -> Kept | None:
    try:
        return Kept(**json.loads(_note(path).read_text())) if path.exists() else None
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, kept: Kept, reply: Reply) -> None:
    found = Kept(
        etag=reply.headers.get("etag", kept.etag)[:200],
        last_modified=reply.headers.get("last-modified", kept.last_modified)[:100],
        fresh_until=time.time() + _fresh_seconds(reply.headers.get("cache-control", "")),
    )
    # Two workers may fetch the same file; each puts a whole note.
    descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(found), file)
    Path(part).replace(_note(path))


def _fresh_seconds(control: str) -> int:
    words = control.lower()
    if "no-cache" in words or "no-store" in words:
        return 0
    said = MAX_AGE.search(words)
    return min(int(said[1]), FRESHEST_SECONDS) if said else FRESH_SECONDS


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def _confirmed_at(path: Path) -> float:
    note = _note(path)
    return (note if note.exists() else path).stat().st_mtime
