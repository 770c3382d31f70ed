"""Our SDKs as their users get them: packed here, and handed out by registries on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT

SDKS: Final = ROOT / "sdks"
GO_MODULE: Final = "github.com/sautikit/go"


def pack_npm(name: str, folder: Path) -> Path:
    """Pack an npm package as `npm publish` would."""
    npm = toolchains.npm()
    told = npm.run("pack", SDKS / name, "--json", "--pack-destination", folder, cwd=folder)
    return folder / str(json.loads(told)[0]["filename"])


def build_wheel(folder: Path) -> Path:
    """Build the wheel; the build leaves nothing in our own folder."""
    source = folder / "source"
    shutil.copytree(SDKS / "python", source, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*build, "--no-build-isolation", "-w", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("sautikit-*.whl")
    return wheel


def archive_php(folder: Path) -> Path:
    """Archive the Composer package, and unpack it where a path repository can take it from."""
    composer = toolchains.composer(folder / "home")
    composer.run("archive", "--format=tar", f"--dir={folder}", "--file=sautikit", cwd=SDKS / "php")
    package = folder / "package"
    package.mkdir()
    # Debian 12's own Python unpacks no tar with a filter, and later ones ask for it.
    subprocess.run(["tar", "-xf", folder / "sautikit.tar", "-C", package], check=True)
    return package


# What Composer reads.
def composer_repositories(package: Path) -> list[dict[str, Any]]:
    """Let Composer find our package and the libraries that Debian brings, and ask nobody else."""
    version = {"sautikit/sautikit": "0.1.0"}
    ours = {
        "type": "path",
        "url": str(package),
        "options": {"symlink": False, "versions": version},
    }
    return [ours, *map(_system_package, toolchains.PSR_PACKAGES), {"packagist.org": False}]


def _system_package(told: dict[str, str]) -> dict[str, Any]:
    dist = {"type": "path", "url": told["folder"], "options": {"symlink": False}}
    return {"type": "package", "package": {
        "name": told["name"], "version": told["version"], "dist": dist,
        "autoload": {"psr-4": {told["namespace"]: ""}},
    }}  # fmt: skip


def go_proxy(folder: Path) -> str:
    """Lay the Go module out as a module proxy does, and return its address."""
    version = "v0.1.0"
    place = folder / GO_MODULE / "@v"
    place.mkdir(parents=True)
    (place / "list").write_text(f"{version}\n")
    (place / f"{version}.info").write_text(json.dumps({"Version": version}))
    shutil.copy(SDKS / "go" / "go.mod", place / f"{version}.mod")
    with zipfile.ZipFile(place / f"{version}.zip", "w") as made:
        for path in sorted((SDKS / "go").rglob("*")):
            if path.is_file() and not path.name.endswith("_test.go"):
                made.write(path, f"{GO_MODULE}@{version}/{path.relative_to(SDKS / 'go')}")
    return f"file://{folder}"


class NpmRegistry:
    """A registry of npm that has our packages and no other."""

    def __init__(self, packs: list[Path]) -> None:
        self._packs = {self._manifest(pack)["name"]: pack for pack in packs}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # The manifest is package.json.
    def _manifest(self, pack: Path) -> dict[str, Any]:
        with tarfile.open(pack) as archive:
            file = archive.extractfile("package/package.json")
            assert file is not None
            told: dict[str, Any] = json.load(file)
            return told

    # What npm reads of a package.
    def _told(self, name: str) -> dict[str, Any] | None:
        pack = self._packs.get(name)
        if pack is None:
            return None
        manifest, raw = self._manifest(pack), pack.read_bytes()
        mark = base64.b64encode(hashlib.sha512(raw).digest()).decode()
        dist = {"tarball": f"{self.url}files/{pack.name}", "integrity": f"sha512-{mark}"}
        version = manifest["version"]
        tags = {"latest": version}
        return {"name": name, "dist-tags": tags, "versions": {version: {**manifest, "dist": dist}}}

    def _answer(self, path: str) -> bytes | None:
        folder, _, file = unquote(path).strip("/").partition("/")
        if folder == "files":
            return next((it.read_bytes() for it in self._packs.values() if it.name == file), None)
        told = self._told(f"{folder}/{file}" if file else folder)
        return None if told is None else json.dumps(told).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = registry._answer(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            # The signature is the standard library's; nobody reads this.
            def log_message(self, *_told: Any) -> None:
                return

        return Handler
