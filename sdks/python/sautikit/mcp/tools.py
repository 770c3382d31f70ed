"""The tools of the MCP server, declared once: the server registers them and the pages list them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, Union

from sautikit.answering import Answering
from sautikit.cli.calls import only_number
from sautikit.cli.following import ENDED
from sautikit.client import Sautikit

# What the API gives and takes; its own documents say what stands in it.
Object = dict[str, Any]
Document = Union[Object, str]

WAIT_SECONDS = 60
WAIT_SECONDS_MAX = 300
ROWS_MAX = 100
LOOK_EVERY_SECONDS = 0.5


class Desk:
    """One workspace and mode, as an assistant sees it. A method is a tool."""

    def __init__(self, client: Sautikit) -> None:
        self._client = client

    def whoami(self) -> Object:
        session: Object = self._client.request("GET", "/v1/auth/session")
        return {**session, "api": self._client.base_url}

    def list_calls(
        self,
        status: str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        search: str | None = None,
        limit: int = 20,
    ) -> Object:
        found = self._client.calls.list(
            status=status, direction=direction, q=search, limit=_page(limit)
        )
        return {"calls": list(islice(found, _page(limit)))}

    def get_call(self, call_id: str) -> Object:
        return {**self._client.calls.get(call_id)}

    def call_events(self, call_id: str, after: int = 0) -> Object:
        rows = self._client.calls.events(call_id)["data"]
        return {"events": [row for row in rows if row["number"] > after]}

    def create_call(
        self,
        to: str,
        from_number: str | None = None,
        documents: dict[str, Any] | None = None,
        voice_callback_url: str | None = None,
        wait_seconds: int = WAIT_SECONDS,
    ) -> Object:
        client, number = self._client, from_number or only_number(self._client)
        asked: list[Object] = []
        if not documents:
            placed = client.calls.create(from_=number, to=to, voice_callback_url=voice_callback_url)
            return {**self._ended(placed["call_id"], wait_seconds), "voice_requests": asked}
        note = _noting(asked)
        with Answering(client, documents, on_asked=note):
            placed = client.calls.create(from_=number, to=to)
            call = self._ended(placed["call_id"], wait_seconds)
            if call["status"] not in ENDED:
                # Nobody answers its next question once this is over.
                client.calls.hangup(placed["call_id"])
                call = self._ended(placed["call_id"], WAIT_SECONDS)
        return {**call, "voice_requests": asked}

    def hangup_call(self, call_id: str) -> Object:
        return {**self._client.calls.hangup(call_id)}

    def list_numbers(self) -> Object:
        return {**self._client.numbers.list()}

    def available_numbers(self, contains: str | None = None, limit: int = 10) -> Object:
        found = self._client.numbers.available(contains=contains, limit=_page(limit))
        return {"available": list(islice(found, _page(limit)))}

    def claim_number(self, e164: str, voice_callback_url: str | None = None) -> Object:
        wishes: Object = {"voice_callback_url": voice_callback_url} if voice_callback_url else {}
        return {**self._client.numbers.claim(e164=e164, **wishes)}

    def wallet_balance(self) -> Object:
        return {**self._client.wallet.balance()}

    def wallet_statement(self, kind: str | None = None, limit: int = 20) -> Object:
        found = self._client.wallet.statements(kind=kind, limit=_page(limit))
        return {"movements": list(islice(found, _page(limit)))}

    def lint_document(self, document: Document) -> Object:
        body = document.encode() if isinstance(document, str) else document
        verdict: Object = self._client.request("POST", "/v1/voice/validate", body=body)
        return verdict

    def rehearse_document(
        self,
        document: Document,
        documents: dict[str, Any] | None = None,
        inputs: list[dict[str, Any]] | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        to: str | None = None,
        pauses: bool = False,
    ) -> Object:
        script: Any = inputs
        told = self._client.voice.rehearse(
            document=document,
            documents=documents,
            inputs=script,
            direction=direction,
            to=to,
            pauses=pauses or None,
        )
        return {**told}

    def _ended(self, call_id: str, patience_seconds: int) -> Object:
        """Read the call when it is over, or as it is when patience ends."""
        end = time.monotonic() + max(0, min(patience_seconds, WAIT_SECONDS_MAX))
        call = self._client.calls.get(call_id)
        while call["status"] not in ENDED and time.monotonic() < end:
            time.sleep(LOOK_EVERY_SECONDS)
            call = self._client.calls.get(call_id)
        return {**call}


@dataclass(frozen=True)
class Tool:
    """A tool as it is announced: what it does, and whether it changes anything."""

    name: str
    title: str
    about: str
    changes: bool = False

    def of(self, desk: Desk) -> Callable[..., Object]:
        """Return the method of this name."""
        method: Callable[..., Object] = getattr(desk, self.name)
        return method


DOCUMENTS = (
    "`documents` maps paths to voice documents (a JSON object with `actions`, or XML as text); the "
    "first path is where the call begins, and an `action` or `redirect` names another path, such as "
    "/menu."
)
TOOLS = (
    Tool(
        "whoami",
        "Who am I",
        "Say which person, workspace, mode (test or live) and scopes the key has. In test mode "
        "nobody is really called and no real money moves.",
    ),
    Tool(
        "lint_document",
        "Lint a voice document",
        "Judge a voice document (a JSON object with `actions`, or JSON or XML as text): where it is "
        "wrong, and what to write instead. Do this before anything else with a document.",
    ),
    Tool(
        "rehearse_document",
        "Rehearse a voice document",
        "Play a voice document with a scripted caller: the time line of what would be heard. Nobody "
        f"is called and nothing is charged. {DOCUMENTS} `inputs` is what the caller does, such as "
        '[{"kind": "digits", "digits": "1"}]; kinds are digits, silence, recorded (seconds), '
        "dialled (status, seconds), left (seconds), hangup. With `pauses` it stops where the caller "
        "must do something. `to` prices the call.",
    ),
    Tool("list_numbers", "List numbers", "List the phone numbers that the workspace holds."),
    Tool(
        "available_numbers",
        "List available numbers",
        "List numbers that can be claimed and what each costs today. Amounts are in minor units: "
        "10000 is KES 100.00.",
    ),
    Tool(
        "claim_number",
        "Claim a number",
        "Claim a number: the rest of the month is paid from the wallet at once.",
        changes=True,
    ),
    Tool(
        "create_call",
        "Place a call",
        "Place a call, wait until it is over (or `wait_seconds`), and return it with its time line. "
        f"With `documents` the call is answered with them, in test mode only: {DOCUMENTS} "
        "`voice_requests` in the result is what was asked. Without them the call asks "
        "`voice_callback_url`, else the URL of the number. `from_number` may be left out when one "
        "number is held. Test numbers: +254711000001 answers and listens, +254711000002 answers and "
        "presses 1, +254711000003 is busy, +254711000004 rejects, +254711000005 never answers, "
        "+254711000006 hangs up after 10 s.",
        changes=True,
    ),
    Tool(
        "list_calls",
        "List calls",
        "List calls, newest first. `status` is a list with commas; `search` is part of a number.",
    ),
    Tool("get_call", "Read a call", "Read one call, its cost and its time line."),
    Tool(
        "call_events",
        "Read what happened in a call",
        "List the time line of a call, oldest first. `after` leaves out events up to that number.",
    ),
    Tool("hangup_call", "End a call", "End a call that runs.", changes=True),
    Tool(
        "wallet_balance",
        "Read the balance",
        "Read what the wallet holds, in minor units: 10000 is KES 100.00.",
    ),
    Tool(
        "wallet_statement",
        "Read the statement",
        "List the movements of the wallet, newest first. `kind` is one of topup, call, rental …",
    ),
)


def _page(limit: int) -> int:
    return max(1, min(limit, ROWS_MAX))


def _noting(asked: list[Object]) -> Callable[[str, dict[str, str]], None]:
    """Return what writes down each voice request."""

    def note(path: str, form: dict[str, str]) -> None:
        asked.append({"path": path, "form": form})

    return note
