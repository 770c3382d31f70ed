"""The virtual environment: made, filled from the lock and entered with the standard library alone."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PYTHON_MIN = (3, 11)
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

# The set-up code runs before settings exist, so this is the one place besides kernel/env.py that
# sees the environment; its neighbours in this folder take it from here.
environ = os.environ


def enter(*, development: bool) -> None:
    """Return inside a virtual environment that holds the locked packages, or exec into it."""
    if environ.get("SAUTIKIT_NO_VENV") == "1":
        return
    if sys.version_info < PYTHON_MIN:
        fail(f"Python {'.'.join(map(str, PYTHON_MIN))} or newer is needed; this is {_version()}.")
    lock = DEVELOPMENT if development else RUNTIME
    installed = not _is_current(lock)
    if installed:
        with _exclusive():
            _prepare(lock)
    if installed or not _is_inside():
        sys.stdout.flush()
        os.execve(PYTHON, [str(PYTHON), *sys.argv], dict(environ))


def fail(sentence: str) -> typing.NoReturn:
    """Say what to do and stop with the code that means "this machine is not ready"."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def _prepare(lock: str) -> None:
    """Make the environment and install the lock, unless another process just did."""
    if _is_current(lock):
        return
    began = time.monotonic()
    if not _is_same_python():
        _make_venv()
    _install(lock)
    _stamp(lock).write_text(_digest(lock))
    if lock == DEVELOPMENT:
        _stamp(RUNTIME).write_text(_digest(RUNTIME))
    _say(f"packages are ready ({time.monotonic() - began:.0f} s)")


def _is_inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _is_current(lock: str) -> bool:
    with contextlib.suppress(OSError):
        return PYTHON.exists() and _stamp(lock).read_text() == _digest(lock)
    return False


def _stamp(lock: str) -> Path:
    return VENV / f".{Path(lock).stem}.sha256"


def _digest(lock: str) -> str:
    """Name what the environment must hold: the lock (with the one it builds on) and the Python."""
    files = [RUNTIME, DEVELOPMENT] if lock == DEVELOPMENT else [RUNTIME]
    text = b"".join((ROOT / name).read_bytes() for name in files)
    return hashlib.sha256(text + _version().encode()).hexdigest()


def _version() -> str:
    return platform.python_version()


def _is_same_python() -> bool:
    """An environment of another Python, or a half-made one, is made anew."""
    with contextlib.suppress(OSError):
        settings = (VENV / "pyvenv.cfg").read_text()
        if re.search(rf"^version\s*=\s*{re.escape(_version())}$", settings, re.MULTILINE):
            return PYTHON.exists() and (VENV / "bin" / "pip").exists()
    return False


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        _install_venv_module()
    _say(f"making .venv with Python {_version()}")
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-m", "venv", "--clear", str(VENV)], check=True, cwd=ROOT)


def _install_venv_module() -> None:
    """Debian ships Python without this module; root can fetch it, others are told what to type."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", "python3-venv"]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        fail("Python's venv module is missing: sudo apt-get install python3-venv")
    _say("installing python3-venv")
    quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=False, env=quiet, capture_output=True)
    done = subprocess.run(command, check=False, env=quiet, capture_output=True)
    if done.returncode != 0:
        fail("Python's venv module is missing: apt-get install python3-venv")


def _install(lock: str) -> None:
    """Install with pip from the hash lock, saying now and then how far it is."""
    total = len(re.findall(r"^[A-Za-z0-9._-]+(?:\[[^]]+])?==", (ROOT / lock).read_text(), re.M))
    _say(f"installing {total} packages from {lock}")
    arguments = ["--require-hashes", "--no-deps", "--progress-bar", "off", "-r", lock]
    pip = subprocess.Popen(
        [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    tail = _follow(pip, total)
    if pip.wait() != 0:
        print("\n".join(tail), file=sys.stderr)
        fail(f"pip could not install {lock}; its last lines are above.")


def _follow(pip: subprocess.Popen[str], total: int) -> list[str]:
    """Turn pip's lines into progress and keep the last of them for a failure."""
    tail: list[str] = []
    seen = 0
    assert pip.stdout is not None
    for line in pip.stdout:
        tail = [*tail[-14:], line.rstrip()]
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            if seen % 20 == 0:
                _say(f"  {seen} of {total} fetched")
        if line.startswith("Installing collected packages"):
            _say("  unpacking")
    return tail


@contextlib.contextmanager
def _exclusive() -> typing.Iterator[None]:
    """Let one process at a time prepare this checkout; the lock is on the folder itself."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another process that prepares .venv")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)
