"""Settings declarations: each name once, with default and doc; the only reader of the environment."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REQUIRED = object()
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str | None
    doc: str
    kind: str
    secret: bool


_declared: dict[str, Setting] = {}


class SettingError(SystemExit):
    """A setting is missing or cannot be read; the message says which and what it is for."""


def declared() -> Mapping[str, Setting]:
    return _declared


def child_environment(**values: str) -> dict[str, str]:
    """Return this process's environment with `values` on top, for a process we start."""
    return {**os.environ, **values}


def _raw(name: str, default: str | None, doc: str, kind: str, secret: bool) -> str:
    if name in _declared and _declared[name] != Setting(name, default, doc, kind, secret):
        raise AssertionError(f"setting {name} is declared twice")
    _declared[name] = Setting(name, default, doc, kind, secret)
    if secret and default:
        raise AssertionError(f"secret setting {name} must not have a default")
    if file_name := os.environ.get(f"{name}_FILE"):
        return Path(file_name).read_text().strip()
    value = os.environ.get(name)
    if value is not None:
        return value
    if default is None:
        raise SettingError(f"{name} is not set. {doc}")
    return default


def text(name: str, default: str | None = None, *, doc: str, secret: bool = False) -> str:
    """Read a text; without a default the setting is required."""
    return _raw(name, default, doc, "text", secret)


def integer(name: str, default: str | None = None, *, doc: str) -> int:
    raw = _raw(name, default, doc, "integer", False)
    try:
        return int(raw)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {raw!r}. {doc}") from None


def boolean(name: str, default: str | None = None, *, doc: str) -> bool:
    raw = _raw(name, default, doc, "boolean", False).lower()
    if raw in ("1", "true", "yes", "on"):
        return True
    if raw in ("0", "false", "no", "off", ""):
        return False
    raise SettingError(f"{name} must be 1 or 0, not {raw!r}. {doc}")


def listing(name: str, default: str | None = None, *, doc: str) -> list[str]:
    """Read a comma-separated list; empty text is the empty list."""
    return [
        part.strip() for part in _raw(name, default, doc, "list", False).split(",") if part.strip()
    ]


def networks(name: str, default: str | None = None, *, doc: str) -> tuple[Network, ...]:
    """Read a comma-separated list of addresses and networks (10.0.0.0/8)."""
    try:
        return tuple(ipaddress.ip_network(part) for part in listing(name, default, doc=doc))
    except ValueError as problem:
        raise SettingError(f"{name}: {problem}. {doc}") from None


# JSON is whatever its reader declared it to be; the reader checks the shape.
def structure(name: str, default: str | None = None, *, doc: str) -> Any:
    raw = _raw(name, default, doc, "json", False)
    try:
        return json.loads(raw)
    except ValueError as problem:
        raise SettingError(f"{name} must be JSON: {problem}. {doc}") from None


def example() -> str:
    """Return the text of `.env.example`: every declared setting with its doc and default."""
    lines = ["# Every setting, its meaning and its default. Made by `manage.py generate`.", ""]
    for setting in _declared.values():
        lines.append(f"# {setting.doc}")
        if setting.default is None:
            lines.append(f"# {setting.name}=   (required)")
        else:
            lines.append(f"# {setting.name}={setting.default}")
        lines.append("")
    return "\n".join(lines)
