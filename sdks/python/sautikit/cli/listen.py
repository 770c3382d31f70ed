"""`sautikit listen`: events and voice callbacks on this laptop, without a public URL."""

from __future__ import annotations

import argparse
import json
import re
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

from sautikit.cli.exits import DONE, FAILED, MISUSED
from sautikit.cli.line import Group, Line
from sautikit.cli.output import Output
from sautikit.client import Sautikit
from sautikit.listening import Listener, Relayed

EXAMPLES = (
    "sautikit listen --forward http://localhost:3000/hooks --voice http://localhost:3000/voice",
    "sautikit listen --forward http://localhost:3000/hooks --events 'call.*' --save fixtures",
    "sautikit listen --forward http://localhost:3000/hooks --resend 01900000-0000-7000-8000-000000000003",
)


def add(group: Group) -> None:
    """Put the command on the line."""
    about = "relay events and voice callbacks to a local URL"
    command = group.command("listen", about, run, examples=EXAMPLES)
    command.add_argument("--forward", metavar="URL", default="", help="post events here")
    command.add_argument(
        "--voice", metavar="URL", default="", help="answer calls from here (test keys)"
    )
    command.add_argument(
        "--events", metavar="NAMES", default="*", help="which events, such as call.*,wallet.top_up"
    )
    command.add_argument("--save", metavar="DIR", help="keep each request as a fixture file")
    command.add_argument(
        "--resend", metavar="EVENT_ID", action="append", default=[],
        help="post this event of the log once more, then stop",
    )  # fmt: skip
    command.add_argument("--label", default=socket.gethostname()[:80], help=argparse.SUPPRESS)


def run(line: Line) -> int:
    """Listen until Ctrl-C, or post some events again and stop."""
    client, options, out = line.client, line.options, line.out
    if not (options.forward or options.voice):
        out.error("Give --forward URL, --voice URL, or both.", code="no_url")
        return MISUSED
    save = Saver(options.save) if options.save else None
    if options.resend:
        wishes = [{"event_id": each} for each in options.resend]
        return once(client, out, forward=options.forward, wishes=wishes, save=save)

    def relayed(it: Relayed) -> None:
        out.relayed(it)
        if save is not None:
            save(it)

    wanted = [name.strip() for name in options.events.split(",") if name.strip()]
    listener = Listener(
        client,
        forward=options.forward,
        voice=options.voice,
        events=wanted if options.forward else [],
        label=options.label,
        on_open=lambda opened: greet(out, opened, options.forward),
        on_relayed=relayed,
        on_trouble=out.note,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: listener.close())
    listener.run()
    return DONE


def greet(out: Output, opened: dict[str, Any], forward: str) -> None:
    """Say what is listened to, and what the local server verifies signatures with."""
    lines = [f"Listening in {opened['mode']} mode. Stop with Ctrl-C."]
    if forward:
        lines.append(f"  Events          {', '.join(opened['events'])} -> {forward}")
    if opened["voice_url"]:
        lines.append(f"  Calls           -> {opened['voice_url']}")
    lines.append(f"  Signing secret  {opened['secret']}  (the same at each start with this key)")
    facts = {name: opened[name] for name in ("id", "mode", "events", "voice_url", "secret")}
    out.say("\n".join(lines), listening=facts)


def once(
    client: Sautikit,
    out: Output,
    *,
    forward: str,
    wishes: list[dict[str, str]],
    save: Any = None,
    seconds: float = 30.0,
) -> int:
    """Have some events sent to this laptop alone, post them, and stop; 1 unless all are taken."""
    if not forward:
        out.error("Give the URL to post to.", code="no_url")
        return MISUSED
    got: list[Relayed] = []
    problems: list[Exception] = []

    def ask(opened: dict[str, Any]) -> None:
        try:
            for wish in wishes:
                client.listeners.resend(opened["id"], **wish)
        except Exception as problem:
            problems.append(problem)
            listener.close()

    def relayed(it: Relayed) -> None:
        out.relayed(it)
        if save is not None:
            save(it)
        got.append(it)
        if len(got) == len(wishes):
            listener.close()

    listener = Listener(
        client,
        forward=forward,
        events=[],
        # The stream is read while we ask, so the asking has a thread of its own.
        on_open=lambda opened: threading.Thread(target=ask, args=(opened,)).start(),
        on_relayed=relayed,
        on_trouble=out.note,
    )
    late = threading.Timer(seconds, listener.close)
    late.daemon = True
    late.start()
    try:
        listener.run()
    finally:
        late.cancel()
    if problems:
        raise problems[0]
    if len(got) < len(wishes):
        out.error(f"Nothing came within {seconds:.0f} s.", code="timeout")
    return DONE if len(got) == len(wishes) and all(it.reply.is_success for it in got) else FAILED


class Saver:
    """Keeps each relayed request, with the local answer, as a JSON file for tests."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    def __call__(self, it: Relayed) -> Path:
        kind = re.sub(r"[^\w.]", "_", it.kind)
        fixture = {
            "kind": it.kind,
            "event_id": it.event_id or None,
            "call_id": it.call_id or None,
            "method": it.method,
            "url": it.url,
            "headers": it.headers,
            "body": it.body,
            "answer": {
                "status": it.reply.status,
                "headers": it.reply.headers,
                "body": it.reply.body.decode("utf-8", "replace"),
            },
        }
        with self._lock:
            stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}"
            path = self._folder / f"{stamp}-{kind}.json"
            path.write_text(json.dumps(fixture, indent=2, ensure_ascii=False) + "\n")
        return path
