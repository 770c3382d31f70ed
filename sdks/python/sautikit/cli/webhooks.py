"""`sautikit webhooks`: endpoints, and a test that says what they answered."""

from __future__ import annotations

import time
from itertools import islice

from sautikit import types
from sautikit.cli import keys
from sautikit.cli.exits import DONE, FAILED, LATE
from sautikit.cli.line import Group, Line, add_limit, add_yes
from sautikit.cli.output import Column, named
from sautikit.cli.words import moment, plain
from sautikit.client import Sautikit

COLUMNS = (
    named("URL", "url"),
    Column("Events", lambda row: plain(row["events"])),
    named("Status", "status"),
    Column("Failing since", lambda row: moment(row["failing_since"])),
    named("Id", "id"),
)
WAIT_SECONDS = 20.0
LOOK_EVERY_SECONDS = 0.3


def add(group: Group) -> None:
    """Put the commands on the line."""
    webhooks = group.group("webhooks", "list, create, test and delete endpoints")
    add_limit(webhooks.command("list", "list the endpoints", show))
    creating = webhooks.command(
        "create",
        "create an endpoint; its secret is printed once",
        create,
        examples=("sautikit webhooks create https://example.com/hooks --event 'call.*'",),
    )
    creating.add_argument("url", metavar="URL")
    creating.add_argument(
        "--event", metavar="NAME", action="append",
        help="such as call.completed or call.*; may be repeated; else every event",
    )  # fmt: skip
    creating.add_argument("--description", metavar="TEXT")
    creating.add_argument(
        "--ordered", action="store_true", help="one delivery at a time, in the order of the events"
    )
    testing = webhooks.command("test", "send a test event and say what was answered", test)
    testing.add_argument("endpoint", metavar="ID")
    deleting = webhooks.command("delete", "remove an endpoint", delete)
    deleting.add_argument("endpoint", metavar="ID")
    add_yes(deleting)


def show(line: Line) -> int:
    """Print the endpoints."""
    limit = line.options.limit
    found = islice(line.client.webhooks.list(limit=min(limit, 100)), limit)
    line.out.table(found, COLUMNS, empty="There is no endpoint.")
    return DONE


def create(line: Line) -> int:
    """Create an endpoint and print its secret."""
    options = line.options
    made = line.client.webhooks.create(
        url=options.url,
        events=options.event,
        description=options.description,
        ordered=options.ordered or None,
    )
    facts = [
        ("Id", plain(made["id"])),
        ("URL", plain(made["url"])),
        ("Events", plain(made["events"])),
        ("Secret", f"{plain(made['secret'])}  (shown once)"),
    ]
    line.out.object(made, facts)
    return DONE


def test(line: Line) -> int:
    """Send a test event and wait for what becomes of it."""
    endpoint = line.options.endpoint
    sent = line.client.webhooks.test(endpoint)
    line.out.progress("Sent; waiting for the answer …")
    tried = attempt(line.client, endpoint, sent["event_id"])
    if tried is None:
        line.out.say(
            "It was not tried yet. `sautikit webhooks list` says when it fails.",
            **sent,
            tried=False,
        )
        return LATE
    line.out.say(sentence(tried), **sent, tried=True, **tried)
    return DONE if is_taken(tried) else FAILED


def attempt(client: Sautikit, endpoint: str, event_id: str) -> types.Attempt | None:
    """Return the first attempt to deliver an event, or None when there was none in time."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        for it in client.webhooks.deliveries(endpoint, limit=10).page()["data"]:
            if it["event_id"] == event_id and it["attempts"]:
                return client.webhooks.delivery(endpoint, it["id"])["tries"][0]
        time.sleep(LOOK_EVERY_SECONDS)
    return None


def is_taken(tried: types.Attempt) -> bool:
    return 200 <= (tried["response_status"] or 0) < 300


def sentence(tried: types.Attempt) -> str:
    """Say what an endpoint did."""
    if tried["response_status"] is None:
        return f"Nothing could be delivered: {plain(tried['error'])}."
    said = "taken" if is_taken(tried) else "refused"
    return f"The event was {said}: {tried['response_status']} after {tried['duration_ms']} ms."


def delete(line: Line) -> int:
    """Remove an endpoint, after that was confirmed."""
    endpoint = line.options.endpoint
    keys.confirm(line.options, f"Delete the endpoint {endpoint}?")
    line.client.webhooks.delete(endpoint)
    line.out.say("The endpoint is gone.", id=endpoint, deleted=True)
    return DONE
