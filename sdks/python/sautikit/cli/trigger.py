"""`sautikit trigger`: the signed sample of an event, as if it had happened."""

from __future__ import annotations

from sautikit.cli import listen
from sautikit.cli.exits import DONE
from sautikit.cli.line import Group, Line


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "trigger",
        "send the signed sample of an event (test keys)",
        run,
        examples=(
            "sautikit trigger call.completed",
            "sautikit trigger wallet.top_up --to http://localhost:3000/hooks",
        ),
    )
    command.add_argument("event", help="its name, such as call.completed")
    command.add_argument(
        "--to", metavar="URL", default="",
        help="post it from here to this URL alone; else it goes to every endpoint and listener",
    )  # fmt: skip


def run(line: Line) -> int:
    """Send it through the event log, or to one URL that this laptop can reach."""
    client, options, out = line.client, line.options, line.out
    if options.to:
        wish = {"event": options.event}
        return listen.once(client, out, forward=options.to, wishes=[wish])
    sent = client.events.trigger(options.event)
    told = f"{options.event} goes to every endpoint and listener as event {sent['event_id']}."
    out.say(told, event=options.event, event_id=sent["event_id"])
    return DONE
