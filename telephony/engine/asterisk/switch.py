"""The trunk side of an engine whose SIP is an Asterisk's: legs are channels, sound is RTP to us."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telephony.engine import sdp
from telephony.engine.asterisk import causes
from telephony.engine.asterisk.ari import Ari, Event
from telephony.engine.asterisk.node import Node
from telephony.engine.config import Trunk
from telephony.engine.dialog import Invite
from telephony.engine.dtmf import KEYS, Digit
from telephony.engine.sip import Listener, new_leg_id

# Asterisk's own clock ends a call only when the engine's clock did not.
GRACE_SECONDS = 0.4
# An INVITE that nobody answers with a word is given up after 32 s: Asterisk makes that a 408 too.
SILENCE_SECONDS = 30
# Before an answer: how long a channel may live that no engine looks after any more.
UNANSWERED_SECONDS = 600


@dataclass(slots=True)
class Line:
    """One leg in Asterisk: its channel, the channel to our RTP port and the bridge of both."""

    leg: str
    channel: str
    # Where Asterisk takes our sound, as a description; None until it has told.
    media: str | None = None
    is_up: bool = False
    # The channels that Asterisk has not handed over yet.
    missing: set[str] = field(default_factory=set)
    # The seconds it may last at most, known before its channels are there.
    limit: float = UNANSWERED_SECONDS
    dialled_at: float = field(default_factory=time.monotonic)
    has_rung: bool = False

    @property
    def is_inbound(self) -> bool:
        """Return whether the channel was there first: ours have the name of the leg."""
        return self.channel != self.leg

    @property
    def sound(self) -> str:
        """Return the id of the channel that carries the sound to us."""
        return f"sound-{self.leg}"

    @property
    def bridge(self) -> str:
        """Return the id of the bridge between the two channels."""
        return f"bridge-{self.leg}"


class Switch:
    """The `Wire` of one Asterisk node; every method runs on the event loop."""

    def __init__(self, node: Node, listener: Listener, lost: Callable[[str], None]) -> None:
        self._node = node
        self._listener = listener
        self._ari = Ari(node, hear=self._hear, lost=lost)
        self._lines: dict[str, Line] = {}
        self._by_channel: dict[str, Line] = {}
        self._events: dict[str, Callable[[Event], None]] = {
            "StasisStart": self._on_start,
            "Dial": self._on_dial,
            "ChannelStateChange": self._on_state,
            "ChannelDtmfReceived": self._on_key,
            "ChannelDestroyed": self._on_end,
            "StasisEnd": self._on_leave,
        }

    def has(self, leg: str) -> bool:
        """Say whether a leg is in Asterisk."""
        return leg in self._lines

    async def start(self) -> int:
        """Take the node over, end what an engine before us left there, return its SIP port."""
        await self._ari.open()
        for channel in await self._ari.fetch("GET", "channels"):
            self._ari.ask("DELETE", f"channels/{channel['id']}")
        for bridge in await self._ari.fetch("GET", "bridges"):
            self._ari.ask("DELETE", f"bridges/{bridge['id']}")
        return self._node.sip_port

    def dial(self, leg: str, trunk: Trunk, *, to: str, caller: str, display: str, sdp: str) -> None:
        """Call somebody through a trunk; what is heard before the answer reaches us too."""
        line = self._keep(Line(leg, leg))
        line.missing.add(line.channel)
        self._open_sound(line, sdp)
        self._ari.ask(
            "POST",
            "channels/create",
            lambda status, body: self._on_created(line, status, body),
            variables={
                "CONNECTEDLINE(num,i)": caller,
                "CONNECTEDLINE(name,i)": display,
                "CALLERID(num)": caller,
                "CALLERID(name)": display,
                "TIMEOUT(absolute)": str(UNANSWERED_SECONDS),
            },
            endpoint=f"PJSIP/{to}@{trunk.name}",
            app=self._node.app,
            channelId=line.channel,
            formats="alaw,ulaw",
        )

    def ring(self, leg: str) -> None:
        """Send 180 to a caller."""
        if line := self._lines.get(leg):
            self._ari.ask("POST", f"channels/{line.channel}/ring")

    def progress(self, leg: str, sdp: str) -> None:
        """Do nothing: who calls through Asterisk hears its ringing until the answer."""

    def answer(self, leg: str, sdp: str) -> None:
        """Send 200 to a caller; `on_connect` follows at once."""
        if line := self._lines.get(leg):
            self._open_sound(line, sdp)

    def reject(self, leg: str, code: int) -> None:
        """Refuse a caller."""
        self._drop(leg, causes.cause_of(code))

    def hang_up(self, leg: str) -> None:
        """End a call in whatever state it is."""
        self._drop(leg, causes.NORMAL)

    def answer_reoffer(self, leg: str, sdp: str | None) -> None:
        """Do nothing: changes of the media are between the far end and Asterisk."""

    def press(self, leg: str, keys: str) -> bool:
        """Let Asterisk send keys as the far end wants them: of its sound channel it takes none."""
        if line := self._lines.get(leg):
            known = "".join(key for key in keys.upper() if key in KEYS)
            self._ari.ask("POST", f"channels/{line.channel}/dtmf", dtmf=known)
        return True

    def inform(self, leg: str, word: str) -> None:
        """Do nothing: no client of ours is reached through Asterisk."""

    def limit(self, leg: str, seconds: float) -> None:
        """Let Asterisk end an answered leg by itself in so many seconds, whatever becomes of us."""
        if line := self._lines.get(leg):
            line.limit = seconds
            if not line.missing:
                self._set_timeout(line.channel, seconds + GRACE_SECONDS)
                self._set_timeout(line.sound, seconds + 2 * GRACE_SECONDS)

    def _set_timeout(self, channel: str, seconds: float) -> None:
        self._ari.ask(
            "POST",
            f"channels/{channel}/variable",
            variable="TIMEOUT(absolute)",
            value=f"{max(0.01, seconds):.3f}",
        )

    def _keep(self, line: Line) -> Line:
        self._lines[line.leg] = line
        self._by_channel[line.channel] = line
        return line

    def _open_sound(self, line: Line, description: str) -> None:
        """Open the way between the channel and the port that we describe."""
        ours = sdp.parse(description)
        line.missing.add(line.sound)
        self._by_channel[line.sound] = line
        self._ari.ask(
            "POST",
            "channels/externalMedia",
            lambda status, body: self._on_sound(line, status, body),
            variables={"TIMEOUT(absolute)": str(UNANSWERED_SECONDS)},
            channelId=line.sound,
            app=self._node.app,
            external_host=f"{ours.host}:{ours.port}",
            format="alaw",
        )
        kinds = "mixing,proxy_media,dtmf_events"
        self._ari.ask("POST", f"bridges/{line.bridge}", type=kinds)

    def _join(self, line: Line) -> None:
        """Let the channels hear each other, then call or answer."""
        self.limit(line.leg, line.limit)
        into = f"bridges/{line.bridge}/addChannel"
        # The sound has no name, which would be told to the far end instead of the caller's.
        self._ari.ask("POST", into, channel=line.sound, inhibitConnectedLineUpdates="true")
        # Keys are told as events; as sound they would be heard a second time.
        self._ari.ask(
            "POST",
            into,
            channel=line.channel,
            absorbDTMF="true",
            inhibitConnectedLineUpdates="true",
        )
        if line.is_inbound:
            self._ari.ask("POST", f"channels/{line.channel}/answer")
        else:
            self._ari.ask("POST", f"channels/{line.channel}/dial", timeout=UNANSWERED_SECONDS)

    def _drop(self, leg: str, cause: int) -> None:
        if line := self._lines.get(leg):
            self._ari.ask("DELETE", f"channels/{line.channel}", reason_code=cause)
            self._forget(line)

    def _forget(self, line: Line) -> None:
        self._lines.pop(line.leg, None)
        self._by_channel.pop(line.channel, None)
        self._by_channel.pop(line.sound, None)
        self._ari.ask("DELETE", f"channels/{line.sound}")
        self._ari.ask("DELETE", f"bridges/{line.bridge}")

    # What Asterisk answers and tells.

    def _on_created(self, line: Line, status: int, body: Any) -> None:
        if status >= 300 and line.leg in self._lines:
            self._drop(line.leg, causes.NORMAL)
            why = body.get("error", body.get("message")) if isinstance(body, dict) else body
            self._listener.on_error(line.leg, f"refused by Asterisk: {why}")

    def _on_sound(self, line: Line, status: int, body: Any) -> None:
        self._on_created(line, status, body)
        if status < 300:
            told = body["channelvars"]
            host, port = told["UNICASTRTP_LOCAL_ADDRESS"], int(told["UNICASTRTP_LOCAL_PORT"])
            line.media = sdp.offer(host=host, port=port, session=1)

    # A channel is a JSON object of the interface.
    def _line_of(self, channel: dict[str, Any]) -> Line | None:
        """Return the line whose far end a channel is."""
        line = self._by_channel.get(channel["id"])
        return line if line and line.channel == channel["id"] else None

    def _hear(self, event: Event) -> None:
        if work := self._events.get(event["type"]):
            work(event)

    def _on_start(self, event: Event) -> None:
        channel = event["channel"]
        if line := self._by_channel.get(channel["id"]):
            line.missing.discard(channel["id"])
            if not line.missing:
                self._join(line)
            return
        if not channel["name"].startswith("PJSIP/") or channel["state"] != "Ring":
            # One of ours that was given up meanwhile.
            return
        line = self._keep(Line(new_leg_id(), channel["id"]))
        call_id, source = channel.get("protocol_id", ""), "".join(event["args"])
        self._listener.on_invite(
            line.leg,
            Invite(
                channel["caller"]["number"], channel["dialplan"]["exten"], source, call_id, None
            ),
        )

    def _on_dial(self, event: Event) -> None:
        line = self._line_of(event["peer"])
        if line and event["dialstatus"] in ("RINGING", "PROGRESS"):
            line.has_rung = True
        if line and event["dialstatus"] == "RINGING":
            self._listener.on_progress(line.leg, 180, None)
        elif line and event["dialstatus"] == "PROGRESS":
            self._listener.on_progress(line.leg, 183, line.media)

    def _on_state(self, event: Event) -> None:
        line = self._line_of(event["channel"])
        if line and event["channel"]["state"] == "Up" and not line.is_up:
            line.is_up = True
            call_id = event["channel"].get("protocol_id", "")
            self._listener.on_connect(line.leg, time.monotonic(), call_id, line.media)

    def _on_key(self, event: Event) -> None:
        if line := self._line_of(event["channel"]):
            key = Digit(event["digit"], "rfc4733", int(event["duration_ms"]))
            self._listener.on_key(line.leg, key)

    def _on_leave(self, event: Event) -> None:
        """Hear that a caller, or somebody who answered, has gone."""
        line = self._line_of(event["channel"])
        if line and (line.is_up or line.is_inbound):
            self._forget(line)
            self._listener.on_bye(line.leg, time.monotonic())

    def _on_end(self, event: Event) -> None:
        """Hear why somebody whom we called did not answer."""
        if line := self._line_of(event["channel"]):
            self._forget(line)
            cause = int(event["cause"])
            code = causes.sip_code(cause, event.get("tech_cause"))
            if cause:
                self._listener.on_cause(line.leg, cause)
            waited = time.monotonic() - line.dialled_at
            if code == 408 and not line.has_rung and waited > SILENCE_SECONDS:
                self._listener.on_silence(line.leg)
            else:
                self._listener.on_fail(line.leg, code, event["cause_txt"])
