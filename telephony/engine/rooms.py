"""Rooms where many legs hear each other: who sits there, what is mixed and what is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from telephony.engine.calling import Command, LegCommand
from telephony.engine.capture import beep
from telephony.engine.codec import FRAME, FRAME_SECONDS, PCMA, Pcm
from telephony.engine.control import Events
from telephony.engine.legs import Leg
from telephony.engine.media import Media, Player
from telephony.engine.recorder import File, Recorder
from telephony.engine.talk import Talk

DIGITS_MAX = 64
MUSIC = "music"


class Place(Protocol):
    """What is mixed in a room: a leg of ours, or the part of the room on another engine."""

    file: File | None
    is_apart: bool
    frame: Pcm | None

    @property
    def media(self) -> Media:
        """Return what the mix is sent through."""


@dataclass(eq=False)
class Seat:
    """One leg in a room; apart it hears music and is heard by nobody."""

    id: str
    leg: Leg
    room: Room
    file: File | None
    beeps: bool
    # Keys are collected up to so many (0 is no limit) or to the key that ends them; None is not.
    num_digits: int | None
    finish_on_key: str
    is_apart: bool = False
    has_entered: bool = False
    digits: str = ""
    frame: Pcm | None = None

    @property
    def media(self) -> Media:
        return self.leg.media

    def carry(self, leg: Leg, frame: Pcm) -> Pcm:
        """Keep what the leg says for the next mix."""
        self.frame = None if self.is_apart else frame
        return frame

    def press(self, leg: Leg, key: str) -> None:
        """Collect a key; nobody else in the room hears it."""
        if self.num_digits is None:
            return
        ends = key in self.finish_on_key
        self.digits = (self.digits + ("" if ends else key))[:DIGITS_MAX]
        if ends or len(self.digits) == (self.num_digits or DIGITS_MAX):
            digits, self.digits = self.digits, ""
            self.room.events.emit("room_digits", leg.id, id=self.id, digits=digits)


@dataclass(eq=False)
class Room:
    """The seats of one room, and what is said into it."""

    id: str
    events: Events
    seats: list[Place] = field(default_factory=list)
    _said: list[Player] = field(default_factory=list)

    def say(self, data: bytes) -> None:
        """Let everybody in the mix hear frames in A-law, over what the others say."""
        player = Player()
        player.start(self.id, data)
        self._said.append(player)

    def mix(self) -> None:
        """Give every seat the sum of all others, and every recording the sum of all."""
        joined = [seat for seat in self.seats if not seat.is_apart]
        total = self._announcement()
        for seat in joined:
            if seat.frame is not None:
                total += seat.frame
        whole = _clipped(total)
        for seat in joined:
            own, seat.frame = seat.frame, None
            seat.media.voice = whole if own is None else _clipped(total - own)
            if seat.file:
                seat.file.add(whole)

    def _announcement(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        total = np.zeros(FRAME, np.int32)
        for player in list(self._said):
            frame = player.next()
            if frame is None:
                self._said.remove(player)
            else:
                total += PCMA.decode(frame)
        return total


class Rooms:
    """The rooms of one engine; a room is there while somebody sits in it."""

    def __init__(self, events: Events, recorder: Recorder, talk: Talk) -> None:
        self._events = events
        self._recorder = recorder
        self._talk = talk
        self._rooms: dict[str, Room] = {}
        self._seats: dict[str, Seat] = {}

    def commands(self) -> dict[str, Command]:
        """Return what is done with a room."""
        return {"room_play": self._play}

    def leg_commands(self) -> dict[str, LegCommand]:
        """Return what is done with one seat."""
        return {
            "room_join": self._join,
            "room_set": self._set,
            "room_leave": lambda leg, _: self.leave(leg, "stopped"),
        }

    def room(self, room_id: str) -> Room:
        """Return the room of that id, new if nobody is in it yet."""
        return self._rooms.setdefault(room_id, Room(room_id, self._events))

    def empty(self, room: Room, place: Place) -> None:
        """Give up a place; a room without any is gone."""
        room.seats.remove(place)
        if not room.seats:
            self._rooms.pop(room.id, None)

    def tick(self) -> None:
        """Mix every room once; what is mixed now is sent in the next tick."""
        for room in self._rooms.values():
            room.mix()

    def leave(self, leg: Leg, reason: str = "hangup") -> None:
        """Free the seat of a leg, if it has one, and say what was recorded."""
        seat = self._seats.pop(leg.id, None)
        if seat is None:
            return
        room = seat.room
        self.empty(room, seat)
        leg.joints.remove(seat)
        leg.media.unwant(seat)
        leg.is_muted = False
        self._talk.hush(leg)
        leg.media.voice = None
        if seat.beeps and seat.has_entered:
            room.say(beep(PCMA))
        if seat.file:
            seat.file.close()
            ms = round(seat.file.frames * FRAME_SECONDS * 1000)
            facts = {"path": str(seat.file.path), "ms": ms, "reason": reason, "digits": ""}
            self._events.emit("recorded", leg.id, id=seat.id, **facts)
        self._events.emit("room_left", leg.id, id=seat.id, room=room.id, reason=reason)

    def _join(self, leg: Leg, line: dict[str, Any]) -> None:
        if leg.answered_at is None or leg.bridge or leg.id in self._seats:
            self._events.emit("room_left", leg.id, id=line["id"], room=line["room"], reason="gone")
            return
        self._talk.stop(leg)
        room = self.room(line["room"])
        seat = self._seats[leg.id] = self._seat(leg, room, line)
        room.seats.append(seat)
        leg.joints.append(seat)
        leg.media.want(seat)
        self._set(leg, line)
        self._events.emit("room_joined", leg.id, id=seat.id, room=room.id)

    def _seat(self, leg: Leg, room: Room, line: dict[str, Any]) -> Seat:
        path = line.get("path")
        file = self._recorder.file(Path(path), channels=1, whole_only=True) if path else None
        collects = line.get("num_digits") is not None
        return Seat(
            id=line["id"],
            leg=leg,
            room=room,
            file=file,
            beeps=bool(line.get("beep")),
            num_digits=int(line["num_digits"]) if collects else None,
            finish_on_key=line.get("finish_on_key") or "",
        )

    def _set(self, leg: Leg, line: dict[str, Any]) -> None:
        seat = self._seats.get(leg.id)
        if seat is None:
            return
        if line.get("muted") is not None:
            leg.is_muted = bool(line["muted"])
        is_apart = bool(line["apart"]) if line.get("apart") is not None else seat.is_apart
        if is_apart != seat.is_apart or line.get("files"):
            self._move(seat, is_apart=is_apart, files=line.get("files") or [])
        if not seat.is_apart and not seat.has_entered:
            seat.has_entered = True
            if seat.beeps:
                seat.room.say(beep(PCMA))

    def _move(self, seat: Seat, *, is_apart: bool, files: list[str]) -> None:
        """Let a seat hear music away from the room, or bring it back."""
        seat.is_apart, seat.frame = is_apart, None
        self._talk.hush(seat.leg)
        seat.leg.media.voice = None
        if is_apart and files:
            self._talk.play_on(seat.leg, MUSIC, files)

    def _play(self, line: dict[str, Any]) -> None:
        room = self._rooms.get(line["room"])
        if room is not None:
            self._talk.load(line["files"], PCMA, room.say)


def _clipped(samples: np.ndarray[Any, np.dtype[np.int32]]) -> Pcm:
    clipped: Pcm = np.clip(samples, -32768, 32767).astype(np.int16)
    return clipped
