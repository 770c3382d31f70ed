"""What `sautikit login` keeps: keys in one file that only its owner may read."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

PROFILE = "default"


@dataclass(frozen=True)
class Login:
    """A key that a person let the command line have, and where it works."""

    key: str
    base_url: str
    mode: str
    workspace: str
    workspace_id: str
    expires_at: str = ""


def path() -> Path:
    """Where the file is: under XDG_CONFIG_HOME, else under ~/.config."""
    told = os.environ.get("XDG_CONFIG_HOME", "")
    # The specification says that a relative path is to be ignored.
    home = Path(told) if os.path.isabs(told) else Path.home() / ".config"
    return home / "sautikit" / "config.json"


def load(profile: str) -> Login | None:
    """Return the login of a profile; a file that nobody can read holds none."""
    told = _read().get(profile)
    if not isinstance(told, dict):
        return None
    names = {it.name for it in fields(Login)}
    try:
        return Login(**{name: str(value) for name, value in told.items() if name in names})
    except TypeError:
        return None


def save(profile: str, login: Login) -> Path:
    """Keep a login; the one of the same profile before it goes."""
    return _write({**_read(), profile: asdict(login)})


def forget(profile: str) -> None:
    kept = _read()
    if kept.pop(profile, None) is not None:
        _write(kept)


# A login as the file holds it, by profile.
def _read() -> dict[str, Any]:
    try:
        logins = json.loads(path().read_text())["logins"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return logins if isinstance(logins, dict) else {}


def _write(logins: dict[str, Any]) -> Path:
    """Put another file in its place at once, that nobody else could ever read."""
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        fresh.unlink()
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"logins": logins}, file, indent=2)
        file.write("\n")
    os.replace(fresh, target)
    return target
