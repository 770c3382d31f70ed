"""One leg's audio: what it plays, what it hears, and the keys in both directions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from telephony.engine import dtmf, sdp, tones
from telephony.engine.codec import CODECS, FRAME, PCMA, Codec, Pcm
from telephony.engine.playout import Playout
from telephony.engine.recorder import File
from telephony.engine.rtp import Stream

if TYPE_CHECKING:
    from telephony.engine.forks import Fork

# Our offer names both laws, so a peer may send either whatever it answered first.
BY_PAYLOAD_TYPE = {codec.payload_type: codec for codec in CODECS}
# How the names of ringing tones begin.
RINGING = "ring-"
# Under an overlay the rest is heard 12 dB lower.
QUIETER = 4


@dataclass
class Player:
    """The frames that wait to be sent; ``playing`` names them for the ``played`` event."""

    playing: str | None = None
    _data: bytes = b""
    _at: int = 0
    _loops: bool = False

    def start(self, name: str, data: bytes, *, loops: bool = False) -> None:
        """Play this instead of whatever was playing, once or again and again."""
        self.playing, self._data, self._at, self._loops = name, data, 0, loops

    @property
    def is_ringing(self) -> bool:
        """Whether it plays the ringing tone of a dial."""
        return self.playing is not None and self.playing.startswith(RINGING)

    def stop(self) -> str | None:
        """Drop everything; return the name of what was playing."""
        name, self.playing, self._data = self.playing, None, b""
        return name

    def recode(self, old: Codec, new: Codec) -> None:
        """Carry what is left over to another law."""
        self._data = new.encode(old.decode(self._data))

    def next(self) -> bytes | None:
        """Return the next frame, or None when nothing is left."""
        if self._loops and self._at >= len(self._data):
            self._at = 0
        if self._at >= len(self._data):
            return None
        self._at += FRAME
        return self._data[self._at - FRAME : self._at]


@dataclass
class Heard:
    """What one tick brought."""

    digits: list[dtmf.Digit] = field(default_factory=list)
    played: str | None = None
    # One frame of the far end, only while somebody listens.
    frame: Pcm | None = None


class Media:
    """The media of one leg, from the first description to the end of the call."""

    def __init__(self, stream: Stream, tap: File | None) -> None:
        self.stream = stream
        self.player = Player()
        # What is said over everything else.
        self.over = Player()
        self.keys_out = dtmf.Sender()
        self.codec: Codec = PCMA
        self.remote: sdp.Remote | None = None
        self.speaking = False
        # What a bridge has for the far end in the next tick, unless a prompt plays.
        self.voice: Pcm | None = None
        # What only this far end hears, over everything else.
        self.whisper: Pcm | None = None
        # What was sent in this tick, without the whisper.
        self.sent: bytes | None = None
        self.forks: list[Fork] = []
        self._wanted_by: set[object] = set()
        self._tap = tap
        self._keys_in = dtmf.Receiver()
        self._tones = tones.Listener()
        self._playout = Playout()
        self._talkspurt = True

    def connect(self, remote: sdp.Remote) -> None:
        """Take the peer's description, at the start or in the middle of a call."""
        if remote.codec is not self.codec:
            self.player.recode(self.codec, remote.codec)
            self.over.recode(self.codec, remote.codec)
        self.remote = remote
        self.codec = remote.codec
        if remote.host != sdp.HOLD:
            self.stream.aim(remote.host, remote.port)

    @property
    def listening(self) -> bool:
        """Whether the audio of the far end is decoded: for a tap, or because someone wants it."""
        return bool(self._wanted_by or self.forks) or self._tap is not None or self._plays_keys

    @property
    def _plays_keys(self) -> bool:
        """Whether the far end has no telephone-events, so that its keys are two tones."""
        return self.remote is not None and self.remote.dtmf is None

    def want(self, by: object) -> None:
        """Decode what the far end says, for as long as somebody wants it."""
        self._wanted_by.add(by)

    def unwant(self, by: object) -> None:
        """Take back a wish; one that was never made is fine."""
        self._wanted_by.discard(by)

    def speak(self) -> None:
        """Start to send: the call is answered."""
        self.speaking = True

    def tick(self, now: float) -> Heard:
        """Do the work of 20 ms: receive, send one frame, record."""
        heard = Heard()
        if self.remote is None:
            return heard
        self._receive(now, heard)
        sent = self._send(heard) if self.speaking else None
        if self.listening:
            heard.frame = self._playout.pull()
            if self._plays_keys and (key := self._tones.hear(heard.frame)):
                heard.digits.append(key)
        if self.forks and heard.frame is not None:
            said = self.codec.decode(sent) if sent else None
            for fork in self.forks:
                fork.take(heard.frame, said)
        if self._tap and heard.frame is not None:
            self._tap.add(heard.frame, self.codec.decode(sent or self.codec.quiet()))
        return heard

    def close(self) -> None:
        """Finish the recording."""
        if self._tap:
            self._tap.close()

    def _receive(self, now: float, heard: Heard) -> None:
        assert self.remote is not None
        for packet in self.stream.receive(now):
            if packet.payload_type in (self.remote.dtmf, sdp.DTMF_PAYLOAD_TYPE):
                digit = self._keys_in.packet(packet.timestamp, packet.payload, now)
                if digit:
                    heard.digits.append(digit)
            elif self.listening and packet.payload_type in BY_PAYLOAD_TYPE:
                samples = BY_PAYLOAD_TYPE[packet.payload_type].decode(packet.payload)
                self._playout.push(packet.timestamp, samples)
        late = self._keys_in.overdue(now)
        if late:
            heard.digits.append(late)

    def _send(self, heard: Heard) -> bytes | None:
        """Send the frame of this tick; return it for the recording."""
        stream = self.stream
        stream.timestamp += FRAME
        frame = None
        if self.keys_out.busy:
            self._send_key()
        else:
            frame = self.player.next()
            if frame is None and self.player.playing is not None:
                heard.played = self.player.stop()
            if frame is None and self.voice is not None:
                frame = self.codec.encode(self.voice)
            self.sent = self._with_streams(self._with_overlay(frame))
            frame = self._with_whisper(self.sent)
            self._send_audio(frame or self.codec.quiet())
        self.voice = self.whisper = None
        return frame

    def _with_streams(self, frame: bytes | None) -> bytes | None:
        """Add what the customers of the streams say."""
        for fork in self.forks:
            said = fork.next()
            if said is not None and frame is not None:
                said = summed(self.codec.decode(frame), said)
            frame = frame if said is None else self.codec.encode(said)
        return frame

    def _with_overlay(self, frame: bytes | None) -> bytes | None:
        """Lay the next frame of the overlay over a quieter one of what is heard."""
        over = self.over.next()
        if over is None or frame is None:
            return over or frame
        below = self.codec.decode(frame) // QUIETER
        return self.codec.encode(summed(below, self.codec.decode(over)))

    def _with_whisper(self, frame: bytes | None) -> bytes | None:
        if self.whisper is None:
            return frame
        heard = self.whisper if frame is None else summed(self.codec.decode(frame), self.whisper)
        return self.codec.encode(heard)

    def _send_audio(self, frame: bytes) -> None:
        if self.remote and self.remote.listens:
            self.stream.send(
                frame,
                payload_type=self.codec.payload_type,
                timestamp=self.stream.timestamp,
                marker=self._talkspurt,
            )
            self._talkspurt = False

    def _send_key(self) -> None:
        packet = self.keys_out.next()
        self._talkspurt = True
        if packet and self.remote and self.remote.listens and self.remote.dtmf is not None:
            self.stream.send(
                packet.payload,
                payload_type=self.remote.dtmf,
                timestamp=self.stream.timestamp - packet.age * FRAME,
                marker=packet.marker,
            )


def summed(one: Pcm, other: Pcm) -> Pcm:
    """Return what both sound like together, cut where it is too loud for 16 bits."""
    both: Pcm = np.clip(one.astype(np.int32) + other, -32768, 32767).astype(np.int16)
    return both
