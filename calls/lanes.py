"""A call drawn for the console: marks in lanes over seconds, and the same events in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallEvent, Recording
from calls.ports import Mark
from calls.words import words
from kernel import clock

WIDTH = 1000
LEFT = 96
LANE_HEIGHT = 30
TOP = 22
STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
TICKS_MAX = 12

LANES: tuple[tuple[str, str | Promise], ...] = (
    ("network", _("Network")),
    ("document", _("Documents")),
    ("voice", _("Voice")),
    ("digits", _("Digits")),
    ("money", _("Money")),
    ("recording", _("Recording")),
    ("webhooks", _("Webhooks")),
)
# These are drawn only when there is something in them.
RARE = {"recording", "webhooks"}
WAVE_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of time-line row is shown."""

    lane: str
    icon: str
    title: str | Promise


KINDS = {
    "call.started": Kind("network", "phone", _("Started")),
    "call.ringing": Kind("network", "phone-call", _("Ringing")),
    "call.answered": Kind("network", "audio-lines", _("Answered")),
    "call.completed": Kind("network", "circle-check", _("Completed")),
    "call.failed": Kind("network", "circle-x", _("Ended without a conversation")),
    "call.hangup_requested": Kind("network", "phone-off", _("Hang-up asked for")),
    "leg.ended": Kind("network", "phone-off", _("Another phone stopped ringing")),
    "leg.answered_late": Kind("network", "phone-off", _("Another phone answered too late")),
    "voice.fetched": Kind("document", "document", _("Your server answered")),
    "voice.redirect": Kind("document", "arrow-right", _("Sent on to another address")),
    "voice.error": Kind("document", "triangle-alert", _("Voice document failed")),
    "voice.warning": Kind("document", "triangle-alert", _("Part of the document was skipped")),
    "voice.say": Kind("voice", "volume", _("Spoken")),
    "voice.consent": Kind("voice", "volume", _("Announced that it is recorded")),
    "voice.play": Kind("voice", "volume", _("Played")),
    "voice.pause": Kind("voice", "clock", _("Silence")),
    "voice.gather": Kind("voice", "keyboard", _("Waited for keys")),
    "voice.dial": Kind("network", "phone-outgoing", _("Called somebody for the caller")),
    "voice.dialed": Kind("network", "phone-off", _("The dialled call ended")),
    "voice.record": Kind("voice", "circle-dot", _("Recording began")),
    "voice.recorded": Kind("voice", "circle-dot", _("Recording ended")),
    "recording.ready": Kind("voice", "circle-check", _("Recording stored")),
    "recording.transcribed": Kind("voice", "circle-check", _("What was said, in words")),
    "recording.not_transcribed": Kind("voice", "triangle-alert", _("Nobody could understand it")),
    "recording.deleted": Kind("voice", "circle-x", _("Recording deleted")),
    "recording.lost": Kind("voice", "triangle-alert", _("Recording lost")),
    "voice.stream": Kind("voice", "audio-lines", _("Audio sent to your server")),
    "stream.started": Kind("voice", "audio-lines", _("Your server took the audio")),
    "stream.stopped": Kind("voice", "circle-x", _("The audio stream ended")),
    "stream.error": Kind("voice", "triangle-alert", _("The audio stream failed")),
    "voice.conference": Kind("voice", "audio-lines", _("Led into a room")),
    "voice.conference_left": Kind("voice", "arrow-right", _("Came back from the room")),
    "conference.joined": Kind("voice", "audio-lines", _("Entered a room")),
    "conference.left": Kind("voice", "phone-off", _("Left the room")),
    "voice.replaced": Kind("document", "send", _("Was sent other actions")),
    "call.supervision.started": Kind("network", "phone-outgoing", _("A supervisor was called")),
    "call.supervision.connected": Kind("network", "audio-lines", _("A supervisor listens")),
    "call.supervision.mode_changed": Kind("network", "user", _("The supervisor changed the mode")),
    "call.supervision.ended": Kind("network", "phone-off", _("The supervisor left")),
    "call.supervision.failed": Kind("network", "circle-x", _("No supervisor came")),
    "voice.reject": Kind("network", "circle-x", _("Rejected")),
    "voice.hangup": Kind("network", "phone-off", _("Hung up by the document")),
    "call.money_ends": Kind("money", "banknote", _("Warned that the money ends")),
    "digits": Kind("digits", "hash", _("Keys pressed")),
}
BAD = frozenset({"call.failed", "voice.error", "voice.warning", "recording.lost", "stream.error"})


@dataclass(frozen=True, slots=True)
class Row:
    """One event in words, with its place on the drawing."""

    number: str
    kind: str
    title: str | Promise
    icon: str
    detail: str
    offset: str
    occurred_at: datetime
    payload: dict[str, Any]
    is_bad: bool
    lane: str
    x: int
    y: int
    address: str = ""
    sent: str = ""
    received: str = ""
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Wave:
    """The picture of a recording, from where it began to where it ended."""

    path: str
    title: str | Promise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a lane."""

    lane: str
    title: str | Promise
    x: int
    width: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the page needs to draw a call."""

    rows: tuple[Row, ...]
    spans: tuple[Span, ...]
    lanes: tuple[tuple[str, str | Promise, int], ...]
    ticks: tuple[tuple[int, str], ...]
    height: int
    waves: tuple[Wave, ...] = ()


def draw(
    call: Call,
    events: list[CallEvent],
    *,
    marks: Iterable[Mark] = (),
    recordings: Iterable[Recording] = (),
) -> Drawing:
    """Lay a call's time line out, from its start to its end or to this moment."""
    end = call.ended_at or clock.now()
    others = sorted(marks, key=lambda mark: mark.at)
    heard = [row for row in recordings if row.state == "ready" and row.waveform]
    seen = {mark.lane for mark in others} | ({"recording"} if heard else set())
    board = _Board([lane for lane in LANES if lane[0] not in RARE or lane[0] in seen])
    # What comes after the end, as a late delivery does, stands at the edge.
    scale = _Scale(call.started_at, max([end, *(event.occurred_at for event in events)]))
    rows = _merged(
        [_row(event, scale, board) for event in events],
        [_mark_row(mark, index, scale, board) for index, mark in enumerate(others, 1)],
    )
    return Drawing(
        rows=tuple(rows),
        spans=(*_spans(call, end, scale, board), *_lengths(others, scale, board)),
        lanes=tuple((name, label, board.y(name)) for name, label in board.lanes),
        ticks=scale.ticks(),
        height=TOP + LANE_HEIGHT * len(board.lanes) + 4,
        waves=tuple(_wave(row, scale, board) for row in heard),
    )


class _Board:
    """The lanes that are drawn, from top to bottom."""

    def __init__(self, lanes: list[tuple[str, str | Promise]]) -> None:
        self.lanes = lanes

    def y(self, name: str) -> int:
        return TOP + LANE_HEIGHT * [it for it, _label in self.lanes].index(name) + LANE_HEIGHT // 2


def _merged(events: list[Row], marks: list[Row]) -> list[Row]:
    """Put the marks between the events by their time; the events keep the order of their numbers."""
    found: list[Row] = []
    waiting = marks
    for row in events:
        due = [mark for mark in waiting if mark.occurred_at < row.occurred_at]
        waiting = waiting[len(due) :]
        found += [*due, row]
    return found + waiting


class _Scale:
    """Turns moments into whole units of the view box."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start = start
        self.length_ms = max(1000, _ms(end - start))

    def x(self, at: datetime) -> int:
        passed = min(max(0, _ms(at - self.start)), self.length_ms)
        return LEFT + passed * (WIDTH - LEFT - 16) // self.length_ms

    def ticks(self) -> tuple[tuple[int, str], ...]:
        seconds = self.length_ms // 1000
        step = next((it for it in STEPS_SECONDS if seconds // it <= TICKS_MAX), 7200)
        marks = range(0, seconds + 1, step)
        return tuple((self.x(self.start + timedelta(seconds=at)), _tick(at)) for at in marks)


def _row(event: CallEvent, scale: _Scale, board: _Board) -> Row:
    kind = KINDS.get(event.kind) or Kind(_guess(event.kind), "circle-dot", event.kind)
    return Row(
        number=str(event.number),
        kind=event.kind,
        title=kind.title,
        icon=kind.icon,
        detail=_detail(event),
        offset=_offset(_ms(event.occurred_at - scale.start)),
        occurred_at=event.occurred_at,
        payload=event.payload,
        is_bad=event.kind in BAD,
        lane=kind.lane,
        x=scale.x(event.occurred_at),
        y=board.y(kind.lane),
    )


def _mark_row(mark: Mark, index: int, scale: _Scale, board: _Board) -> Row:
    return Row(
        number=f"m{index}",
        kind=mark.kind,
        title=mark.title,
        icon=mark.icon,
        detail=mark.detail,
        offset=_offset(_ms(mark.at - scale.start)),
        occurred_at=mark.at,
        payload=mark.facts,
        is_bad=mark.is_bad,
        lane=mark.lane,
        x=scale.x(mark.at),
        y=board.y(mark.lane),
        address=mark.address,
        sent=mark.sent,
        received=mark.received,
        milliseconds=mark.milliseconds,
    )


def _detail(event: CallEvent) -> str:
    """Pick what a person wants to know of a payload."""
    payload = event.payload
    if event.kind == "digits":
        return str(payload.get("digits") or words(payload.get("reason")))
    if event.kind in ("voice.say", "voice.consent"):
        return f"“{payload.get('text', '')}”"
    if event.kind == "voice.pause":
        return f"{payload.get('seconds', 0)} s"
    if event.kind == "call.money_ends":
        return f"{payload.get('seconds_left', 0)} s"
    for name in ("reason", "failure_reason"):
        if payload.get(name):
            return words(str(payload[name]))
    for name in ("message", "url", "to"):
        if payload.get(name):
            return str(payload[name])
    return ""


def _spans(call: Call, end: datetime, scale: _Scale, board: _Board) -> list[Span]:
    ringing = call.answered_at or end
    found = [_span("network", _("Ringing"), call.started_at, ringing, scale, board)]
    if call.answered_at:
        found.append(_span("voice", _("Connected"), call.answered_at, end, scale, board))
        if call.rate_minor_per_minute:
            found.append(_span("money", _("Charged time"), call.answered_at, end, scale, board))
    return found


def _lengths(marks: list[Mark], scale: _Scale, board: _Board) -> list[Span]:
    """Draw how long what took time took."""
    return [
        _span(
            mark.lane,
            mark.title,
            mark.at,
            mark.at + timedelta(milliseconds=mark.milliseconds),
            scale,
            board,
        )
        for mark in marks
        if mark.milliseconds
    ]


# The six are what a stretch of the drawing is.
def _span(
    lane: str,
    title: str | Promise,
    start: datetime,
    end: datetime,
    scale: _Scale,
    board: _Board,
) -> Span:
    x = scale.x(start)
    return Span(lane=lane, title=title, x=x, width=max(2, scale.x(end) - x), y=board.y(lane))


def _wave(recording: Recording, scale: _Scale, board: _Board) -> Wave:
    """Draw the first channel as bars over the time it was recorded in."""
    levels = recording.waveform[: len(recording.waveform) // recording.channels]
    start = scale.x(recording.created_at)
    length = timedelta(milliseconds=recording.duration_ms or 0)
    width = max(1, scale.x(recording.created_at + length) - start)
    middle = board.y("recording")
    bars = []
    for at, level in enumerate(levels):
        height = max(1, level * WAVE_HEIGHT // 200)
        x = start + at * width // max(1, len(levels))
        bars.append(f"M{x} {middle - height}v{2 * height}")
    return Wave(path="".join(bars), title=_("How loud the recording is over its length"))


def _guess(kind: str) -> str:
    """Give a kind nobody described the lane of its family."""
    return {"voice": "voice", "digits": "digits", "hold": "money"}.get(
        kind.split(".")[0], "network"
    )


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


def _tick(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60}:{seconds % 60:02d}"


def _offset(ms: int) -> str:
    """Write how long after the beginning, in at most eight signs: +4.3 s, +16:40, +2:14 h, +6 d."""
    whole, part = divmod(max(0, ms), 1000)
    if whole < 100:
        return f"+{whole}.{part // 100} s"
    if whole < 3600:
        return f"+{_tick(whole)}"
    hours = whole // 3600
    return f"+{hours}:{whole % 3600 // 60:02d} h" if hours < 100 else f"+{hours // 24} d"
