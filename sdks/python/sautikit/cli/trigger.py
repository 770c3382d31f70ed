"""`sautikit trigger`: the signed sample of an event, as if it had happened."""

from __future__ import annotations

import argparse
from typing import Any

from sautikit.cli import listen
from sautikit.cli.output import Output
from sautikit.client import Sautikit


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Put the command on the line."""
    command = commands.add_parser(
        "trigger", parents=[shared], help="send the signed sample of an event (test keys)"
    )
    command.add_argument("event", help="its name, such as call.completed")
    command.add_argument(
        "--to", metavar="URL", default="",
        help="post it from here to this URL alone; else it goes to every endpoint and listener",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(client: Sautikit, options: argparse.Namespace, out: Output) -> int:
    """Send it through the event log, or to one URL that this laptop can reach."""
    if options.to:
        wish = {"event": options.event}
        return listen.once(client, out, forward=options.to, wishes=[wish])
    sent = client.events.trigger(options.event)
    told = f"{options.event} goes to every endpoint and listener as event {sent['event_id']}."
    out.say(told, event=options.event, event_id=sent["event_id"])
    return 0
