"""Supervisors: they hear a call, speak to one side of it, or to both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telephony.engine.calling import LegCommand
from telephony.engine.codec import Pcm
from telephony.engine.control import Events
from telephony.engine.legs import Leg
from telephony.engine.media import summed
from telephony.engine.switchboard import Switchboard
from telephony.engine.talk import Talk

# The word of an INFO that tells a client of ours that its supervisor has left.
NOBODY = "none"
LISTEN, WHISPER, BARGE = MODES = ("listen", "whisper", "barge")


@dataclass(eq=False)
class Watch:
    """A supervisor beside an agent: hears what the agent says and hears, and speaks by the mode."""

    id: str
    supervisor: Leg
    agent: Leg
    mode: str
    # Whether an agent who is a client of ours is told.
    notifies: bool = False
    _said: Pcm | None = None

    def tell(self, word: str) -> None:
        """Let the agent know how they are supervised now."""
        if self.notifies and self.agent.is_inside:
            self.agent.wire.inform(self.agent.id, word)

    def carry(self, leg: Leg, frame: Pcm) -> Pcm:
        """Take a frame of either; return what those who hear the agent hear."""
        if leg is self.supervisor:
            self._said = frame
            return frame
        media = leg.media
        heard = media.codec.decode(media.sent) if media.sent else None
        self.supervisor.media.voice = frame if heard is None else summed(frame, heard)
        said, self._said = self._said, None
        if said is None or self.mode == LISTEN:
            return frame
        media.whisper = said
        return summed(frame, said) if self.mode == BARGE else frame

    def press(self, leg: Leg, key: str) -> None:
        """Keep a supervisor's keys out of the call."""

    def open(self) -> None:
        """Stand before whatever else the agent is joined to, so that a barge reaches it."""
        self.agent.joints.insert(0, self)
        self.supervisor.joints.append(self)
        for leg in (self.agent, self.supervisor):
            leg.media.want(self)

    def close(self) -> None:
        """Leave both alone."""
        for leg in (self.agent, self.supervisor):
            leg.joints.remove(self)
            leg.media.unwant(self)
        self.supervisor.media.voice = self.agent.media.whisper = None


class Supervision:
    """The supervisors of one engine; an agent has at most one."""

    def __init__(self, events: Events, board: Switchboard, talk: Talk) -> None:
        self._events = events
        self._board = board
        self._talk = talk
        # Under both the supervisor's and the agent's leg.
        self._watches: dict[str, Watch] = {}

    def leg_commands(self) -> dict[str, LegCommand]:
        """Return what is done with a supervisor's leg."""
        return {"supervise": self._supervise, "unsupervise": lambda leg, _: self.leave(leg)}

    def leave(self, leg: Leg) -> None:
        """End the supervision that a leg has a part in, if there is one."""
        watch = self._watches.get(leg.id)
        if watch is None:
            return
        del self._watches[watch.supervisor.id], self._watches[watch.agent.id]
        watch.close()
        if self._board.find(watch.agent.id):
            watch.tell(NOBODY)
        self._events.emit("unsupervised", watch.supervisor.id, id=watch.id, other=watch.agent.id)

    def _supervise(self, leg: Leg, line: dict[str, Any]) -> None:
        """Join a supervisor, switch the mode, or move on to another agent."""
        agent = self._board.find(line["other"])
        watch = self._watches.get(leg.id)
        if watch and watch.supervisor is leg and watch.agent is agent:
            watch.mode = line["mode"]
        elif agent is None or leg.answered_at is None or agent.id in self._watches:
            self._events.emit("unsupervised", leg.id, id=line["id"], other=line["other"])
            return
        else:
            self.leave(leg)
            self._talk.stop(leg)
            watch = Watch(line["id"], leg, agent, line["mode"], bool(line.get("notify")))
            self._watches[leg.id] = self._watches[agent.id] = watch
            watch.open()
        watch.tell(watch.mode)
        self._events.emit(
            "supervised", leg.id, id=line["id"], other=watch.agent.id, mode=watch.mode
        )
