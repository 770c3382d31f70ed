"""One call at one handset: its state, its audio, and the verbs of the person who holds it."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from sandbox.carrier.clock import MediaClock
from sandbox.carrier.g711 import Samples
from sandbox.carrier.recording import Recorder
from sandbox.carrier.rtp import KEYS, RATE, Stream
from sandbox.carrier.sdp import Audio, SdpError, read_audio, write_audio
from sandbox.carrier.sip import Leg

LOUD_RMS = 150
TONE_LEVEL = 9000
TONE_SECONDS_MAX = 60
Listener = Callable[[bytes], None]


class Call:
    """A call of one handset, in either direction.

    States: `ringing`, `up`, `ended`. `changed` is called on the loop whenever the state moves.
    """

    def __init__(
        self,
        *,
        leg: Leg,
        stream: Stream,
        clock: MediaClock,
        handset: str,
        peer: str,
        direction: str,
        changed: Callable[["Call"], None],
    ) -> None:
        self.id = secrets.token_hex(6)
        self.leg, self.stream, self.clock = leg, stream, clock
        self.handset, self.peer, self.direction = handset, peer, direction
        self.changed = changed
        self.state = "ringing"
        self.since = datetime.now(UTC)
        self.offer: Audio | None = None
        self.recorder: Recorder | None = None
        self.listeners: set[Listener] = set()
        self.end_code = 0
        self.loud_seconds = 0.0
        self.pressed: list[str] = []
        self.up, self.ended = asyncio.Event(), asyncio.Event()
        self.loop = asyncio.get_running_loop()
        stream.heard, stream.said, stream.pressed = self._heard, self._said, self._pressed
        leg.on_answered, leg.on_updated = self._answered, self._updated
        leg.on_ended = self._ended

    def record(self, folder: Path) -> None:
        """Keep both sides in a file named after the handset and the call."""
        self.recorder = Recorder(recording_path(folder, self.handset, self.id))

    def ring(self) -> None:
        """Let the caller hear that the phone rings."""
        self.leg.ring()

    def answer(self) -> None:
        """Pick up; harmless unless the phone is ringing."""
        if self.state != "ringing" or self.direction != "in" or self.offer is None:
            return
        self.leg.answer(
            write_audio(self.stream.socket.getsockname()[0], self.stream.port, self.offer)
        )
        self.stream.connect(self.offer)
        self._start()

    def refuse(self, code: int, reason: str) -> None:
        """Turn the call away."""
        self.leg.refuse(code, reason)
        self._finish()

    def hang_up(self) -> None:
        """End the call, or stop dialling."""
        self.leg.hang_up()
        self._finish()

    def press(self, digits: str) -> None:
        """Press keys; what is no key is left out."""
        self.stream.press([digit for digit in digits if digit in KEYS])

    def sing(self, hz: float, seconds: float) -> None:
        """Speak a pure tone."""
        self.stream.play(tone(hz, min(seconds, TONE_SECONDS_MAX)))

    def speak(self, frame: bytes) -> None:
        """Speak one frame of 16-bit samples; a frame of another size is dropped."""
        if len(frame) == 320:
            self.stream.feed(np.frombuffer(frame, "<i2").astype(np.int16))

    def _heard(self, frame: Samples) -> None:
        """Take 20 ms from the media thread."""
        if self.state != "up":
            return
        if self.recorder is not None:
            self.recorder.hear(frame)
        if loudness(frame) > LOUD_RMS:
            self.loud_seconds += 0.02
        if self.listeners:
            self.loop.call_soon_threadsafe(self._tell_listeners, frame.astype("<i2").tobytes())

    def _said(self, frame: Samples) -> None:
        if self.state == "up" and self.recorder is not None:
            self.recorder.say(frame)

    def _pressed(self, digit: str) -> None:
        self.pressed.append(digit)

    def _tell_listeners(self, frame: bytes) -> None:
        for listener in list(self.listeners):
            listener(frame)

    def _answered(self, sdp: str) -> None:
        """Take the far end's answer to our dialling; sippy also tells us of the ACK."""
        if self.state != "ringing" or self.direction != "out":
            return
        try:
            self.stream.connect(read_audio(sdp))
        except SdpError:
            self.hang_up()
            return
        self._start()

    def _updated(self, sdp: str) -> None:
        try:
            self.stream.connect(read_audio(sdp))
        except SdpError:
            # A hold without an address changes nothing that we send.
            return

    def _start(self) -> None:
        self.state, self.since = "up", datetime.now(UTC)
        self.clock.add(self.stream)
        self.up.set()
        self.changed(self)

    def _ended(self, code: int) -> None:
        self.end_code = code
        self._finish()

    def _finish(self) -> None:
        if self.state == "ended":
            return
        self.state = "ended"
        self.clock.remove(self.stream)
        self.ended.set()
        self.changed(self)


def recording_path(folder: Path, handset: str, call_id: str) -> Path:
    """Say where the recording of a call is."""
    return folder / f"{handset.removeprefix('+')}-{call_id}.wav"


def tone(hz: float, seconds: float) -> Samples:
    """Make a sine."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (TONE_LEVEL * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def loudness(frame: Samples) -> float:
    """Measure a frame by its root mean square."""
    return float(np.sqrt(np.mean(frame.astype(np.float32) ** 2)))
