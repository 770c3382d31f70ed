"""A voice URL asked without a call: the same signed question, and what a call would make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from calls.models import Call
from kernel import clock, ids
from kernel.http import Reply, Timeouts, request
from numbers.models import Number
from telephony import callback
from telephony.errors import CallbackFailed
from telephony.interpreter.lint import Verdict, lint
from telephony.interpreter.mending.mend import mended
from telephony.models import Fetch
from telephony.sound_hosts import with_hosts

CALLER: Final = "+254712345678"
# Lets a server that keeps records leave this one out.
MARK: Final = {"isTest": "1"}


@dataclass(slots=True)
class Trial:
    """What went out, what came back, and the judgement of the document."""

    sent: list[str] = field(default_factory=list)
    received: str = ""
    milliseconds: int | None = None
    failure: str = ""
    verdict: Verdict | None = None
    mended: str | None = None

    @property
    def is_good(self) -> bool:
        return not self.failure and self.verdict is not None and self.verdict.is_valid


def try_voice_url(number: Number, url: str) -> Trial:
    """Ask a voice URL as somebody who rings the number would make us ask, and judge the answer."""
    trial = Trial()

    def send(
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeouts: Timeouts,
        max_bytes: int,
    ) -> Reply:
        trial.sent.append(_written(method, url, headers, body))
        reply = request(
            method, url, headers=headers, body=body, timeouts=timeouts, max_bytes=max_bytes
        )
        trial.received, trial.milliseconds = _read(reply), reply.milliseconds
        return reply

    try:
        answer = callback.try_out(_question(number, url), send)
    except CallbackFailed as problem:
        trial.failure = problem.reason
        return trial
    kind = answer.reply.headers.get("content-type", "")
    found = lint(answer.reply.body, kind)
    trial.verdict = with_hosts(
        found, answer.reply.body, kind, workspace_id=number.workspace_id, url=answer.url
    )
    trial.mended = mended(answer.reply.body, kind) if trial.verdict.errors else None
    return trial


def _question(number: Number, url: str) -> Fetch:
    """Make the question of a call that rings the number now; neither is ever stored."""
    call = Call(
        id=ids.uuid7(),
        workspace=number.workspace,
        mode=number.mode,
        number=number,
        direction="inbound",
        local_e164=number.e164,
        remote_e164=CALLER,
        caller_id=CALLER,
        started_at=clock.now(),
    )
    return Fetch(call=call, url=url, purpose="voice", params=dict(MARK))


def _written(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> str:
    """Write a request as it stands on the wire, its fields one on a line."""
    head = [f"{method} {url}", *(f"{name}: {value}" for name, value in headers.items())]
    fields = unquote_plus((body or b"").decode()).replace("&", "\n")
    return "\n".join([*head, "", fields]).rstrip()


def _read(reply: Reply) -> str:
    head = [f"HTTP {reply.status}", *(f"{name}: {value}" for name, value in reply.headers.items())]
    return "\n".join([*head, "", reply.text()[:16_384]]).rstrip()
