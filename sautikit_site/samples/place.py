"""The place where samples run: a newcomer's workspace on a running platform, and a folder of tools."""

from __future__ import annotations

import functools
import json
import secrets
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any, Final

from accounts.roles import role_scopes
from kernel import signing
from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT
from sautikit_site.quickstart.client import Client, Failed, wait_for
from sautikit_site.quickstart.handler import CustomerServer, Post
from sautikit_site.quickstart.story import Story
from sautikit_site.samples import artefacts
from sautikit_site.throwaway import Stack

# Whom the pages call, and whose money is asked for.
PHONE: Final = "+254712345678"
NUMBERS: Final = ("+254200000000", "+254200000001")
ROOM: Final = "support-4711"
MONEY_MINOR: Final = 500_000
NODE_LOCK: Final = Path(__file__).parent / "node" / "package-lock.json"
CURL: Final = (
    '#!/bin/sh\n# It fails when the API refuses, and says how.\nexec {} -sS --fail-with-body "$@"\n'
)
UUIDGEN: Final = "#!/bin/sh\ncat /proc/sys/kernel/random/uuid\n"
# `up` is what runs this platform; `test` runs this very sample, and would do so for ever.
PYTHON: Final = """#!/bin/sh
case "$1 $2" in
  "manage.py up") exec curl "$SAMPLES_URL/readyz" ;;
  "manage.py test") shift 2; exec {python} manage.py test --version ;;
esac
exec {python} "$@"
"""


class Place:
    """Made once for a run; what costs time is made when the first sample asks for it."""

    def __init__(self, stack: Stack, folder: Path, *, repeats: bool = True) -> None:
        self.stack, self.folder = stack, folder
        # Whether the same program on another page is run once more.
        self.repeats = repeats
        self.proven: set[tuple[str, str]] = set()
        self.url = stack.url
        self.server = CustomerServer(answer=_answer)
        self.server.__enter__()
        self._registry: artefacts.NpmRegistry | None = None

    def close(self) -> None:
        self.server.__exit__(None, None, None)
        if self._registry is not None:
            self._registry.close()

    def reset_answers(self) -> None:
        """Let the customer's server answer as it did at first."""
        self.server.answer = _answer

    def new_folder(self, name: str) -> Path:
        """Return a clean folder."""
        made = self.folder / f"{name}-{secrets.token_hex(4)}"
        made.mkdir()
        return made

    # The workspace

    @functools.cached_property
    def story(self) -> Story:
        """Return a newcomer who has signed up and paid."""
        story = Story(Client(self.url), self.server, lambda _line: None)
        story.sign_up()
        story.onboard()
        self._pay(story)
        return story

    @functools.cached_property
    def live_key(self) -> str:
        """Return a key that may do everything that a key may."""
        body = {"name": "samples", "scopes": sorted(role_scopes("owner"))}
        return str(self._browser.call("POST", "/v1/api-keys", body)["secret"])

    @functools.cached_property
    def test_key(self) -> str:
        body = {"name": "samples", "mode": "test", "scopes": sorted(role_scopes("owner"))}
        key = self._browser.call("POST", "/v1/api-keys", body)["secret"]
        wish = {"provider": "mpesa", "amount_minor": MONEY_MINOR, "currency": "KES"}
        self.api(key).call("POST", "/v1/topups", wish | {"phone_e164": PHONE})
        return str(key)

    @property
    def _browser(self) -> Client:
        return Client(self.url, cookie=self.story.api.cookie)

    def api(self, key: str) -> Client:
        return Client(self.url, key=key)

    def _pay(self, story: Story) -> None:
        wish = {"provider": "mpesa", "amount_minor": MONEY_MINOR, "currency": "KES"}
        story.api.call("POST", "/v1/topups", wish | {"phone_e164": story.phone})
        prompt = wait_for("the M-Pesa prompt", lambda: story.phone_state()["mpesa"]["prompt"])
        story.press("stk", {"id": prompt["id"], "action": "pin", "pin": "1234"})

        def has_money() -> bool | None:
            return story.api.call("GET", "/v1/wallet/balance")["balance_minor"] > 0 or None

        wait_for("the money", has_money)

    def session(self) -> str:
        """Return the cookie of somebody who signed up and has no workspace yet."""
        story = Story(Client(self.url), self.server, lambda _line: None)
        story.sign_up()
        return story.api.cookie.partition("=")[2]

    # What the API shows of numbers and calls.

    def numbers(self) -> dict[str, dict[str, Any]]:
        rows = self.api(self.live_key).call("GET", "/v1/numbers")["numbers"]
        return {row["e164"]: row for row in rows if row["status"] == "active"}

    def hold(self, *wanted: str) -> dict[str, dict[str, Any]]:
        """Claim those of the pages' numbers that are not held yet."""
        held = self.numbers()
        for e164 in set(wanted) - set(held):
            self.api(self.live_key).call("POST", "/v1/numbers/claim", {"e164": e164})
        return self.numbers()

    def unroute(self, e164: str) -> None:
        """Take the voice URL of a number away, so that nobody is asked what a call does."""
        number = self.hold(*NUMBERS)[e164]
        routing = {"voice_callback_url": None, "voice_fallback_url": None}
        self.api(self.live_key).call("PATCH", f"/v1/numbers/{number['id']}/routing", routing)

    def give_back(self, e164: str) -> None:
        """Release a number, so that a sample can claim it."""
        found = self.numbers().get(e164)
        if found is None:
            return

        def released() -> bool | None:
            try:
                return bool(self.api(self.live_key).call("DELETE", f"/v1/numbers/{found['id']}"))
            except Failed:
                # A call of it may just be ending.
                return None

        wait_for(f"{e164} to be released", released)

    def give_everything_back(self) -> None:
        """Release what was claimed; other tests of the same platform claim it too."""
        if "story" in self.__dict__:
            self.quiet()
            for e164 in NUMBERS:
                self.give_back(e164)

    def quiet(self) -> None:
        """End every call, so that the phone is free to ring."""
        api = self.api(self.live_key)
        for state in ("ringing", "answered"):
            for call in api.call("GET", f"/v1/calls?status={state}&limit=100")["data"]:
                api.call("POST", f"/v1/calls/{call['id']}/hangup")
        wait_for("the phone to be free", lambda: self.phone()["call"] is None or None)

    # The state of a simulated phone.
    def phone(self, e164: str = PHONE) -> dict[str, Any]:
        state: dict[str, Any] = Client(self.url).call("GET", f"/sandbox/api/phones/{e164}")
        return state

    def press(self, action: str, e164: str = PHONE, **more: str) -> None:
        path = f"/sandbox/api/phones/{e164}/call"
        Client(self.url).call("POST", path, {"action": action, **more})

    def rings(self, seconds: float = 40) -> None:
        """Wait until the phone rings."""

        def look() -> bool | None:
            call = self.phone()["call"]
            return (call is not None and call["state"] == "ringing") or None

        wait_for("the phone to ring", look, seconds=seconds)

    def take_and_end(self) -> None:
        """Answer the phone that rings, and hang up."""
        self.rings()
        self.press("answer")
        time.sleep(1)
        self.press("hangup")

    def talking(self) -> dict[str, Any]:
        """Return a call that talks, in the room that the pages name."""
        phone, number = "+254722000042", next(iter(self.hold(*NUMBERS)))
        wish = {"from": number, "to": [phone], "voice_callback_url": f"{self.server.url}/room"}
        placed = self.api(self.live_key).call("POST", "/v1/calls", wish)

        def is_up(state: str) -> bool | None:
            call = self.phone(phone)["call"]
            return (call is not None and call["state"] == state) or None

        wait_for("the second phone to ring", lambda: is_up("ringing"))
        self.press("answer", phone)
        self._wait_for_room()
        return dict(placed)

    def _wait_for_room(self) -> None:
        def look() -> bool | None:
            try:
                room = self.api(self.live_key).call("GET", f"/v1/conferences/{ROOM}")
            except Failed:
                return None
            return bool(room) or None

        wait_for("the room", look)

    # Tools

    @functools.cached_property
    def tools(self) -> Path:
        """Return a folder with the programs that lines call, each as a reader would have it."""
        folder = self.new_folder("tools")
        curl = shutil.which("curl")
        if curl is None:
            raise Failed("curl is not installed")
        scripts = {
            "curl": CURL.format(curl),
            "uuidgen": UUIDGEN,
            "python3": PYTHON.format(python=sys.executable),
            "python": PYTHON.format(python=sys.executable),
            "pip": f'#!/bin/sh\nexec {sys.executable} -m pip --python {self.assistant}/python "$@"\n',
            "node": _tool(toolchains.node()),
            "npm": _tool(toolchains.npm()),
            "php": _tool(toolchains.php()),
            "composer": _tool(toolchains.composer(self.composer_home)),
            "go": _tool(toolchains.go()),
        }
        for name, text in scripts.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return folder

    @functools.cached_property
    def registries(self) -> dict[str, str]:
        """Return the variables that lead each package manager to what was packed here."""
        folder = self.new_folder("packed")
        packs = [artefacts.pack_npm(name, folder) for name in ("node", "webrtc")]
        self._registry = artefacts.NpmRegistry(packs)
        wheel = artefacts.build_wheel(self.new_folder("wheel"))
        return {
            "npm_config_registry": self._registry.url,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheel.parent),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "GOPROXY": artefacts.go_proxy(self.new_folder("goproxy")),
            "GONOSUMDB": "*",
            "GONOSUMCHECK": "1",
            "GOFLAGS": "-mod=mod -modcacherw",
            "GOMODCACHE": str(self.new_folder("gomod")),
        }

    @functools.cached_property
    def composer_home(self) -> Path:
        home = self.new_folder("composer")
        package = artefacts.archive_php(self.new_folder("archive"))
        told = {"repositories": artefacts.composer_repositories(package)}
        (home / "config.json").write_text(json.dumps(told))
        return home

    @functools.cached_property
    def assistant(self) -> Path:
        """Return an environment that has what `sautikit[mcp]` needs, and not yet our wheel."""
        folder = self.new_folder("venv")
        run = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        subprocess.run(run, check=True)
        (libraries,) = folder.glob("lib/python*/site-packages")
        (libraries / "ours.pth").write_text(sysconfig.get_path("purelib"))
        return folder / "bin"

    @functools.cached_property
    def python(self) -> Path:
        """Return the programs of a fresh environment that installed our wheel."""
        folder = self.new_folder("venv")
        run = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        subprocess.run(run, check=True)
        install = [sys.executable, "-m", "pip", "--python", f"{folder}/bin/python", "install"]
        environment = toolchains.Tool(()).environment(self.registries)
        subprocess.run([*install, "--quiet", "sautikit"], check=True, env=environment)
        return folder / "bin"

    def variables(self, key: str) -> dict[str, str]:
        """Return the environment in which lines and programs run."""
        path = f"{self.tools}:{self.python}:/usr/local/bin:/usr/bin:/bin"
        return {
            "PATH": path,
            "HOME": str(self.folder),
            "SAMPLES_URL": self.url,
            "SAUTIKIT_API_KEY": key,
            "SAUTIKIT_API_BASE": self.url,
            "SAUTIKIT_WEBHOOK_SECRET": self.secret,
            **self.registries,
        }

    @functools.cached_property
    def secret(self) -> str:
        return "whsec_" + secrets.token_urlsafe(32)

    def signed(self, body: bytes, secret: str) -> str:
        return signing.signature_header([secret], body, int(time.time()))

    @property
    def operator(self) -> dict[str, str]:
        """Return the environment of somebody who runs this platform."""
        told = {"SAUTIKIT_VAR": str(self.stack.var), "SAUTIKIT_NO_VENV": "1"}
        return (
            {"PATH": f"{self.tools}:/usr/bin:/bin", "SAMPLES_URL": self.url} | self.stack.env | told
        )


def root() -> Path:
    """Return the checkout, where operators type their lines."""
    return ROOT


def _tool(tool: toolchains.Tool) -> str:
    """Write a program that starts a tool with the variables it always gets, unless told otherwise."""
    told = [f": ${{{name}:='{value}'}}; export {name}" for name, value in tool.variables.items()]
    command = " ".join(f"'{part}'" for part in tool.command)
    return "\n".join(["#!/bin/sh", *told, f'exec {command} "$@"', ""])


def _answer(post: Post) -> dict[str, Any]:
    """Lead callers into the room of the pages, which they keep open."""
    if post.path.startswith("/room") and post.form.get("isActive", "1") == "1":
        return {"actions": [{"conference": {"name": ROOM}}]}
    return {"actions": []}
