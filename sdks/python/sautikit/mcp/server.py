"""The MCP server itself, on the official package: registers the tools and speaks over stdio."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from sautikit import __version__
from sautikit.cli.exits import Stop
from sautikit.client import Sautikit
from sautikit.errors import SautikitError
from sautikit.mcp.tools import TOOLS, Desk, Object

GRAMMAR = "/voice-actions.schema.json"


def serve(client: Sautikit, *, mode: str) -> None:
    """Answer on stdin and stdout until the other side leaves."""
    build(client, mode=mode).run("stdio")


def build(client: Sautikit, *, mode: str) -> MCPServer[Any]:
    """Return the server with every tool and the grammar of voice documents."""
    server: MCPServer[Any] = MCPServer(
        "sautikit",
        title="Sautikit",
        version=__version__,
        website_url=f"{client.base_url}/developers/mcp",
        instructions=instructions(client.base_url, mode),
        # stderr is shown by the program that started us; it is told of what goes wrong only.
        log_level="WARNING",
    )
    desk = Desk(client)
    for tool in TOOLS:
        server.add_tool(
            _told(tool.of(desk)),
            name=tool.name,
            title=tool.title,
            description=tool.about,
            annotations=ToolAnnotations(
                title=tool.title, read_only_hint=not tool.changes, destructive_hint=False
            ),
        )

    @server.resource(
        "sautikit://voice-actions.schema.json",
        title="Grammar of voice documents",
        description="The JSON Schema of what a voice URL may answer.",
        mime_type="application/schema+json",
    )
    def grammar() -> Object:
        found: Object = client.request("GET", GRAMMAR)
        return found

    return server


def instructions(base_url: str, mode: str) -> str:
    """Tell an assistant how to work here."""
    money = (
        "It is test mode: nobody is really called and no real money moves."
        if mode == "test"
        else "It is LIVE mode: calls reach people and cost money. Ask the person before each call "
        "and each claim."
    )
    return (
        f"Sautikit is programmable voice for Kenya. {money} To build a call flow: read the resource "
        "sautikit://voice-actions.schema.json, write the documents, lint_document until there is no "
        "finding, rehearse_document with what a caller would do, then create_call with `documents` "
        "to a test number and read its events. Money is in minor units: 100 is KES 1.00. "
        f"The documentation is at {base_url}/llms.txt."
    )


def _told(tool: Callable[..., Object]) -> Callable[..., Object]:
    """Let a refusal of the API be a result that names its code and its page."""

    @functools.wraps(tool)
    def guarded(*given: Any, **named: Any) -> Object:
        try:
            return tool(*given, **named)
        except SautikitError as problem:
            facts = ", ".join(filter(None, (problem.code, problem.request_id, problem.doc_url)))
            raise ToolError(f"{problem.message} ({facts})") from problem
        except (Stop, ValueError) as problem:
            raise ToolError(str(problem)) from problem

    return guarded
