"""The programs of the operating system that the tests drive: which are missing, and how to get them.

Standard library only: it must run before, and without, the virtual environment.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sautikit_site.bootstrap import environ


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package and the program, file or library that shows that it is here."""

    name: str
    shown_by: str
    purpose: str

    @property
    def is_missing(self) -> bool:
        if self.shown_by.startswith("/"):
            return not Path(self.shown_by).exists()
        if self.shown_by.startswith("lib"):
            return not _loads(self.shown_by)
        return shutil.which(self.shown_by) is None


def _loads(library: str) -> bool:
    """Ask the loader itself: where libraries are differs from machine to machine."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


PACKAGES: Final = (
    SystemPackage("chromium", "chromium", "walks through the console in the browser tests"),
    SystemPackage(
        "fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu", "text in the browser's pictures"
    ),
    SystemPackage("libatomic1", "libatomic.so.1", "is needed by the program that drives chromium"),
    SystemPackage("curl", "curl", "runs the lines of the walkthrough as they are printed"),
    SystemPackage("sip-tester", "sipp", "is the foreign SIP phone that calls and is called"),
    SystemPackage("baresip-core", "baresip", "registers as a real handset"),
    SystemPackage("php-cli", "php", "runs the PHP that our pages print"),
    SystemPackage("composer", "composer", "installs our PHP package into a project"),
    SystemPackage(
        "php-psr-http-client",
        "/usr/share/php/Psr/Http/Client",
        "is what HTTP clients of PHP keep to",
    ),
    SystemPackage(
        "php-nyholm-psr7", "/usr/share/php/Nyholm/Psr7", "makes the requests of such clients"
    ),
    # An ordinary user's PATH ends before the folder of servers.
    SystemPackage("nginx-light", "/usr/sbin/nginx", "stands between us and a receiver"),
)

INSTALL: Final = "sudo python3 manage.py system_packages"


def main(arguments: list[str]) -> int:
    """Install what is missing (as root), or with --check only say what it is."""
    gone = missing()
    if not gone:
        print("All system packages are here.")
        return 0
    if "--check" in arguments or not can_install():
        print(explain(gone), file=sys.stderr)
        return 2
    return 0 if install(gone) else 1


def ensure() -> bool:
    """Have every package here: root fetches what is missing, others are told what to type."""
    gone = missing()
    if gone and can_install():
        return install(gone)
    if gone:
        print(explain(gone), file=sys.stderr)
    return not gone


def missing() -> list[SystemPackage]:
    return [package for package in PACKAGES if package.is_missing]


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def explain(packages: list[SystemPackage]) -> str:
    lines = [f"  {package.name:<18} {package.purpose}" for package in packages]
    return "\n".join(["These system packages are missing:", *lines, f"Install them: {INSTALL}"])


def install(packages: list[SystemPackage]) -> bool:
    """Fetch packages with apt-get; True when every one of them is here afterwards."""
    names = [package.name for package in packages]
    print(f"set-up: installing {', '.join(names)}", flush=True)
    # The last two keep what is fetched from starting as a service: the tests start their own.
    quiet = {
        **environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "SYSTEMD_OFFLINE": "1",
        "RUNLEVEL": "1",
    }
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", *command], env=quiet, capture_output=True, text=True, check=False
        )
    if left := missing():
        print(f"{done.stdout[-2000:]}{done.stderr[-2000:]}\n{explain(left)}", file=sys.stderr)
    return not left
