"""One command line while it runs, and how commands are put on it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Callable

from sautikit.cli import keys
from sautikit.cli.output import Output
from sautikit.client import Sautikit


class Line:
    """What a command is run with."""

    def __init__(self, options: argparse.Namespace, out: Output) -> None:
        self.options = options
        self.out = out

    @cached_property
    def client(self) -> Sautikit:
        """Speak with the API; made when it is first needed. Raises Stop without a key."""
        return keys.client(self.options)


Run = Callable[[Line], int]


class Group:
    """Where commands are put, and what each of them takes."""

    def __init__(self, parsers: Any, shared: argparse.ArgumentParser) -> None:
        self._parsers = parsers
        self._shared = shared

    def command(
        self, name: str, about: str, run: Run, *, examples: Sequence[str] = ()
    ) -> argparse.ArgumentParser:
        """Put a command here; its arguments are added to what this returns."""
        made: argparse.ArgumentParser = self._parsers.add_parser(
            name,
            parents=[self._shared],
            help=about,
            description=about[0].upper() + about[1:] + ".",
            epilog="\n".join(["examples:", *(f"  {it}" for it in examples)]) if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        return made

    def group(self, name: str, about: str, run: Run | None = None) -> Group:
        """Put a word here that others follow; `run` is what it does when none does."""
        made = self._parsers.add_parser(
            name,
            parents=[self._shared] if run else [],
            help=about,
            description=about[0].upper() + about[1:] + ".",
        )
        if run:
            made.set_defaults(run=run)
        inner = made.add_subparsers(title="commands", metavar="COMMAND", required=run is None)
        return Group(inner, self._shared)


def add_yes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", "-y", action="store_true", help="do it without asking")


def add_limit(command: argparse.ArgumentParser, *, default: int = 25) -> None:
    command.add_argument(
        "--limit", type=count, metavar="N", default=default, help=f"how many rows ({default})"
    )


def count(text: str) -> int:
    """Read a number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a number of at least 1")
    return int(text)
