"""Two hundred handsets played by SIPp, and what its own logs say about each conversation."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kernel import env
from sautikit_site import embedded

SCENARIOS: Final = Path(__file__).parent / "scenarios"
# How a handset behaves, and the numbers that lead to such ones.
PREFIXES: Final = {
    "stay": "+25472200",
    "leave": "+25472201",
    "busy": "+25472202",
    "silent": "+25472203",
}
_HOST: Final = "127.0.0.1"
_RULE: Final = re.compile(r"^-{20,} (\S+ \S+)$", re.M)
_CALLED: Final = re.compile(r"^To:.*?<?sip:(\+?\d+)@", re.M | re.I)
_CALL_ID: Final = re.compile(r"^Call-ID:\s*(\S+)", re.M | re.I)


@dataclass(slots=True)
class Talk:
    """One conversation as the handset knows it; epoch seconds, `ended` is 0 without a BYE."""

    called: str
    answered: float = 0.0
    ended: float = 0.0


def as_setting(ports: dict[str, int]) -> str:
    """Return SIP_TRUNKS with a trunk for each behaviour."""
    login = {"host": _HOST, "username": "", "password": "", "mode": "both"}
    return json.dumps(
        [
            {"name": name, "port": ports[name], "prefixes": [prefix], **login}
            for name, prefix in PREFIXES.items()
        ]
    )


def start(folder: Path, ports: dict[str, int]) -> Iterator[subprocess.Popen[bytes]]:
    """Start one SIPp for each behaviour; each answers any number of calls."""
    for name, port in ports.items():
        media = str(embedded.free_port())
        with (folder / f"{name}.log").open("wb") as log:
            yield subprocess.Popen(
                [
                    "sipp", "-sf", str(SCENARIOS / f"{name}.xml"), "-i", _HOST, "-p", str(port),
                    "-mi", _HOST, "-mp", media, "-l", "2000", "-nostdin", "-trace_msg",
                    "-message_file", str(folder / f"{name}.messages"),
                ],
                cwd=folder, env=env.child_environment(TZ="UTC"), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=embedded.child_setup(signal.SIGKILL),
            )  # fmt: skip


def talks(folder: Path) -> list[Talk]:
    """Read every conversation that was answered."""
    found: dict[str, Talk] = {}
    for name in ("stay", "leave"):
        file = folder / f"{name}.messages"
        if file.exists():
            _read(_messages(file.read_text(errors="replace")), found)
    return [talk for talk in found.values() if talk.answered]


def _messages(text: str) -> Iterator[tuple[float, str]]:
    parts = _RULE.split(text)[1:]
    for moment, message in zip(parts[::2], parts[1::2], strict=True):
        # SIPp writes the time of the zone that we gave it.
        yield datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp(), message


def _read(messages: Iterable[tuple[float, str]], found: dict[str, Talk]) -> None:
    for at, message in messages:
        call_id, called = _CALL_ID.search(message), _CALLED.search(message)
        if call_id is None:
            continue
        body = message.partition("\n\n")[2].lstrip()
        first = body.partition("\n")[0]
        if first.startswith("INVITE") and called:
            found.setdefault(call_id[1], Talk(called[1]))
        talk = found.get(call_id[1])
        if talk is None:
            continue
        # The conversation stands when our acknowledgement arrives: we say nothing before it.
        if first.startswith("ACK") and not talk.answered:
            talk.answered = at
        if first.startswith("BYE") and not talk.ended:
            talk.ended = at
