"""What a client does with a room: mute, kick, hold, say into it, end it.

Every verb locks the room and repeats without harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from kernel import audit, clock
from kernel.errors import BadRequest
from kernel.http import TargetRefused, check_url
from kernel.phrases import Phrase
from kernel.work import enqueue
from telephony import conferences, notices, orders, sound_hosts, sounds
from telephony.errors import ConferenceEnded, ParticipantNotFound, SoundUnavailable
from telephony.interpreter.prompts import Audio, Prompt, Speech
from telephony.models import Announcement, Conference, Participant

EVERYBODY = "all"
TEXT_CHARACTERS_MAX = 5000
LANGUAGES = ("en-KE", "sw-KE")
VOICES = ("woman", "man", "alice")
# These need to be told whom they mean.
PERSONAL = ("mute", "unmute", "kick", "hold", "unhold")
COMMANDS = (*PERSONAL, "play", "say", "end")


@dataclass(frozen=True, slots=True)
class Wish:
    """One command as it was asked; empty is not said."""

    command: str
    participant: str = ""
    url: str = ""
    text: str = ""
    language: str = "en-KE"
    voice: str = "woman"
    callback_url: str = ""


def carry_out(room: Conference, wish: Wish, *, actor: str) -> list[Participant]:
    """Do what was asked and return whom it concerns.

    Raises BadRequest, ConferenceEnded, ParticipantNotFound or PlayHostDenied.
    """
    _check(wish)
    with transaction.atomic():
        room = Conference.objects.select_for_update(no_key=True).get(pk=room.pk)
        if not room.is_live:
            raise ConferenceEnded(name=room.name)
        concerned = _concerned(room, wish)
        if wish.command == "play":
            there = room.participants.values_list("call_id", flat=True)
            sound_hosts.check(wish.url, call_ids=there)
        if wish.command in PERSONAL:
            for row in concerned:
                _PERSONAL[wish.command](room, row)
        elif wish.command == "end":
            conferences.end(room, reason="it was ended")
        else:
            _let_hear(room, wish, concerned)
        if wish.callback_url:
            about = concerned[0] if len(concerned) == 1 else None
            notices.tell_command(room, wish.command, wish.callback_url, about)
        audit.record(
            f"conferences.{wish.command}",
            actor=actor,
            subject=room.id,
            workspace_id=room.workspace_id,
            after={"name": room.name, "participants": [str(row.id) for row in concerned]},
        )
        conferences.ring(room)
    return concerned


def announce(announcement_id: UUID) -> None:
    """Make what a client wanted heard, and have the room, or one in it, hear it once."""
    row = Announcement.objects.select_related("conference", "participant").get(pk=announcement_id)
    if row.made_at is not None:
        return
    room, one = row.conference, row.participant
    caller = one or room.participants.order_by("joined_at")[0]
    try:
        path = sounds.make(sounds.prompt_from_json(row.prompt), call_id=caller.call_id)
    except SoundUnavailable as problem:
        Announcement.objects.filter(pk=row.pk).update(error=str(problem))
        return
    with transaction.atomic():
        if not Announcement.objects.filter(pk=row.pk, made_at=None).update(made_at=clock.now()):
            return
        if one is None:
            facts = {"room": str(room.id), "files": [str(path)]}
            orders.write(room.id, "room_play", engine_id=room.engine_id, **facts)
        elif one.status != "left":
            orders.write(one.leg_id, "overlay", files=[str(path)])


def _check(wish: Wish) -> None:
    if wish.command in PERSONAL and not wish.participant:
        reason = Phrase('{command} needs one, or "all"', command=wish.command)
        raise BadRequest(fields=[("participant", reason)])
    if wish.command == "say" and not wish.text.strip():
        raise BadRequest(fields=[("text", Phrase("say needs the words"))])
    if wish.command == "play" and not wish.url:
        raise BadRequest(fields=[("url", Phrase("play needs the address of a sound file"))])
    for name in ("url", "callback_url"):
        try:
            if url := getattr(wish, name):
                check_url(url)
        except TargetRefused as problem:
            raise BadRequest(fields=[(name, problem.reason)]) from None


def _concerned(room: Conference, wish: Wish) -> list[Participant]:
    """Return whom a command means: one by its id, its call or its session, or everybody."""
    there = conferences.present(room, with_queue=True)
    if not wish.participant or wish.participant == EVERYBODY:
        return there
    for row in there:
        if wish.participant in (str(row.id), str(row.call_id), row.call.session_id):
            return [row]
    raise ParticipantNotFound(participant=wish.participant[:64], name=room.name)


def _mute(room: Conference, row: Participant, *, is_muted: bool) -> None:
    if row.is_muted == is_muted:
        return
    row.is_muted = is_muted
    row.save(update_fields=["is_muted"])
    orders.write(row.leg_id, "room_set", muted=is_muted)
    notices.tell(room, "mute" if is_muted else "unmute", row)


def _hold(row: Participant, *, is_held: bool) -> None:
    if row.is_held == is_held:
        return
    row.is_held = is_held
    row.save(update_fields=["is_held"])
    orders.write(row.leg_id, "room_set", apart=row.is_apart)
    if is_held and row.has_music:
        enqueue("telephony.make_music", row.id)


def _kick(row: Participant) -> None:
    """Have the engine take one out; what the call does next is up to its document."""
    orders.write(row.leg_id, "room_leave")


def _let_hear(room: Conference, wish: Wish, concerned: list[Participant]) -> None:
    speech = Speech(wish.text, wish.language, wish.voice)
    prompt: Prompt = Audio(wish.url) if wish.command == "play" else speech
    row = Announcement.objects.create(
        conference=room,
        participant=None if wish.participant in ("", EVERYBODY) else concerned[0],
        prompt=sounds.prompt_as_json(prompt),
    )
    enqueue("telephony.announce", row.id)


_PERSONAL: dict[str, Callable[[Conference, Participant], None]] = {
    "mute": lambda room, row: _mute(room, row, is_muted=True),
    "unmute": lambda room, row: _mute(room, row, is_muted=False),
    "kick": lambda _, row: _kick(row),
    "hold": lambda _, row: _hold(row, is_held=True),
    "unhold": lambda _, row: _hold(row, is_held=False),
}
