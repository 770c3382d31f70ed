"""Messages that came while the database was away: kept on disk, stored when it is back."""

from __future__ import annotations

import base64
import json
import logging
import os
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel import clock
from wallet.services import mpesa

log = logging.getLogger(__name__)

# A disk is finite, also while somebody floods the door.
FILES_MAX = 20_000


def keep(*, kind: str, token: str, raw: bytes, source_ip: str | None) -> None:
    """Write one message to disk, whole or not at all, before it is answered."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if sum(1 for _ in folder.iterdir()) >= FILES_MAX:
        log.critical("the spool of M-Pesa messages is full: one was lost")
        return
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    text = json.dumps(
        {
            "kind": kind,
            "token": token,
            "raw": base64.b64encode(raw).decode(),
            "source_ip": source_ip,
            "received_at": clock.now().isoformat(),
        }
    )
    unfinished = folder / f"{name}.part"
    descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / f"{name}.json")


def drain() -> int:
    """Store what waits, oldest first, and return how many; a crash in between stores one twice."""
    stored = 0
    for path in _waiting():
        mpesa.receive(**_read(path))
        path.unlink(missing_ok=True)
        stored += 1
    if stored:
        log.warning("%s M-Pesa messages were stored from the spool", stored)
    return stored


def waiting() -> int:
    """Return how many messages wait on this machine's disk."""
    return sum(1 for _ in _waiting())


def _waiting() -> Iterator[Path]:
    folder = _folder()
    return iter(sorted(folder.glob("*.json"))) if folder.is_dir() else iter(())


# The keywords are those of `receive`.
def _read(path: Path) -> dict[str, Any]:
    kept = json.loads(path.read_text())
    kept["raw"] = base64.b64decode(kept["raw"])
    kept["received_at"] = datetime.fromisoformat(kept["received_at"])
    return dict(kept)


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "spool" / "mpesa"
