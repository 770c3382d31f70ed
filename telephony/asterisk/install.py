"""Asterisk in var/cache: Debian's newest package unpacked into a folder, else built from its source.

The machine itself is not changed: unpacked, it runs with its own loader and its own libraries.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kernel.env import child_environment
from telephony.asterisk.debian import Apt, InstallFailed, NotHere

PACKAGED = "packaged"
BUILT = "built"
OLDEST = 22
BUILD_SECONDS = 3600

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """A usable Asterisk: how it is started and where its parts are."""

    version: str
    command: tuple[str, ...]
    modules: Path
    data: Path


def find(cache: Path) -> Installed | None:
    """Return the Asterisk that was installed there, if there is one."""
    for found in (_packaged(cache / PACKAGED), _built(cache / BUILT)):
        if found is not None:
            return found
    return None


def install(cache: Path, say: Say) -> Installed:
    """Install it unless it is there; raises InstallFailed with what to do about it.

    Two who install at once wait for each other; a half-made folder is never found.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if found := find(cache):
            return found
        try:
            return _unpack(cache, say)
        except NotHere:
            raise
        except InstallFailed as problem:
            say(f"Debian's package cannot be used here: {problem}")
        return _build(cache, say)


def _unpack(cache: Path, say: Say) -> Installed:
    """Fetch the package with all it needs and unpack it; nobody has to be root for that."""
    with Apt(cache / "apt") as apt:
        say("asterisk: fetching Debian's package and its libraries")
        packages = apt.download("asterisk")
        folder = _fresh(cache / f"{PACKAGED}.new")
        say(f"asterisk: unpacking {len(packages)} packages")
        for package in packages:
            _run("dpkg-deb", "--extract", str(package), str(folder))
    for unused in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/perl"):
        shutil.rmtree(folder / unused, ignore_errors=True)
    return _finish(folder, cache / PACKAGED, _packaged)


def _build(cache: Path, say: Say) -> Installed:
    """Build Debian's source package; the compiler and the headers are installed as root."""
    if os.geteuid() != 0:
        raise InstallFailed(
            "building it from source needs root: sudo python3 manage.py asterisk_install"
        )
    with Apt(cache / "apt", sources=True) as apt:
        say("asterisk: fetching the compiler and Debian's source package")
        script = Path(__file__).with_name("build.sh")
        apt.install_on_this_machine(*(script.parent / "build-packages.txt").read_text().split())
        source = apt.source("asterisk", cache / "source")
        say("asterisk: building, which takes some minutes")
        folder = _fresh(cache / BUILT)
        _run("sh", str(script), str(source), str(folder), cwd=source, seconds=BUILD_SECONDS)
    found = _built(folder)
    if found is None:
        raise InstallFailed("it was built but does not start")
    shutil.rmtree(cache / "source", ignore_errors=True)
    return found


def _finish(unfinished: Path, folder: Path, look: Callable[[Path], Installed | None]) -> Installed:
    """Give a folder its name once what is in it runs."""
    if look(unfinished) is None:
        raise InstallFailed("what was unpacked does not start on this machine")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    found = look(folder)
    assert found is not None
    return found


def _packaged(folder: Path) -> Installed | None:
    libraries = folder / "usr/lib" / f"{platform.machine()}-linux-gnu"
    loader = next(iter(sorted(libraries.glob("ld-linux*.so.*"))), None)
    if loader is None:
        return None
    command = (str(loader), "--library-path", str(libraries), str(folder / "usr/sbin/asterisk"))
    return _checked(command, libraries / "asterisk/modules", folder / "usr/share/asterisk")


def _built(folder: Path) -> Installed | None:
    data = folder / "var/lib/asterisk"
    return _checked((str(folder / "sbin/asterisk"),), folder / "lib/asterisk/modules", data)


def _checked(command: tuple[str, ...], modules: Path, data: Path) -> Installed | None:
    """Ask the program for its version; one that does not start, or is too old, is none."""
    if not Path(command[-1]).exists():
        return None
    try:
        said = _run(*command, "-V").strip()
        version = said.split()[1]
        is_new = int(version.split(".")[0]) >= OLDEST
    except (InstallFailed, IndexError, ValueError):
        return None
    return Installed(version, command, modules, data) if is_new else None


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _run(*command: str, cwd: Path | None = None, seconds: float = 120) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise InstallFailed(f"{command[0]}: {problem}") from None
    if done.returncode != 0:
        raise InstallFailed(f"{Path(command[0]).name}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout
