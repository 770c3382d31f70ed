"""Which key a command uses: the one given, the environment's, else that of `sautikit login`."""

from __future__ import annotations

import argparse
import os
import sys

from sautikit.cli import config
from sautikit.cli.exits import MISUSED, Stop
from sautikit.client import BASE_URL, Sautikit, trimmed

NO_KEY = "Sign in with `sautikit login`, give a key with --key, or set SAUTIKIT_API_KEY."


def address(options: argparse.Namespace) -> str:
    """Return where the API is, when the line or the environment says so."""
    told = options.base_url or os.environ.get("SAUTIKIT_API_BASE", "")
    return trimmed(told) if told else ""


def client(options: argparse.Namespace) -> Sautikit:
    """Return the client of a command. Raises Stop without a key.

    The key of a login only ever goes to the API that gave it.
    """
    base = address(options)
    key = options.key or os.environ.get("SAUTIKIT_API_KEY", "")
    if key:
        return Sautikit(key, base_url=base or BASE_URL)
    login = config.load(options.profile)
    if login is None:
        raise Stop(NO_KEY, code="no_key", status=MISUSED)
    if base and base != login.base_url:
        told = f"You are signed in to {login.base_url}, not to {base}. "
        told += f"Sign in there with `sautikit login --base-url {base}`."
        raise Stop(told, code="other_api", status=MISUSED)
    return Sautikit(login.key, base_url=login.base_url)


def confirm(options: argparse.Namespace, question: str) -> None:
    """Ask before money is spent or something is lost. Raises Stop unless the person says yes."""
    if options.yes:
        return
    if not sys.stdin.isatty() or options.json:
        told = f"{question} Say so with --yes."
        raise Stop(told, code="not_confirmed", status=MISUSED)
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Stop("Nothing was done.", code="not_confirmed")
