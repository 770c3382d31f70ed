"""The sound of one browser over WebRTC: an offer answered, frames of 20 ms in both directions.

Only the processes that talk to browsers import this: it brings aiortc and FFmpeg's codecs.
"""

from __future__ import annotations

import asyncio
import fractions
import ipaddress
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aioice.ice
import numpy as np
import numpy.typing as npt
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

RATE = 8000
FRAME = 160
CLOCK = fractions.Fraction(1, RATE)
# What every browser speaks and every telephone network too: nothing is transcoded on the way.
G711 = [
    RTCRtpCodecCapability(mimeType=f"audio/{name}", clockRate=RATE, channels=1)
    for name in ("PCMA", "PCMU")
]
OFFER_CHARACTERS_MAX = 24_000
CANDIDATES_MAX = 24
LOWEST_PORT = 1024
# Sound of the browser that waits for its turn; more is a clock that runs ahead.
WAITING_MAX = 10
WAITING_LEAST = 2
CONNECT_SECONDS = 20.0
LOOPBACK = "127.0.0.1"

Pcm = npt.NDArray[np.int16]


class OfferRefused(ValueError):
    """The browser's description cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Network:
    """Where browsers may reach us: our own addresses, and the one the world sees instead."""

    # Empty: every address of this machine but loopback.
    addresses: tuple[str, ...] = ()
    public_address: str = ""
    with_loopback: bool = False

    def apply(self) -> None:
        """Offer these addresses in every answer of this process."""
        find: Callable[[bool, bool], list[str]] = aioice.ice.get_host_addresses

        def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
            own = list(self.addresses) or find(use_ipv4, use_ipv6)
            return [*own, LOOPBACK] if self.with_loopback and LOOPBACK not in own else own

        aioice.ice.get_host_addresses = addresses


class Peer:
    """The far end of one conversation; everything here runs on the event loop."""

    def __init__(
        self,
        network: Network,
        *,
        on_lost: Callable[[], None],
        on_frame: Callable[[Pcm], None] | None = None,
    ) -> None:
        self._network = network
        self._on_lost = on_lost
        # Who takes each frame as it comes; without one they wait for `hear`.
        self._on_frame = on_frame or self._keep
        self._voice = Voice()
        self._heard: deque[Pcm] = deque(maxlen=WAITING_MAX)
        self._is_filling = True
        self._jobs: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("track", self._listen_to)
        self._connection.on("connectionstatechange", self._watch)

    async def answer(self, offer: str) -> str:
        """Answer the browser's offer; raises OfferRefused."""
        connection = self._connection
        try:
            description = RTCSessionDescription(sdp=checked(offer), type="offer")
            # Which codecs are common is decided when the offer is taken.
            connection.addTrack(self._voice)
            for transceiver in connection.getTransceivers():
                transceiver.setCodecPreferences(G711)
            await connection.setRemoteDescription(description)
            await connection.setLocalDescription(await connection.createAnswer())
        except OfferRefused:
            raise
        except Exception as problem:
            # aiortc reports what it cannot read with errors of many kinds.
            raise OfferRefused(f"The offer cannot be used: {problem}") from problem
        self._spawn(self._expect_connection())
        sdp = connection.localDescription.sdp
        public = self._network.public_address
        return with_public_address(sdp, public) if public else sdp

    def say(self, frame: Pcm) -> None:
        """Give the browser the next 20 ms."""
        self._voice.feed(frame)

    def hear(self) -> Pcm | None:
        """Take the next 20 ms of the browser, or None while there are none."""
        if self._is_filling and len(self._heard) < WAITING_LEAST:
            return None
        self._is_filling = not self._heard
        return self._heard.popleft() if self._heard else None

    def close(self) -> None:
        """End the connection; safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        for job in self._jobs:
            job.cancel()
        self._spawn(self._connection.close())

    def _spawn(self, work: object) -> None:
        job = asyncio.ensure_future(work)  # type: ignore[call-overload]  # one of our coroutines
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _listen_to(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._spawn(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        rest = np.zeros(0, np.int16)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, AudioFrame)
            rest = np.concatenate([rest, frame.to_ndarray().ravel()])
            while len(rest) >= FRAME:
                self._on_frame(rest[:FRAME])
                rest = rest[FRAME:]

    def _keep(self, frame: Pcm) -> None:
        self._heard.append(frame)

    async def _expect_connection(self) -> None:
        await asyncio.sleep(CONNECT_SECONDS)
        if self._connection.connectionState in ("new", "connecting"):
            self._lose()

    def _watch(self) -> None:
        if self._connection.connectionState in ("failed", "closed"):
            self._lose()

    def _lose(self) -> None:
        if not self._is_closed:
            self._on_lost()


class Voice(MediaStreamTrack):
    """What the browser hears: the frames that were fed, at the pace they were."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[Pcm] = asyncio.Queue(WAITING_MAX)
        self._at = 0

    def feed(self, frame: Pcm) -> None:
        """Add 20 ms; what nobody fetches is dropped."""
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(frame)

    async def recv(self) -> AudioFrame:
        """Return the next frame when it is there."""
        samples = await self._frames.get()
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, CLOCK, self._at
        self._at += FRAME
        return frame


def checked(offer: str) -> str:
    """Return an offer of one audio stream without candidates that we would not send to.

    Raises OfferRefused.
    """
    if len(offer) > OFFER_CHARACTERS_MAX:
        raise OfferRefused("The offer is too long.")
    lines = offer.splitlines()
    media = [line for line in lines if line.startswith("m=")]
    if len(media) != 1 or not media[0].startswith("m=audio "):
        raise OfferRefused("Offer exactly one audio stream.")
    kept = [line for line in lines if not line.startswith("a=candidate:") or is_sendable(line)]
    if sum(line.startswith("a=candidate:") for line in kept) > CANDIDATES_MAX:
        raise OfferRefused("The offer names too many candidates.")
    return "\r\n".join(kept) + "\r\n"


def is_sendable(line: str) -> bool:
    """Say whether a candidate is an address over UDP; a name would have to be looked up."""
    words: Sequence[str] = line.removeprefix("a=candidate:").split()
    try:
        address, port = ipaddress.ip_address(words[4]), int(words[5])
    except (IndexError, ValueError):
        return False
    is_host = not (address.is_multicast or address.is_unspecified or address.is_reserved)
    return words[2].lower() == "udp" and is_host and LOWEST_PORT <= port <= 65535


def with_public_address(sdp: str, address: str) -> str:
    """Name the address that the world sees in place of our own in every IPv4 host candidate."""
    lines = []
    for line in sdp.splitlines():
        words = line.split()
        if line.startswith("a=candidate:") and "." in words[4] and "host" in words:
            words[4] = address
            line = " ".join(words)
        if line not in lines or not line.startswith("a=candidate:"):
            lines.append(line)
    return "\r\n".join(lines) + "\r\n"
