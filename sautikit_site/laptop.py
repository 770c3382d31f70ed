"""What one machine decides for itself: the folder, the secrets, the ports and the addresses."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT, environ

# Made once for this machine and kept in var/secrets.env; never a default in the code.
_SECRETS: Final = (
    "SECRET_KEY", "PEPPER", "DARAJA_CONSUMER_KEY", "DARAJA_CONSUMER_SECRET", "DARAJA_PASSKEY",
    "SIP_TRUNK_PASSWORD",
)  # fmt: skip
_RTP_FIRST = 12000
_RTP_COUNT = 1000


@dataclass(frozen=True, slots=True)
class Port:
    """A port this machine listens on: the setting that asks for it and what it is for."""

    setting: str
    default: int
    meaning: str
    kind: int = socket.SOCK_STREAM


PORTS: Final = (
    Port("WEB_PORT", 8000, "web"),
    Port("LIVE_PORT", 8001, "live"),
    Port("SANDBOX_PORT", 8002, "sandbox"),
    Port("SANDBOX_SMTP_PORT", 8025, "sandbox mail"),
    Port("SANDBOX_SIP_PORT", 5070, "sandbox carrier", socket.SOCK_DGRAM),
    Port("SIP_PORT", 5060, "telephony", socket.SOCK_DGRAM),
    Port("PHONE_SIP_PORT", 5090, "desk phones", socket.SOCK_DGRAM),
    Port("WEBRTC_SIP_PORT", 5080, "browser phones", socket.SOCK_DGRAM),
)


def var_folder() -> Path:
    """Return the folder for everything this checkout makes; two checkouts never share one."""
    chosen = environ.get("SAUTIKIT_VAR")
    folder = Path(chosen).resolve() if chosen else ROOT / "var"
    (folder / "run").mkdir(parents=True, exist_ok=True)
    # Logs may name people, so they are for the owner's eyes.
    (folder / "log").mkdir(mode=0o700, exist_ok=True)
    return folder


def lock(var: Path) -> IO[bytes] | None:
    """Hold this folder for the life of the returned file, or return None when somebody does."""
    file = (var / "run" / "lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def running(var: Path) -> dict[str, Any] | None:
    """Return what the running `up` of this folder wrote; the file of a dead one is ignored."""
    held = lock(var)
    if held is not None:
        held.close()
        return None
    with contextlib.suppress(OSError, ValueError):
        told: dict[str, Any] = json.loads((var / "run" / "up.json").read_text())
        return told
    return None


class Ports:
    """The ports of one `up`, held open until the process that listens on them starts."""

    def __init__(self) -> None:
        self.sockets: dict[str, socket.socket] = {}
        # Kept to the end: between the release of a port and its process another `up` may look.
        self.claims: list[socket.socket] = []
        self.moved: list[str] = []
        for port in PORTS:
            wanted = int(environ.get(port.setting) or port.default)
            held, claim = _first_free(wanted, port.kind)
            self.sockets[port.setting] = held
            self.claims.append(claim)
            found = held.getsockname()[1]
            if found != wanted:
                self.moved.append(f"Port {wanted} is taken: {port.meaning} uses {found}.")

    def __getitem__(self, setting: str) -> int:
        number: int = self.sockets[setting].getsockname()[1]
        return number

    def numbers(self) -> dict[str, int]:
        return {setting: self[setting] for setting in self.sockets}

    def release(self) -> None:
        """Close the ports that their processes open themselves; web and live inherit theirs."""
        for setting, held in self.sockets.items():
            if setting not in ("WEB_PORT", "LIVE_PORT"):
                held.close()


def environment(
    var: Path, *, servers: Mapping[str, str], ports: Mapping[str, int]
) -> dict[str, str]:
    """Return every setting this machine decides; what the caller's environment says wins."""
    decided = {
        "VAR_DIR": str(var),
        "DEBUG": "0",
        "SANDBOX": "1",
        "TEST_CARRIER": "1",
        "ENGINES": "1",
        "TTS_SOCKET": str(embedded.short_path(var / "run" / "tts.sock", var)),
        "WEBRTC_SOCKET": str(embedded.short_path(var / "run" / "webrtc.sock", var)),
        **_keep_secrets(var),
        **_addresses(ports),
    }
    if is_on({**decided, **environ}, "SANDBOX"):
        decided |= _sandbox(ports, decided["SIP_TRUNK_PASSWORD"])
    return {key: environ.get(key) or value for key, value in {**decided, **servers}.items()}


def default_ports() -> dict[str, int]:
    return {port.setting: int(environ.get(port.setting) or port.default) for port in PORTS}


def is_on(variables: Mapping[str, str], name: str) -> bool:
    return variables.get(name, "").lower() in ("1", "true", "yes", "on")


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
    unfinished.rename(path)


def _first_free(wanted: int, kind: int) -> tuple[socket.socket, socket.socket]:
    """Bind the wanted port or the next free one, and claim it; port 0 means any."""
    for number in range(wanted, min(wanted + 200, 65536)) if wanted else [0]:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            held = stack.enter_context(socket.socket(socket.AF_INET, kind))
            if kind == socket.SOCK_STREAM:
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", number))
            if kind == socket.SOCK_STREAM:
                # Two sockets may share a port until one listens, so listening is the claim.
                held.listen(512)
            claim = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            if embedded.LINUX:
                # A name without a file, which goes when this process goes.
                claim.bind(f"\0sautikit-port-{held.getsockname()[1]}-{int(kind)}")
            stack.pop_all()
            return held, claim
    raise SystemExit(f"No free port between {wanted} and {wanted + 199}.")


def _addresses(ports: Mapping[str, int]) -> dict[str, str]:
    public = f"http://127.0.0.1:{ports['WEB_PORT']}"
    # Each checkout has its own block of media ports, so two of them rarely meet.
    block = _RTP_FIRST + zlib.crc32(str(ROOT).encode()) % 18 * _RTP_COUNT
    return {
        **{setting: str(number) for setting, number in ports.items()},
        "PUBLIC_URL": public,
        "LIVE_URL": f"http://127.0.0.1:{ports['LIVE_PORT']}",
        "CALLBACK_URL": public,
        "RTP_PORT_MIN": str(block),
        "RTP_PORT_MAX": str(block + _RTP_COUNT - 2),
    }


def _sandbox(ports: Mapping[str, int], trunk_password: str) -> dict[str, str]:
    """Point everything that would leave this machine at the sandbox."""
    address = f"http://127.0.0.1:{ports['SANDBOX_PORT']}"
    trunk = {
        "name": "sandbox",
        "host": "127.0.0.1",
        "port": ports["SANDBOX_SIP_PORT"],
        "username": "sautikit",
        "password": trunk_password,
        "prefixes": ["+254"],
        "mode": "both",
    }
    return {
        "SANDBOX_URL": address,
        "DARAJA_BASE_URL": address,
        "DARAJA_SHORTCODE": "600000",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports['SANDBOX_SMTP_PORT']}",
        "SIP_TRUNKS": json.dumps([trunk]),
        "ALLOW_PRIVATE_TARGETS": "1",
        # Every newcomer of the sandbox comes from one address, and none of these mails leaves it.
        "MAGIC_LINKS_PER_IP": "1000",
    }


def _keep_secrets(var: Path) -> dict[str, str]:
    """Read this machine's secrets, making those it does not have yet."""
    path = var / "secrets.env"
    kept: dict[str, str] = {}
    with contextlib.suppress(OSError):
        lines = path.read_text().splitlines()
        kept = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = [name for name in _SECRETS if not kept.get(name)]
    if missing:
        kept |= {name: secrets.token_urlsafe(32) for name in missing}
        write_private(path, "".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept
