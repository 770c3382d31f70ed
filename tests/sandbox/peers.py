"""The foreign peers of the sandbox's tests: a callback receiver, SIPp, and an RTP ear and mouth."""

import asyncio
import audioop
import contextlib
import math
import re
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np

from sautikit_site import embedded

Result = TypeVar("Result")


def wait_for(check: Callable[[], object], *, seconds: float = 10, story: Callable[[], str] = str):
    """Wait until the check is true and return what it said."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.03)
    raise AssertionError(f"not true within {seconds} s\n{story()}")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread, because a browser test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass
class Sandbox:
    http: httpx.Client
    smtp_port: int
    sip_port: int
    engine_port: int
    output: Path
    folder: Path

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def phone(self, e164: str) -> dict:
        return self.http.get(f"/phones/{e164}").raise_for_status().json()

    def stk(self, e164: str, action: str, **rest: str) -> httpx.Response:
        return self.http.post(f"/phones/{e164}/stk", json={"action": action, **rest})

    def call(self, e164: str, action: str, **rest: object) -> httpx.Response:
        return self.http.post(f"/phones/{e164}/call", json={"action": action, **rest})

    def set_traps(self, phone: str, **traps: object) -> None:
        body = {"phone": phone, "traps": traps}
        self.http.put("/daraja/traps", json=body).raise_for_status()

    def wait_call(self, e164: str, state: str) -> dict:
        def check() -> dict | None:
            call = self.phone(e164)["call"]
            return call if call and call["state"] == state else None

        return wait_for(check, story=self.output.read_text)


@dataclass
class Callbacks:
    """A server that keeps the callbacks it gets, in the order it gets them."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def wait(self, count: int = 1, seconds: float = 10) -> list[bytes]:
        wait_for(lambda: len(self.bodies) >= count, seconds=seconds)
        return self.bodies


@contextlib.contextmanager
def receiving_callbacks() -> Iterator[Callbacks]:
    kept = Callbacks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.times.append(time.monotonic())
            kept.headers.append(dict(self.headers))
            kept.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ResultCode": 0, "ResultDesc": "Accepted"}')

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kept.url = f"http://127.0.0.1:{server.server_port}/h/9f2c41d07be84c55a6e0d3f1b8a27e94/s"
    yield kept
    server.shutdown()
    server.server_close()


HEADER = struct.Struct("!BBHII")
FRAME = 160


class Media:
    """A bare RTP endpoint in A-law that shares no code with the carrier."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self.audio: list[bytes] = []
        self.arrivals: list[tuple[float, int]] = []
        self.keys: list[tuple[int, int, int, bool]] = []
        self.sequence = 7000
        self.timestamp = 1000
        self.is_open = True
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        while self.is_open:
            try:
                packet, self.peer = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            _, kind, sequence, timestamp, _ = HEADER.unpack_from(packet)
            payload = packet[12:]
            if kind & 0x7F == 101:
                event, flags, duration = struct.unpack_from("!BBH", payload)
                self.keys.append((event, timestamp, duration, bool(flags & 0x80)))
            else:
                self.arrivals.append((time.monotonic(), sequence))
                self.audio.append(audioop.alaw2lin(payload, 2))

    def send(self, kind: int, payload: bytes, timestamp: int) -> None:
        self.sequence += 1
        header = HEADER.pack(0x80, kind, self.sequence & 0xFFFF, timestamp, 77)
        self.socket.sendto(header + payload, self.peer)

    def sing(self, hz: float, seconds: float) -> None:
        """Send a tone at its natural speed, once we know where to."""
        wait_for(lambda: self.peer)
        samples = 8000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * 8000)) / 8000)
        pcm = samples.astype("<i2").tobytes()
        due = time.monotonic()
        for start in range(0, len(pcm), 2 * FRAME):
            self.timestamp += FRAME
            self.send(8, audioop.lin2alaw(pcm[start : start + 2 * FRAME], 2), self.timestamp)
            due += 0.02
            time.sleep(max(0, due - time.monotonic()))

    def press(self, event: int) -> None:
        self.timestamp += FRAME
        for duration, flags in [(160, 10), (320, 10), (480, 0x8A), (480, 0x8A), (480, 0x8A)]:
            self.send(101, struct.pack("!BBH", event, flags, duration), self.timestamp)
            time.sleep(0.02)
        self.timestamp += 800

    @property
    def heard(self) -> np.ndarray:
        return np.frombuffer(b"".join(self.audio), "<i2")

    def close(self) -> None:
        self.is_open = False
        self.socket.close()


def purity(samples: np.ndarray, hz: float) -> float:
    """The share of the energy that is on one frequency."""
    samples = samples.astype(float)
    if len(samples) < 80 or not samples.any():
        return 0.0
    turn = np.exp(-2j * math.pi * hz * np.arange(len(samples)) / 8000)
    return float(2 * abs(np.dot(samples, turn)) ** 2 / len(samples) / np.dot(samples, samples))


def loud(samples: np.ndarray) -> np.ndarray:
    """The frames in which something sounds."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(float)
    return frames[np.sqrt((frames**2).mean(axis=1)) > 300]


OFFER = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 {host}
t=0 0
m=audio {port} RTP/AVP {kinds}
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
"""
REQUEST = """{method} {target} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[call_number]
{to}
Call-ID: [call_id]
CSeq: {cseq} {method}
Contact: <sip:{caller}@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
"""


@dataclass
class Sipp:
    """SIPp as a caller that proves itself by digest; the audio is in our own hands."""

    sandbox: Sandbox
    folder: Path
    user: str = "trunk"
    password: str = "trunk-password"
    caller: str = "+254200000001"
    host: str = "127.0.0.1"
    kinds: str = "8 101"

    def start(self, number: str, steps: str, media: Media | None = None) -> subprocess.Popen[bytes]:
        """Call a number; `steps` is what follows the challenge, in the words of `script`."""
        self.number = number
        port = media.port if media else 9
        path = self.folder / f"{number}.xml"
        path.write_text(self.script(steps, port))
        return subprocess.Popen(
            self.command(path, number),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def command(self, path: Path, number: str) -> list[str]:
        ports = f"-p {embedded.free_port()} -mp {embedded.free_port()}"
        words = f"127.0.0.1:{self.sandbox.sip_port} -i 127.0.0.1 {ports} -m 1 -timeout 40"
        words += f" -timeout_error -nostdin -trace_msg -au {self.user} -ap {self.password}"
        files = ["-sf", str(path), "-message_file", str(self.folder / "sipp.txt")]
        return ["sipp", *words.split(), "-s", number, *files]

    def finish(self, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
        """SIPp leaves with 0 only when every message came as the script says."""
        assert process.wait(seconds) == 0, self.story()

    def story(self) -> str:
        return (self.folder / "sipp.txt").read_text(errors="replace")[-6000:]

    def script(self, steps: str, port: int) -> str:
        sdp = OFFER.format(host=self.host, port=port, kinds=self.kinds)
        empty = "Content-Length: 0\n"
        first_to, to = "To: <sip:[service]@[remote_ip]>", "[last_To:]"
        service = "sip:[service]@[remote_ip]:[remote_port]"
        challenge = '<recv response="100" optional="true"/><recv response="401" auth="true"/>'
        parts = {
            "ack": self.message("ACK", service, to, 2, empty),
            "ack200": self.message("ACK", "[next_url]", to, 2, empty),
            "bye": self.message("BYE", "[next_url]", to, 3, empty) + '<recv response="200"/>',
            "cancel": self.message("CANCEL", service, first_to, 2, empty)
            + '<recv response="200"/><recv response="487"/>',
            "answer_bye": '<recv request="BYE"/><send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n'
            "[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send>",
        }
        proof = "[authentication]\n" + sdp
        body = self.message("INVITE", service, first_to, 1, sdp) + challenge
        body += self.message("ACK", service, to, 1, empty)
        body += self.message("INVITE", service, first_to, 2, proof)
        for word in steps.split():
            body += parts.get(word) or self.step(word)
        return f'<?xml version="1.0"?><scenario name="caller">{body}</scenario>'

    def step(self, word: str) -> str:
        if word.startswith("pause"):
            return f'<pause milliseconds="{word.removeprefix("pause")}"/>'
        if word.endswith("?"):
            return f'<recv response="{word[:-1]}" optional="true"/>'
        return f'<recv response="{word}" rrs="true"/>'

    def message(self, method: str, target: str, to: str, cseq: int, rest: str) -> str:
        text = REQUEST.format(method=method, target=target, to=to, cseq=cseq, caller=self.caller)
        # The branch of a CANCEL and of an ACK to a refusal is the INVITE's own.
        if method == "CANCEL" or (method == "ACK" and "[service]" in target):
            text = re.sub(r"Via: .*", "[last_Via:]", text)
        again = "" if method == "ACK" else ' retrans="500"'
        return f"<send{again}><![CDATA[\n{text}{rest}\n]]></send>"
