"""`sautikit calls`: place, list, read, follow and end calls."""

from __future__ import annotations

from itertools import islice

from sautikit.cli import following
from sautikit.cli.exits import DONE, MISUSED, Stop
from sautikit.cli.line import Group, Line, add_limit
from sautikit.cli.output import Column, Row, named
from sautikit.cli.words import moment, money, plain, seconds
from sautikit.client import Sautikit

COLUMNS = (
    Column("Started", lambda row: moment(row["started_at"])),
    named("Direction", "direction"),
    named("Yours", "local_e164"),
    named("Far end", "remote_e164"),
    named("Status", "status"),
    Column("Length", lambda row: seconds(row["duration_seconds"]), is_number=True),
    Column("Cost", lambda row: money(row["cost_minor"], row["cost_currency"]), is_number=True),
    Column("Call", lambda row: plain(row["session_id"] or row["id"])),
)


def add(group: Group) -> None:
    """Put the commands on the line."""
    calls = group.group("calls", "place, list, read, follow and end calls")
    create = calls.command(
        "create",
        "place a call",
        place,
        examples=("sautikit calls create --to +254711000001 --watch",),
    )
    create.add_argument(
        "--from", dest="from_", metavar="NUMBER", help="your number; else the only one you hold"
    )
    create.add_argument(
        "--to", metavar="NUMBER", action="append", required=True,
        help="whom to call; several ring together and the first to answer wins",
    )  # fmt: skip
    create.add_argument("--voice-url", metavar="URL", help="asked what the call is to do")
    create.add_argument("--webhook-url", metavar="URL", help="gets the events of this call")
    create.add_argument("--caller-id", metavar="NUMBER", help="which of your numbers is shown")
    create.add_argument("--client-request-id", metavar="TEXT", help="your own name for the call")
    create.add_argument("--idempotency-key", metavar="KEY", help="places the call once")
    create.add_argument("--watch", action="store_true", help="follow it until it is over")
    rows = calls.command("list", "list calls, newest first", show)
    rows.add_argument("--status", metavar="NAMES", help="such as completed,busy")
    rows.add_argument("--direction", choices=("inbound", "outbound"))
    rows.add_argument("--search", metavar="TEXT", help="part of a number or of a session id")
    rows.add_argument("--since", metavar="TIME", help="not before, such as 2026-11-22T00:00:00Z")
    rows.add_argument("--until", metavar="TIME", help="before")
    add_limit(rows)
    for name, about, run in (
        ("get", "read a call with its time line", read),
        ("watch", "follow a call until it is over", watch),
        ("hangup", "end a call", hang_up),
    ):
        one = calls.command(name, about, run)
        one.add_argument("call", metavar="CALL", help="its id, or HD_…")


def place(line: Line) -> int:
    """Place a call, and follow it when that is wanted."""
    options, client = line.options, line.client
    placed = client.calls.create(
        from_=options.from_ or only_number(client),
        to=options.to,
        voice_callback_url=options.voice_url,
        webhook_url=options.webhook_url,
        caller_id=options.caller_id,
        client_request_id=options.client_request_id,
        idempotency_key=options.idempotency_key,
    )
    told = f"Call {placed['session_id']} to {', '.join(options.to)} is {placed['status']}."
    line.out.say(told, **placed)
    if not options.watch:
        return DONE
    return following.watch(client, line.out, placed["call_id"], stream_url=placed["stream_url"])


def only_number(client: Sautikit) -> str:
    """Return the one number that can call. Raises Stop when there is none, or a choice."""
    held = [it["e164"] for it in client.numbers.list()["numbers"] if it["status"] == "active"]
    if len(held) == 1:
        return held[0]
    told = (
        f"You hold {', '.join(held)}: say which with --from."
        if held
        else ("You hold no number. Claim one with `sautikit numbers claim`.")
    )
    raise Stop(told, code="which_number", status=MISUSED)


def show(line: Line) -> int:
    """Print calls as a table."""
    options = line.options
    found = line.client.calls.list(
        status=options.status,
        direction=options.direction,
        q=options.search,
        from_=options.since,
        to=options.until,
        limit=min(options.limit, 100),
    )
    line.out.table(islice(found, options.limit), COLUMNS, empty="There are no calls.")
    return DONE


def read(line: Line) -> int:
    """Print one call and what happened in it."""
    call = line.client.calls.get(line.options.call)
    line.out.object(call, facts_of(call))
    if not line.out.as_json:
        line.out.say("")
        for it in call["events"]:
            event = following.Happened(it["occurred_at"], it["kind"], it["payload"])
            line.out.say(following.line_of(event))
    return DONE


def facts_of(call: Row) -> list[tuple[str, str]]:
    """Return what people want to know of a call."""
    return [
        ("Call", plain(call["id"])),
        ("Session", plain(call["session_id"])),
        ("Status", plain(call["failure_code"] or call["status"])),
        ("Direction", plain(call["direction"])),
        ("Your number", plain(call["local_e164"])),
        ("Far end", plain(call["remote_e164"])),
        ("Started", moment(call["started_at"])),
        ("Answered", moment(call["answered_at"])),
        ("Ended", moment(call["ended_at"])),
        ("Length", seconds(call["duration_seconds"])),
        ("Cost", money(call["cost_minor"], call["cost_currency"])),
        ("Your name for it", plain(call["client_request_id"])),
    ]


def watch(line: Line) -> int:
    """Follow a call that runs, or tell the story of one that is over."""
    return following.watch(line.client, line.out, line.options.call)


def hang_up(line: Line) -> int:
    """End a call; one that is over already is fine."""
    done = line.client.calls.hangup(line.options.call)
    line.out.say(f"Call {done['call_id']} is hung up.", **done)
    return DONE
