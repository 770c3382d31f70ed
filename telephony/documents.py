"""What a worker does for a voice document: fetch it, read it, make its sounds."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.db import transaction

from calls import services as calls
from kernel import clock, rows, work
from kernel.http import Reply
from telephony import callback, conferences, services, sound_hosts, sounds
from telephony.errors import CallbackFailed, PlayHostDenied, SoundUnavailable
from telephony.interpreter.document import Document, DocumentInvalid
from telephony.interpreter.events import UNREACHABLE, DocumentArrived, DocumentFailed
from telephony.interpreter.parse import parse
from telephony.interpreter.prompts import Audio, Prompt
from telephony.interpreter.session import Session as State
from telephony.interpreter.verb import PromptVerb
from telephony.models import Fetch, Participant, Session
from telephony.states import FETCH

log = logging.getLogger(__name__)

ANSWER_KEPT_BYTES = 16 * 1024
_FETCH = rows.Lookup(
    lambda pk: Fetch.objects.select_related("call__number", "call__workspace").filter(pk=pk)
)


def fetch(fetch_id: str) -> None:
    """Ask the customer's server and hand what came back to the runner; a repeat asks again."""
    row = _FETCH.get(fetch_id)
    if row.state in FETCH.final:
        return
    try:
        answer = callback.ask(row)
    except CallbackFailed as problem:
        _fail(row, problem)
        return
    if row.purpose in services.REPORTS:
        with transaction.atomic():
            _finish(row, answer)
        return
    _read(row, answer)


def make_sounds(call_id: UUID) -> None:
    """Make the sounds that the document of a call waits for."""
    session = Session.objects.get(pk=call_id)
    if session.pending is None:
        return
    prompts = [sounds.prompt_from_json(plain) for plain in session.pending["prompts"]]
    files, problems = _make(prompts, session.call_id)
    services.sounds_made(
        call_id=session.call_id,
        ticket=session.pending["id"],
        files=[files[key] for key in map(sounds.key_of, prompts) if key in files],
        problems=problems,
    )


def make_music(participant_id: UUID) -> None:
    """Make what somebody hears until their room takes them in; the melody when theirs fails."""
    row = Participant.objects.get(pk=participant_id)
    try:
        path = _music(row)
    except (SoundUnavailable, PlayHostDenied) as problem:
        calls.note(call_id=row.call_id, kind="voice.error", payload=_problem(problem))
        path = sounds.melody()
    conferences.entertain(participant_id, [str(path)])


def _music(row: Participant) -> Path:
    if not row.wait_url:
        return sounds.melody()
    sound_hosts.check(row.wait_url, call_ids=[row.call_id])
    return sounds.make(Audio(row.wait_url), call_id=row.call_id)


def _read(row: Fetch, answer: callback.Answer) -> None:
    """Read the document, make its first sounds, run it, and make the others ahead of their turn."""
    content_type = answer.reply.headers.get("content-type", "")
    told = _told(row, answer)
    try:
        document = parse(answer.reply.body, content_type)
    except DocumentInvalid as problem:
        failure = DocumentFailed.invalid(problem, row.ticket)
        with transaction.atomic():
            services.document_failed(call_id=row.call_id, failure=failure, told=told)
            _finish(row, answer)
        return
    groups = list(_heard(document, row.call_id, answer.url))
    files, _problems = _make(groups[0] if groups else [], row.call_id, url=answer.url)
    arrived = DocumentArrived(document, answer.url, row.ticket)
    with transaction.atomic():
        services.document_arrived(call_id=row.call_id, arrived=arrived, files=files, told=told)
        _finish(row, answer)
    rest = [it for group in groups[1:] for it in group]
    later, _problems = _make(rest, row.call_id, url=answer.url)
    if later:
        services.keep_sounds(call_id=row.call_id, files=later)


def _heard(document: Document, call_id: UUID, url: str) -> Iterator[list[Prompt]]:
    """Give the prompts of each action that is heard, in order."""
    speaking = [
        [it for it in (verb, *getattr(verb, "nested", ())) if isinstance(it, PromptVerb)]
        for verb in document.actions
    ]
    if not any(speaking):
        return
    state = replace(State.from_json(Session.objects.get(pk=call_id).state), url=url)
    for verbs in speaking:
        found = [prompt for each in verbs for prompt in each.prompts(state)]
        if found:
            yield found


def _make(
    prompts: Iterable[Prompt], call_id: UUID, *, url: str = ""
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the files that could be made, by prompt, and what went wrong with the others.

    `url` is where the document came from, when the session does not know it yet.
    """
    files: dict[str, str] = {}
    problems: list[dict[str, str]] = []
    for prompt in dict.fromkeys(prompts):
        try:
            if isinstance(prompt, Audio):
                sound_hosts.check(prompt.url, call_ids=[call_id], document_url=url)
            files[sounds.key_of(prompt)] = str(sounds.make(prompt, call_id=call_id))
        except (SoundUnavailable, PlayHostDenied) as problem:
            problems.append(_problem(problem))
    return files, problems


def _problem(problem: SoundUnavailable | PlayHostDenied) -> dict[str, str]:
    """Say in the time line why something is not heard."""
    code = {"code": problem.code} if isinstance(problem, PlayHostDenied) else {}
    return {**code, "reason": str(problem)}


def _fail(row: Fetch, problem: CallbackFailed) -> None:
    FETCH.apply(
        row,
        "fail",
        error=problem.reason,
        status_code=problem.status_code,
        sent=row.sent,
        finished_at=clock.now(),
        **_kept(problem.reply),
    )
    if row.purpose in services.REPORTS:
        log.info("call %s: a %s report was not taken: %s", row.call_id, row.purpose, problem.reason)
        return
    services.document_failed(
        call_id=row.call_id, failure=DocumentFailed(UNREACHABLE, problem.reason, row.ticket)
    )


def _finish(row: Fetch, answer: callback.Answer) -> None:
    """Keep what came back, in the transaction of what it led to."""
    FETCH.apply_later(
        row,
        "finish",
        status_code=answer.reply.status,
        milliseconds=answer.reply.milliseconds,
        sent=row.sent,
        finished_at=clock.now(),
        **_kept(answer.reply),
    )
    work.finish()


def _kept(reply: Reply | None) -> dict[str, str]:
    """Return what is kept of an answer: enough to see what is wrong with it."""
    if reply is None:
        return {}
    # PostgreSQL keeps no NUL in a text.
    text = reply.body[:ANSWER_KEPT_BYTES].decode(errors="replace").replace("\0", "\ufffd")
    return {"answer": text, "answer_type": reply.headers.get("content-type", "")[:100]}


def _told(row: Fetch, answer: callback.Answer) -> services.Told:
    payload = {
        "url": answer.url,
        "method": row.method,
        "purpose": row.purpose,
        "status_code": answer.reply.status,
        "milliseconds": answer.reply.milliseconds,
        "size_bytes": len(answer.reply.body),
        **({"relayed": True} if answer.is_relayed else {}),
    }
    return services.Told(payload, clock.now())
