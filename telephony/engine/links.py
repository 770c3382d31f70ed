"""Links between engines: one stream that carries a room to the part of it on another engine.

The sum of one part is a seat in the other, so everybody hears everybody and nobody themselves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from telephony.engine.calling import Command
from telephony.engine.codec import PCMA, Pcm
from telephony.engine.config import Config
from telephony.engine.control import Events
from telephony.engine.media import Media
from telephony.engine.recorder import File
from telephony.engine.rooms import Room, Rooms
from telephony.engine.rtp import PortsError, Stream
from telephony.engine.sdp import Remote
from telephony.engine.switchboard import Switchboard

# The other engine is gone, or was never there.
SILENT_SECONDS = 30.0


@dataclass(eq=False)
class Link:
    """The other part of a room, as a seat of this part."""

    id: str
    room: Room
    # Its own socket, on no leg.
    media: Media
    heard_at: float
    file: File | None = None
    is_apart: bool = False
    frame: Pcm | None = None
    _packets: int = 0

    def tick(self, now: float) -> None:
        """Take a frame of the other part, and send it what was mixed for it."""
        self.frame = self.media.tick(now).frame
        packets = self.media.stream.counters.packets_in
        if packets != self._packets:
            self._packets, self.heard_at = packets, now


class Links:
    """The links of one engine; a gateway opens them when a room spreads and closes them after."""

    def __init__(self, config: Config, events: Events, board: Switchboard, rooms: Rooms) -> None:
        self._config = config
        self._events = events
        self._board = board
        self._rooms = rooms
        self._links: dict[str, Link] = {}

    def commands(self) -> dict[str, Command]:
        """Return what is done with links."""
        return {"room_link": self._open, "room_link_to": self._aim, "room_unlink": self._close}

    def tick(self, now: float) -> None:
        """Carry 20 ms of every link, and drop those that have been silent for long."""
        for link in list(self._links.values()):
            link.tick(now)
            if now - link.heard_at > SILENT_SECONDS:
                self._drop(link)

    def _open(self, line: dict[str, Any]) -> None:
        """Say where the other engine may send to; a link that is open already says it again."""
        link = self._links.get(line["leg"])
        if link is None:
            try:
                stream = Stream(self._board.bind())
            except PortsError:
                return
            media = Media(stream, None)
            room = self._rooms.room(line["room"])
            link = Link(line["leg"], room, media, time.monotonic())
            media.want(link)
            media.speak()
            room.seats.append(link)
            self._links[link.id] = link
        where = {"host": self._config.public_host, "port": link.media.stream.port}
        self._events.emit("room_linked", link.id, room=link.room.id, peer=line["peer"], **where)

    def _aim(self, line: dict[str, Any]) -> None:
        if link := self._links.get(line["leg"]):
            link.media.connect(
                Remote(
                    host=line["host"],
                    port=int(line["port"]),
                    codec=PCMA,
                    dtmf=None,
                    direction="sendrecv",
                    media=(),
                    audio=0,
                )
            )

    def _close(self, line: dict[str, Any]) -> None:
        if link := self._links.get(line["leg"]):
            self._drop(link)

    def _drop(self, link: Link) -> None:
        del self._links[link.id]
        self._rooms.empty(link.room, link)
        self._board.release(link.media.stream.socket)
