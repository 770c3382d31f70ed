"""The command line `sautikit`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import List, Optional

from sautikit import __version__
from sautikit.cli import listen, trigger
from sautikit.cli.output import Output
from sautikit.client import BASE_URL, Sautikit
from sautikit.errors import SautikitError

# What a script may decide on.
FAILED, MISUSED, REFUSED, UNREACHABLE = 1, 2, 3, 4


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure, 2 a wrong line, 3 a refused key, 4 no API."""
    options = parser().parse_args(arguments)
    out = Output(as_json=options.json)
    key = options.key or os.environ.get("SAUTIKIT_API_KEY", "")
    if not key:
        out.error("Give an API key with --key, or set SAUTIKIT_API_KEY.", code="no_key")
        return MISUSED
    client = Sautikit(key, base_url=options.base_url)
    try:
        code: int = options.run(client, options, out)
    except SautikitError as problem:
        out.problem(problem)
        if problem.status in (401, 403):
            return REFUSED
        return UNREACHABLE if problem.status == 0 else FAILED
    except KeyboardInterrupt:
        return 0
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole line."""
    whole = argparse.ArgumentParser(
        prog="sautikit", description="Build voice applications on Sautikit from your laptop."
    )
    whole.add_argument("--version", action="version", version=f"sautikit {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (listen, trigger):
        command.add(commands, _shared())
    return whole


def _shared() -> argparse.ArgumentParser:
    """What every command takes."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--key", metavar="KEY", help="API key; else SAUTIKIT_API_KEY")
    shared.add_argument(
        "--base-url", metavar="URL", help=f"the API; else SAUTIKIT_API_BASE, else {BASE_URL}"
    )
    shared.add_argument("--json", action="store_true", help="print one JSON object a line")
    return shared


if __name__ == "__main__":
    sys.exit(main())
