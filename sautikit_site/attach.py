"""Servers for one Django command: those of the running `up`, else the embedded pair for its time."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sautikit_site import embedded, laptop
from sautikit_site.bootstrap import environ

# These start what they need themselves, or need nothing.
_ALONE: Final = {
    "asterisk_config", "asterisk_install", "bench", "collectstatic", "compilemessages",
    "diffsettings", "faults", "findstatic", "generate",
    "help", "--help", "lighthouse", "makemessages", "quickstart", "screens", "sdks", "startapp", "version",
    "voice", "voice_conformance", "--version",
}  # fmt: skip


@contextlib.contextmanager
def servers_for(command: str) -> Iterator[None]:
    """Set the addresses in the environment for as long as the command runs."""
    with _addresses_for(command):
        if command == "migrate":
            # Only the owner may make and change tables.
            owner = environ.get("MIGRATION_DATABASE_URL")
            environ["DATABASE_URL"] = owner or environ["DATABASE_URL"]
        yield


@contextlib.contextmanager
def _addresses_for(command: str) -> Iterator[None]:
    if environ.get("DATABASE_URL") and environ.get("REDIS_URL"):
        yield
        return
    var = laptop.var_folder()
    told = laptop.running(var)
    if told:
        environ.update({key: environ.get(key) or value for key, value in told["env"].items()})
        yield
        return
    with contextlib.ExitStack() as stack:
        _prepare(var, stack, start=command not in _ALONE)
        yield


def _prepare(var: Path, stack: contextlib.ExitStack, *, start: bool) -> None:
    """Name the embedded pair's addresses, and start it when the command will talk to it."""
    postgres, valkey = embedded.Postgres(var), embedded.Valkey(var)
    if start:
        held = laptop.lock(var)
        if held is None:
            sys.exit(f"Another command is using {var}; try again when it is done.")
        stack.enter_context(held)
        # Ctrl-C and a polite kill must both pass through the stop below.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        for server in (postgres, valkey):
            stack.callback(embedded.stop, server, embedded.start(server))
    else:
        valkey.choose_address()
    addresses = {
        "DATABASE_URL": postgres.url(embedded.APP),
        "MIGRATION_DATABASE_URL": postgres.url(embedded.OWNER),
        "REDIS_URL": valkey.url,
    }
    ports = laptop.default_ports()
    environ.update(laptop.environment(var, servers=addresses, ports=ports))
