"""The phones of a run: SIPp for the many, baresip for a few people, each with an ear of ours."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sautikit_site import embedded
from sautikit_site.conformance import waves
from sautikit_site.conformance.ears import Ear, Ears
from sautikit_site.conformance.scenarios import CALLED, CALLING, scenario

_HOST: Final = "127.0.0.1"
_LINE: Final = re.compile(r"(invited|up|done) (\d+)(?: (\d+))?")
_POLL_SECONDS: Final = 0.02
_CALL_SECONDS: Final = 200
# Numbers that lead to called phones: +25472, a behaviour, the port of the ear.
_PREFIX: Final = "+25472"
SOFTPHONES: Final = 4
_BARESIP: Final = """
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
module_path {modules}
audio_player aubridge,out
audio_alert aubridge,alert
audio_source aufile,{tone}
snd_path {folder}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


@dataclass
class Phone:
    """What one phone of a case went through."""

    ear: Ear
    number: str
    word: str
    marks: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    is_closed: bool = False

    @property
    def is_up(self) -> bool:
        return "up" in self.marks


class Phones:
    """All phones of one run; files go to a folder of their own."""

    def __init__(self, folder: Path, ears: Ears, exchange_port: int, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        self._ears = ears
        self._exchange = exchange_port
        self._by_port: dict[int, Phone] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[Path, int] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, name="phone-logs", daemon=True)
        self._reader.start()

    def start(self, words: set[str]) -> None:
        """Start one SIPp for each behaviour of called phones; from the main thread only."""
        for word in sorted(words):
            self._running[word] = self._sipp(
                word, CALLED[word], self.ports[word], tie=embedded.child_setup(signal.SIGKILL)
            )

    def stop(self, words: set[str]) -> None:
        """End the SIPps of these behaviours."""
        for word in words:
            process = self._running.pop(word)
            process.kill()
            process.wait()
            log = self._files(word)[1]
            with self._lock:
                # The next one of that name writes from the beginning.
                self._logs.pop(log, None)
                log.unlink(missing_ok=True)

    def called(self, word: str) -> Phone:
        """Return a phone that behaves so when its number is called."""
        ear = self._ears.open()
        number = f"{_prefix(word)}{ear.port:05d}"
        return self._keep(Phone(ear, number, word))

    def calling(self, word: str) -> Phone:
        """Return a phone that will call; see `ring`."""
        ear = self._ears.open()
        return self._keep(Phone(ear, f"+2547300{ear.port:05d}", word))

    def ring(self, phone: Phone, to: str) -> None:
        """Have a phone call one of the exchange's numbers."""
        words = ("-s", to, "-key", "from", phone.number, "-key", "ear", str(phone.ear.port))
        remote = f"{_HOST}:{self._exchange}"
        phone.process = self._sipp(
            f"{phone.word}-{phone.ear.port}", CALLING[phone.word], 0,
            *words, "-m", "1", "-timeout", str(_CALL_SECONDS), "-timeout_error", remote,
        )  # fmt: skip

    def forget(self, phone: Phone) -> None:
        if phone.process and phone.process.poll() is None:
            phone.process.kill()
            phone.process.wait()
        self._by_port.pop(phone.ear.port, None)
        self._ears.shut(phone.ear)

    def close(self) -> None:
        self._over.set()
        self._reader.join()
        for phone in list(self._by_port.values()):
            self.forget(phone)
        for process in self._running.values():
            process.kill()
            process.wait()

    def errors(self) -> Iterator[str]:
        """Give what SIPp found unexpected, for a run that failed."""
        for file in sorted(self.folder.glob("*.errors")):
            if text := file.read_text(errors="replace").strip():
                yield f"{file.stem}: {text[:600]}"

    def _keep(self, phone: Phone) -> Phone:
        self._by_port[phone.ear.port] = phone
        return phone

    def _sipp(
        self,
        name: str,
        sentence: str,
        port: int,
        *arguments: str,
        tie: Callable[[], None] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Run one SIPp; only what the main thread starts can be tied to our life."""
        source, log = self._files(name)
        source.write_text(scenario(sentence))
        with self._lock:
            self._logs[log] = 0
        where = ("-p", str(port)) if port else ("-p", str(embedded.free_port()))
        command = [
            "sipp", "-sf", str(source), "-i", _HOST, *where, "-mi", _HOST,
            "-mp", str(embedded.free_port()), "-l", "2000", "-nostdin", "-timer_resol", "20",
            "-trace_logs", "-log_file", str(log), "-trace_err",
            "-error_file", str(self.folder / f"{name}.errors"), *arguments,
        ]  # fmt: skip
        with (self.folder / f"{name}.screen").open("wb") as screen:
            return subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen,
                preexec_fn=tie,
            )  # fmt: skip

    def _files(self, name: str) -> tuple[Path, Path]:
        """Return where a SIPp finds what it does, and where it writes what it did."""
        return self.folder / f"{name}.xml", self.folder / f"{name}.marks"

    def _read(self) -> None:
        """Follow what the phones write down."""
        while not self._over.wait(_POLL_SECONDS):
            with self._lock:
                logs = list(self._logs.items())
            for log, at in logs:
                text = _lines_after(log, at)
                with self._lock:
                    if text and self._logs.get(log) == at:
                        self._logs[log] = at + len(text) + 1
                if text:
                    for word, port, media in _LINE.findall(text.decode(errors="replace")):
                        self._mark(word, int(port), media)

    def _mark(self, word: str, port: int, media: str) -> None:
        phone = self._by_port.get(port)
        if phone is None:
            return
        phone.marks.append(word)
        if word == "up" and media:
            phone.ear.meet(_HOST, int(media))
        if word == "done":
            phone.ear.remote = None


def _lines_after(log: Path, at: int) -> bytes:
    """Return the whole lines of a file behind a place, without the end of the last."""
    try:
        with log.open("rb") as file:
            file.seek(at)
            return file.read().rpartition(b"\n")[0]
    except FileNotFoundError:
        return b""


def _prefix(word: str) -> str:
    return f"{_PREFIX}{list(CALLED).index(word):02d}"


def trunks(ports: dict[str, int]) -> list[dict[str, Any]]:
    """Return a trunk for each behaviour and each softphone, as the setting SIP_TRUNKS wants them."""
    login = {"host": _HOST, "username": "", "password": "", "mode": "both"}
    places = [(word, _prefix(word)) for word in CALLED]
    places += [(f"softphone-{at}", f"{_PREFIX}9{at}") for at in range(SOFTPHONES)]
    return [
        {"name": word, "port": ports[word], "prefixes": [prefix], **login}
        for word, prefix in places
    ]


def choose_ports() -> dict[str, int]:
    """Choose a SIP port for each trunk."""
    words = [*CALLED, *(f"softphone-{at}" for at in range(SOFTPHONES))]
    return {word: embedded.free_port() for word in words}


class Softphone:
    """A baresip that answers by itself, says one tone, keeps what it hears and obeys."""

    def __init__(self, folder: Path, at: int, port: int, hertz: int, mode: str = "auto") -> None:
        self.number = f"{_PREFIX}9{at}{port:05d}"
        self.folder = folder / f"softphone-{at}"
        self.folder.mkdir()
        self._control = embedded.free_port()
        speech = self.folder / "says.wav"
        speech.write_bytes(waves.wav(waves.tone(hertz, 60)))
        config = _BARESIP.format(
            port=port, tone=speech, control=self._control, folder=self.folder, modules=_modules()
        )
        (self.folder / "config").write_text(config)
        account = f"<sip:{self.number}@{_HOST}:{port}>;regint=0;answermode={mode}\n"
        (self.folder / "accounts").write_text(account)
        (self.folder / "contacts").write_text("")
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(self.folder)],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=embedded.child_setup(signal.SIGKILL),
            )  # fmt: skip

    def obey(self, command: str, params: str = "") -> None:
        """Send one order over the control socket; it may have to start first."""
        line = json.dumps({"command": command, "params": params})
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                socket.create_connection((_HOST, self._control), 5) as sock,
            ):
                sock.sendall(f"{len(line)}:{line},".encode())
                sock.settimeout(5)
                if b'"ok":true' in sock.recv(4096):
                    return
            time.sleep(0.1)
        raise TimeoutError(f"the softphone does not {command}")

    def heard(self) -> list[waves.Run]:
        """Name what is in its own recording of the far end."""
        dumps = sorted(self.folder.glob("dump-*-dec.wav"))
        return waves.runs_of(waves.read_wav(dumps[-1].read_bytes())[0]) if dumps else []

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def missing_tools() -> list[str]:
    """Name what has to be installed first."""
    return [tool for tool in ("sipp", "baresip") if shutil.which(tool) is None]


def _modules() -> str:
    return str(
        next(iter(sorted(Path("/usr/lib").glob("**/baresip/modules"))), "/usr/lib/baresip/modules")
    )
