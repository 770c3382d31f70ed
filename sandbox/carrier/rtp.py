"""One RTP stream: a socket, a small jitter buffer, key presses, and a frame every 20 ms."""

import random
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable

import numpy as np

from sandbox.carrier.g711 import PCMA, Codec, Samples
from sandbox.carrier.sdp import Audio

RATE = 8000
FRAME = 160
PREFILL = 3 * FRAME
BACKLOG_MAX = 15 * FRAME
LIVE_FRAMES_MAX = 10
GAP_MAX = 10
KEYS = "0123456789*#"
KEY_VOLUME = 10
KEY_PACKETS = 5
KEY_ENDS = 3
KEY_PAUSE_FRAMES = 5
SILENCE = np.zeros(FRAME, np.int16)
HEADER = struct.Struct("!BBHII")
KEY_EVENT = struct.Struct("!BBH")

Sink = Callable[[Samples], None]


class Stream:
    """Send and receive one call's audio; all but `feed`, `play` and `press` runs on the clock."""

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setblocking(False)
        self.port: int = self.socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self.is_latched = False
        self.codec: Codec = PCMA
        self.event_type: int | None = None
        self.ssrc = random.getrandbits(32)
        self.sequence = random.getrandbits(15)
        self.timestamp = random.getrandbits(31)
        self.outgoing: deque[Samples] = deque()
        self.keys: deque[tuple[int, int, bool] | None] = deque()
        self.key_timestamp = 0
        self.heard: Sink = ignore
        self.said: Sink = ignore
        self.pressed: Callable[[str], None] = ignore
        self.inbox = np.zeros(0, np.int16)
        self.is_filling = True
        self.last_sequence: int | None = None
        self.last_key_timestamp: int | None = None

    def connect(self, audio: Audio) -> None:
        """Send to this address from now on, and listen to its host only."""
        if self.peer != (audio.host, audio.port):
            self.is_latched = False
        self.codec, self.event_type = audio.codec, audio.event_payload_type
        self.peer = (audio.host, audio.port)

    def feed(self, frame: Samples) -> None:
        """Queue one live frame; when too many wait, the oldest is dropped."""
        if len(self.outgoing) >= LIVE_FRAMES_MAX:
            self.outgoing.popleft()
        self.outgoing.append(frame)

    def play(self, samples: Samples) -> None:
        """Queue a whole sound."""
        padded = np.pad(samples, (0, -len(samples) % FRAME))
        self.outgoing.extend(padded.reshape(-1, FRAME))

    def press(self, digits: Iterable[str]) -> None:
        """Queue key presses as RFC 4733 packets: 100 ms down, 100 ms up."""
        for digit in digits:
            event = KEYS.index(digit)
            for step in range(1, KEY_PACKETS + 1):
                self.keys.append((event, step * FRAME, False))
            self.keys.extend([(event, KEY_PACKETS * FRAME, True)] * KEY_ENDS)
            self.keys.extend([None] * KEY_PAUSE_FRAMES)

    def tick(self) -> None:
        """Do what 20 ms ask for: take what came, hand one frame up, send one packet."""
        self._receive()
        self.heard(self._next_heard())
        if self.peer is not None:
            self._send()

    def close(self) -> None:
        """Give the port back."""
        self.socket.close()

    def _send(self) -> None:
        self.timestamp = (self.timestamp + FRAME) & 0xFFFFFFFF
        key = self.keys.popleft() if self.keys else None
        if key is not None and self.event_type is not None:
            self._send_key(*key)
            self.said(SILENCE)
            return
        frame = self.outgoing.popleft() if self.outgoing else SILENCE
        self._send_packet(self.codec.payload_type, self.timestamp, self.codec.encode(frame))
        self.said(frame)

    def _send_key(self, event: int, duration: int, is_end: bool) -> None:
        is_start = duration == FRAME and not is_end
        if is_start:
            self.key_timestamp = self.timestamp
        payload = KEY_EVENT.pack(event, (0x80 if is_end else 0) | KEY_VOLUME, duration)
        kind = (self.event_type or 0) | (0x80 if is_start else 0)
        self._send_packet(kind, self.key_timestamp, payload)

    def _send_packet(self, kind: int, timestamp: int, payload: bytes) -> None:
        self.sequence = (self.sequence + 1) & 0xFFFF
        header = HEADER.pack(0x80, kind, self.sequence, timestamp, self.ssrc)
        try:
            self.socket.sendto(header + payload, self.peer or ("", 0))
        except OSError:
            # The far port may be closed already; the signalling ends the call, not we.
            return

    def _receive(self) -> None:
        while True:
            try:
                packet, source = self.socket.recvfrom(2048)
            except OSError:
                return
            if self._is_peer(source) and len(packet) > HEADER.size and packet[0] >> 6 == 2:
                self._take(packet)

    def _is_peer(self, source: tuple[str, int]) -> bool:
        """Accept the negotiated host; its first packet tells the port behind a translator."""
        if self.peer is None or source[0] != self.peer[0]:
            return False
        if not self.is_latched:
            self.peer, self.is_latched = (source[0], source[1]), True
        return source == self.peer

    def _take(self, packet: bytes) -> None:
        first, kind, sequence, timestamp, _ = HEADER.unpack_from(packet)
        payload = packet[HEADER.size + 4 * (first & 0x0F) :]
        step = self._step_to(sequence)
        if step <= 0:
            return
        self.last_sequence = sequence
        if kind & 0x7F == self.event_type:
            self._take_key(payload, timestamp)
        elif kind & 0x7F == self.codec.payload_type:
            lost = min(step - 1, GAP_MAX) * len(payload)
            sound = self.codec.decode(payload)
            self.inbox = np.concatenate([self.inbox, np.zeros(lost, np.int16), sound])

    def _step_to(self, sequence: int) -> int:
        """Count the packets from the last one to this one; a far jump is a new start."""
        if self.last_sequence is None:
            return 1
        step = (sequence - self.last_sequence + 0x8000 & 0xFFFF) - 0x8000
        return step if -100 < step < 1000 else 1

    def _take_key(self, payload: bytes, timestamp: int) -> None:
        if len(payload) < KEY_EVENT.size or timestamp == self.last_key_timestamp:
            return
        self.last_key_timestamp = timestamp
        event = payload[0]
        if event < len(KEYS):
            self.pressed(KEYS[event])

    def _next_heard(self) -> Samples:
        if len(self.inbox) > BACKLOG_MAX:
            self.inbox = self.inbox[-PREFILL:]
        if self.is_filling and len(self.inbox) < PREFILL:
            return SILENCE
        self.is_filling = len(self.inbox) < FRAME
        if self.is_filling:
            return SILENCE
        frame, self.inbox = self.inbox[:FRAME], self.inbox[FRAME:]
        return frame


def ignore(_: object) -> None:
    """Drop what nobody listens to."""
