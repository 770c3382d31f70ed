"""The command line `sautikit`."""

from __future__ import annotations

import argparse
import os
import sys

from sautikit import __version__
from sautikit.cli import (
    calls,
    completion,
    config,
    doctor,
    listen,
    login,
    mcp,
    numbers,
    quickstart,
    topup,
    trigger,
    uploads,
    voice,
    wallet,
    webhooks,
)
from sautikit.cli.exits import (
    DONE,
    EXITS,
    FAILED,
    INTERRUPTED,
    REFUSED,
    UNREACHABLE,
    Stop,
)
from sautikit.cli.line import Group, Line
from sautikit.cli.output import Output
from sautikit.client import BASE_URL
from sautikit.errors import SautikitError

# In the order in which a newcomer meets them.
COMMANDS = (
    login, quickstart, calls, numbers, topup, wallet, webhooks, listen, trigger, voice, uploads, doctor,
    mcp, completion,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == [completion.HIDDEN]:
        return completion.complete(parser(), words[1:])
    options = parser().parse_args(words)
    try:
        return run(Line(options, Output(as_json=options.json)))
    except BrokenPipeError:
        # Whoever read us has read enough, such as `head`; the interpreter must not flush into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def run(line: Line) -> int:
    """Run a command that was read; what goes wrong becomes a sentence and a code."""
    try:
        code: int = line.options.run(line)
    except Stop as stop:
        line.out.error(stop.sentence, code=stop.code)
        return stop.status
    except SautikitError as problem:
        line.out.problem(problem)
        if problem.status in (401, 403):
            return REFUSED
        return UNREACHABLE if problem.status == 0 else FAILED
    except KeyboardInterrupt:
        line.out.note("")
        return INTERRUPTED
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole line; the pages and the completion are made of it."""
    codes = [f"  {code:<4} {meaning}" for code, meaning in EXITS.items()]
    whole = argparse.ArgumentParser(
        prog="sautikit",
        description="Build voice applications on Sautikit from your terminal.",
        epilog="\n".join(["exit codes:", *codes]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"sautikit {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    group = Group(commands, _shared())
    for command in COMMANDS:
        command.add(group)
    return whole


def _shared() -> argparse.ArgumentParser:
    """What every command takes."""
    shared = argparse.ArgumentParser(add_help=False)
    given = shared.add_argument_group("for every command")
    given.add_argument(
        "--key", metavar="KEY", help="API key; else SAUTIKIT_API_KEY, else that of `sautikit login`"
    )
    given.add_argument(
        "--base-url", metavar="URL", help=f"the API; else SAUTIKIT_API_BASE, else {BASE_URL}"
    )
    given.add_argument(
        "--profile",
        metavar="NAME",
        default=os.environ.get("SAUTIKIT_PROFILE") or config.PROFILE,
        help="which login; else SAUTIKIT_PROFILE",
    )
    given.add_argument("--json", action="store_true", help="print one JSON object a line")
    return shared


if __name__ == "__main__":
    sys.exit(main())
