"""Every command as data, for pages that list them: `python -m sautikit.cli.tree`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from sautikit import cli
from sautikit.cli.completion import commands_of
from sautikit.cli.exits import EXITS
from sautikit.mcp.tools import TOOLS

# The group of what every command takes.
SHARED = "for every command"


# What a page may print of a command.
def described(parser: argparse.ArgumentParser, name: str = "") -> Iterator[dict[str, Any]]:
    """Give every command that does something, with its arguments and examples."""
    for word, inner in commands_of(parser).items():
        whole = f"{name} {word}".strip()
        if inner.get_default("run"):
            yield _command(inner, whole)
        yield from described(inner, whole)


# What a page may print of a command.
def _command(parser: argparse.ArgumentParser, name: str) -> dict[str, Any]:
    shared = [
        it
        for group in parser._action_groups
        if group.title == SHARED
        for it in group._group_actions
    ]
    own = [
        it
        for it in parser._actions
        if it not in shared
        and it.help != argparse.SUPPRESS
        and not isinstance(it, (argparse._HelpAction, argparse._SubParsersAction))
    ]
    lines = (parser.epilog or "").splitlines()[1:]
    return {
        "name": name,
        "about": parser.description,
        "usage": " ".join(["sautikit", name, *map(_in_usage, own)]),
        "arguments": [argument(it) for it in own],
        "examples": [line.strip() for line in lines],
    }


def argument(action: argparse.Action) -> dict[str, str]:
    """Say how an argument is written and what it means."""
    value = _value(action)
    flags = ", ".join(action.option_strings)
    said = action.help or ""
    if action.choices and not action.help:
        said = " or ".join(map(str, action.choices))
    return {"name": " ".join(filter(None, (flags, value))), "about": said}


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices and not action.metavar:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest.upper())


def _in_usage(action: argparse.Action) -> str:
    flag = next(iter(action.option_strings), "")
    words = " ".join(filter(None, (flag, _value(action))))
    return words if action.required else f"[{words}]"


# The page reads it as it is.
def whole() -> dict[str, Any]:
    """Return everything that pages say about the command line and the MCP server."""
    parser = cli.parser()
    first = next(iter(commands_of(parser).values()))
    shared = [
        it for group in first._action_groups if group.title == SHARED for it in group._group_actions
    ]
    return {
        "commands": list(described(parser)),
        "shared": [argument(it) for it in shared],
        "exits": [{"code": str(code), "meaning": said} for code, said in EXITS.items()],
        "tools": [
            {"name": it.name, "title": it.title, "about": it.about, "changes": it.changes}
            for it in TOOLS
        ],
    }


if __name__ == "__main__":
    print(json.dumps(whole(), indent=2, ensure_ascii=False))
