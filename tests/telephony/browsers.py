"""Browser phones for tests: the process of sound, and a browser played by aiortc."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import aiohttp
import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from kernel.env import child_environment
from kernel.webrtc import FRAME, RATE, Network, Voice
from sautikit_site.crew import working
from tests.telephony.exchange import wait_for


@contextmanager
def browser_process(exchange, folder):
    """`python -m telephony.browser` beside the gateway of an exchange; gives its socket."""
    variables = {
        "VAR_DIR": str(folder),
        "WEBRTC_SOCKET": str(folder / "webrtc.sock"),
        "WEBRTC_SIP_PORT": exchange.variables["WEBRTC_SIP_PORT"],
        "WEBRTC_ADDRESSES": "127.0.0.1",
    }
    with working(child_environment(**variables), "webrtc"):
        yield folder / "webrtc.sock"


class Browser:
    """A browser on a thread of its own: tells, hears, sings a tone and keeps what it heard."""

    def __init__(self, url, hertz=0, *, socket_path=None):
        self.url, self.hertz, self.socket_path = url, hertz, socket_path
        self.messages = []
        self.heard = []
        self.connections = {}
        self._jobs = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    async def _run(self):
        Network(addresses=("127.0.0.1",)).apply()
        self.loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        connector = aiohttp.UnixConnector(str(self.socket_path)) if self.socket_path else None
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.ws_connect(self.url) as self.socket,
        ):
            self._ready.set()
            reading = asyncio.create_task(self._read())
            await self._over.wait()
            reading.cancel()
            for connection in self.connections.values():
                await connection.close()

    async def _read(self):
        async for message in self.socket:
            told = json.loads(message.data)
            if told.get("type") == "media":
                description = RTCSessionDescription(sdp=told["sdp"], type="answer")
                await self.connections[told["id"]].setRemoteDescription(description)
            self.messages.append(told)

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def tell(self, kind, **fields):
        self._do(self.socket.send_str(json.dumps({"type": kind, **fields})))

    def offer(self, name):
        return self._do(self._offer(name))

    async def _offer(self, name):
        connection = self.connections[name] = RTCPeerConnection()
        voice = Voice()
        connection.addTrack(voice)
        connection.on("track", lambda track: self._beside(self._listen(track)))
        self._beside(self._sing(voice))
        await connection.setLocalDescription(await connection.createOffer())
        return connection.localDescription.sdp

    def _beside(self, work):
        self._jobs.append(asyncio.ensure_future(work))

    async def _sing(self, voice):
        at = 0
        due = time.monotonic()
        while True:
            seconds = (np.arange(FRAME) + at) / RATE
            voice.feed((8000 * np.sin(2 * np.pi * self.hertz * seconds)).astype(np.int16))
            at += FRAME
            due += 0.02
            await asyncio.sleep(max(0, due - time.monotonic()))

    async def _listen(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.heard.append(frame.to_ndarray().ravel())

    def wait(self, kind, story=None):
        def found():
            return next((each for each in self.messages if each.get("type") == kind), None)

        return wait_for(found, seconds=15, story=story or (lambda: str(self.messages)))

    def sound(self):
        return np.concatenate(self.heard) if self.heard else np.zeros(0, np.int16)

    def close(self):
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
