"""Drives one engine process over its control socket, and SIPp as the far end."""

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import numpy as np

from telephony.engine.codec import PCMA

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = Path(__file__).parent / "scenarios"


WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
RANGE = range(10_000 + WORKER * 2_000, 12_000 + WORKER * 2_000, 4)
# Another run on the same machine starts elsewhere in the range.
PORTS = itertools.islice(itertools.cycle(RANGE), os.getpid() % len(RANGE), None)


def free_port(host="127.0.0.1"):
    """Return an even UDP port with three free neighbours, from this worker's own range."""
    for port in PORTS:
        try:
            for each in range(port, port + 4):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                    sock.bind((host, each))
        except OSError:
            continue
        return port
    raise AssertionError("no free port")


def wait_bound(port, seconds=3):
    """Wait until some process listens on a UDP port."""
    deadline = time.monotonic() + seconds
    while f":{port:04X} " not in Path("/proc/net/udp").read_text():
        if time.monotonic() > deadline:
            raise AssertionError(f"nobody listens on {port}")
        time.sleep(0.01)


class Child:
    """A running engine: send commands, wait for events."""

    def __init__(self, folder, *, trunk_ports=None, lease_seconds=10, beating=True, **changes):
        self.folder = folder
        self._trunks = enumerate(ports := trunk_ports or [free_port()])
        self._legs = itertools.count(1)
        self.trunk, self.trunk_port = next(self._trunks)
        low = 20_000 + WORKER * 2_000
        self.config = {
            "engine_id": "e1",
            "sip_host": "127.0.0.1",
            "sip_port": 0,
            "rtp_min": low,
            "rtp_max": low + 1999,
            "trunks": [
                {
                    "name": str(number),
                    "host": "127.0.0.1",
                    "port": port,
                    "username": "sauti",
                    "password": "kit",
                    "prefixes": ["+254"],
                    "mode": "both",
                }
                for number, port in enumerate(ports)
            ],
            "journal": str(folder / "journal"),
            "tap_dir": str(folder / "taps"),
            "lease_seconds": lease_seconds,
            "user_agent": "sautikit test",
            **changes,
        }
        self.journal = folder / "journal"
        self.events = []
        self.closed = False
        self._changed = threading.Condition()
        self.log = (folder / "stderr").open("w")
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "telephony.engine", "--fd", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            stderr=self.log,
        )
        theirs.close()
        self.socket = ours
        self._send(self.config)
        threading.Thread(target=self._listen, daemon=True).start()
        if beating:
            threading.Thread(target=self._beat, daemon=True).start()
        try:
            self.port = self.wait("hello")["sip_port"]
        except AssertionError:
            self.close()
            raise

    def send(self, kind, **fields):
        self._send({"kind": kind, **fields})

    def renew(self):
        """Forget what was heard and take the next trunk, so that a late packet disturbs nobody."""
        self.trunk, self.trunk_port = next(self._trunks)
        self.events.clear()

    def hang_up_all(self):
        """End every call that a test left behind."""
        legs = {event["leg"] for event in self.events if "leg" in event}
        ended = {event["leg"] for event in self.events if event["kind"] == "ended"}
        for leg in legs - ended:
            self.send("hangup", leg=leg, cause="test over")
            self.wait("ended", leg=leg)

    def tap(self, leg):
        """Return (heard, sent) of a leg that has ended."""
        time.sleep(0.2)
        return read_tap(self.folder / "taps" / f"{leg}.wav")

    def dial(self, leg=None, **changes):
        leg = leg or f"leg-{next(self._legs)}"
        fields = {
            "leg": leg,
            "from": "+254207000001",
            "to": "+254711000001",
            "trunk": str(self.trunk),
            "ring_timeout_s": 20,
            "paid_until_s": 60,
            "display": None,
            **changes,
        }
        self.send("originate", **fields)
        return leg

    def wait(self, kind, *, leg=None, timeout=15, after=0):
        """Return the first event of a kind; ``after`` skips that many of them."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [
                    event
                    for event in self.events
                    if event["kind"] == kind and (leg is None or event["leg"] == leg)
                ]
                if len(found) > after:
                    return found[after]
                left = deadline - time.monotonic()
                if left <= 0 or (self.closed and not self.events):
                    raise AssertionError(f"no {kind} in {self.events}; {self.stderr()}")
                self._changed.wait(left)

    def kinds(self):
        return [event["kind"] for event in self.events if event["kind"] != "hello"]

    def stderr(self):
        return (self.folder / "stderr").read_text()[-4000:]

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(5)
        self.socket.close()
        self.log.close()

    def _send(self, line):
        self.socket.sendall(json.dumps(line).encode() + b"\n")

    def _listen(self):
        try:
            for raw in self.socket.makefile("rb"):
                with self._changed:
                    self.events.append(json.loads(raw))
                    self._changed.notify_all()
        except OSError:
            pass
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _beat(self):
        while self.process.poll() is None:
            try:
                self.send("lease")
            except OSError:
                return
            time.sleep(0.3)


class Sipp:
    """One bounded SIPp run."""

    def __init__(self, folder, scenario, *arguments, port=None, remote=None, **words):
        host = "127.0.0.1"
        self.port = port or free_port(host)
        source = folder / f"{scenario}-{self.port}.xml"
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        for word, value in words.items():
            text = text.replace(f"@{word.upper()}@", str(value))
        source.write_text(text)
        command = ["sipp", "-sf", str(source), "-i", host, "-p", str(self.port), "-m", "1"]
        command += ["-mi", host, "-mp", str(free_port(host)), "-nostdin"]
        command += ["-timeout", "30", "-timeout_error", *map(str, arguments)]
        if remote:
            command.append(remote)
        self.log = (folder / f"sipp-{self.port}.log").open("w")
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

        if remote is None:
            wait_bound(self.port)

    def done(self, timeout=30):
        """Return SIPp's verdict: 0 when every message of the scenario was seen."""
        return self.process.wait(timeout)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        self.log.close()


def write_tone(path, *, hertz=440, seconds=1.0, rate=8000):
    """Write a mono 16-bit WAV with one tone."""
    samples = np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate) * 12000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return str(path)


def write_speech(path, *parts, rate=8000):
    """Write raw A-law for SIPp to stream: (hertz, seconds) after each other, 0 Hz is silence."""
    turns = 2 * np.pi / rate
    sound = [
        np.sin(turns * hertz * np.arange(int(rate * length))) * 9000 for hertz, length in parts
    ]
    path.write_bytes(PCMA.encode(np.concatenate(sound).astype(np.int16)))
    return str(path)


def read_wav(path):
    """Return the channels of a recording of calls."""
    with wave.open(str(path)) as file:
        assert (file.getsampwidth(), file.getframerate()) == (2, 8000)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.reshape(-1, file.getnchannels()).T.astype(float)


def read_tap(path):
    """Return (heard, sent) of a tap."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return data[:, 0].astype(float), data[:, 1].astype(float)


def tone_share(samples, hertz, rate=8000, window=400):
    """Return the share of the energy on one frequency (Goertzel); 1.0 is a pure tone.

    Measured in windows of 50 ms, so that a jump of the phase costs one window and not the proof.
    """
    turn = np.exp(-2j * np.pi * hertz * np.arange(window) / rate)
    windows = samples[: len(samples) // window * window].reshape(-1, window)
    total = np.sum(windows**2) * window / 2
    return float(np.sum(np.abs(windows @ turn) ** 2) / total) if total else 0.0


def loud(samples, level=300):
    """Return the part of a recording from the first to the last loud sample."""
    where = np.flatnonzero(np.abs(samples) > level)
    return samples[where[0] : where[-1] + 1] if len(where) else samples[:0]
