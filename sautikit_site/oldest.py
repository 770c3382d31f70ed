"""The oldest languages that the SDKs promise, as far as registries bring them; fetched once, kept in var/cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sautikit_site.toolchains import CACHE, Tool, ToolMissing

# Debian's PyPy is Python 3.9; it is unpacked beside what the system has, and installed nowhere.
PYPY_PACKAGES: Final = ("pypy3", "pypy3-lib")


def python() -> Tool:
    """Return Python 3.9; raises ToolMissing where Debian's packages cannot be had."""
    home = CACHE / "pypy3"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(home.with_suffix(".lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not home.exists():
            _unpack(home.with_suffix(f".{os.getpid()}"), home)
    (library,) = home.glob("usr/lib/*/libpypy3.9-c.so")
    program = str(home / "usr" / "bin" / "pypy3.9")
    return Tool(
        (program,), {"LD_LIBRARY_PATH": str(library.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    )


def _unpack(unfinished: Path, home: Path) -> None:
    """Download the packages and lay them out; a half-made folder is never seen."""
    unfinished.mkdir()
    try:
        _run("apt-get", "download", *PYPY_PACKAGES, cwd=unfinished)
        for package in sorted(unfinished.glob("*.deb")):
            _run("dpkg-deb", "-x", str(package), "root", cwd=unfinished)
        (unfinished / "root").rename(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _run(*command: str, cwd: Path) -> None:
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=300)
    except (FileNotFoundError, subprocess.CalledProcessError) as problem:
        raise ToolMissing("Python 3.9 comes from Debian's packages: apt-get update") from problem
