"""`sautikit mcp`: the MCP server, for an assistant that builds and tests call flows."""

from __future__ import annotations

from sautikit.cli.exits import DONE, MISUSED, Stop
from sautikit.cli.line import Group, Line
from sautikit.cli.words import plain

INSTALL = "The MCP server needs Python 3.10 and one more package: pip install 'sautikit[mcp]'."


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "mcp",
        "let an assistant use this workspace, over the Model Context Protocol on stdin and stdout",
        run,
        examples=("sautikit mcp", "sautikit mcp --profile shop --live"),
    )
    command.add_argument(
        "--live", action="store_true", help="allow a live key: the assistant can spend real money"
    )


def run(line: Line) -> int:
    """Serve until the assistant leaves. Raises Stop for a live key without --live."""
    try:
        from sautikit.mcp.server import serve
    except ImportError as problem:
        raise Stop(INSTALL, code="not_installed", status=MISUSED) from problem
    client = line.client
    told = client.request("GET", "/v1/auth/session")
    if told["mode"] == "live" and not line.options.live:
        raise Stop(
            "This key is live: an assistant could call people and spend money with it. "
            "Use a test key, or say --live.",
            code="live_key",
            status=MISUSED,
        )
    line.out.note(f"Serving {told['mode']} mode for {plain(told['user']['email'])}.")
    serve(client, mode=told["mode"])
    return DONE
