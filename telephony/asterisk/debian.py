"""Debian's newest packages in a folder of our own, from the mirror that this machine already uses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import TracebackType

from kernel.env import child_environment

SUITE = "sid"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
FETCH_SECONDS = 900
# Everything that apt would take from the machine, except how it reaches the network.
OWN = (
    "Dir::Etc::sourcelist={0}/sources.list",
    "Dir::Etc::sourceparts=-",
    "Dir::Etc::preferences=-",
    "Dir::Etc::preferencesparts=-",
    "Dir::State={0}/state",
    "Dir::State::status={0}/state/status",
    "Dir::Cache={0}/cache",
    "APT::Sandbox::User=root",
    "APT::Install-Recommends=0",
    "APT::Update::Post-Invoke-Success::=",
    "Acquire::Languages=none",
    "Acquire::Retries=3",
)


class InstallFailed(RuntimeError):
    """Asterisk cannot be installed; the message says why."""


class NotHere(InstallFailed):
    """This kind of machine cannot have it, which is nobody's fault."""


class Apt:
    """An apt that knows one suite and has installed nothing; gone when the block ends."""

    def __init__(self, folder: Path, *, sources: bool = False) -> None:
        self._folder = folder
        self._sources = sources

    def __enter__(self) -> Apt:
        for part in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        (self._folder / "state/status").touch()
        kind = "deb-src" if self._sources else "deb"
        mirror, keyring = mirror_of_this_machine()
        line = f"{kind} [signed-by={keyring}] {mirror} {SUITE} main\n"
        (self._folder / "sources.list").write_text(line)
        self._own("update")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def download(self, package: str) -> list[Path]:
        """Fetch a package with everything it needs, to the C library; checked by apt."""
        self._own("install", "--download-only", "--yes", package)
        return sorted((self._folder / "cache/archives").glob("*.deb"))

    def source(self, package: str, into: Path) -> Path:
        """Fetch and unpack a source package; return its folder."""
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        self._own("source", package, cwd=into)
        return next(each for each in into.iterdir() if each.is_dir())

    def install_on_this_machine(self, *packages: str) -> None:
        """Install packages of the machine's own suite, as root."""
        _apt_get("update")
        _apt_get("install", "--yes", "--no-install-recommends", *packages)

    def _own(self, *arguments: str, cwd: Path | None = None) -> None:
        options = [word for option in OWN for word in ("-o", option.format(self._folder))]
        _apt_get(*options, *arguments, cwd=cwd)


def mirror_of_this_machine(release_file: str = "/etc/os-release") -> tuple[str, str]:
    """Return the address and the keyring of the mirror this Debian is installed from."""
    system = dict(line.split("=", 1) for line in _read(release_file).splitlines() if "=" in line)
    codename = system.get("VERSION_CODENAME", "").strip('"')
    if system.get("ID", "").strip('"') != "debian" or not shutil.which("apt-get"):
        raise NotHere("this is no Debian, whose packages it is made of")
    form = "$(REPO_URI)|$(RELEASE)|$(SIGNED_BY)"
    for line in _apt_get("indextargets", "--format", form, "Created-By: Packages").splitlines():
        address, release, keyring = line.split("|")
        if release == codename:
            return address, keyring if keyring.startswith("/") else KEYRING
    raise InstallFailed(f"apt's sources name no mirror of {codename}")


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _apt_get(*arguments: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(
            ["apt-get", "-q", *arguments],
            cwd=cwd,
            env=child_environment(DEBIAN_FRONTEND="noninteractive"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise InstallFailed(f"apt-get: {problem}") from None
    if done.returncode != 0:
        raise InstallFailed(f"apt-get {arguments[-1]}: {done.stderr.strip()[-1500:]}")
    return done.stdout
