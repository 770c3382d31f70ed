"""Whole programs in the languages of our SDKs, each in a project that installed the SDK's package."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from docs import payloads
from docs.samples import ALL
from docs.snippets import SNIPPETS
from kernel import events
from kernel.money import call_cost
from sautikit_site import embedded, toolchains
from sautikit_site.samples import shell, verifiers
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Sample
from sautikit_site.samples.place import NODE_LOCK, NUMBERS, PHONE, Place
from sautikit_site.samples.shell import localised
from telephony.interpreter.json_form import parse_json

SECONDS: Final = 300
CALL: Final = r"[0-9a-f-]{36}"
# What a program prints, by the name of its file.
SHOWN: Final = {
    "call": rf"{CALL} ringing\n",
    "place": rf"{CALL} ringing\nringing (null|None|no cost yet|<nil>)\n",
    "list": r"(20\d\d-\S+.* \+\d+ \w+\n)+",
    "refused": r"400 validation\.bad_request req_\S+ \S+/validation\.bad_request\n",
    "follow": r"call\.started\n(\w+\.\w+\n)*call\.answered\n(\w+\.\w+\n)*call\.completed\n",
    "together": r"KES \d+\n(\+\d+ \w+\n)+",
    "client": r"KES \d+\n",
}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
FOLDERS: Final = {"js": "node", "python": "python", "php": "php", "go": "go"}


def run(sample: Sample, place: Place) -> None:
    """Run a program and judge what it printed or answered; raises Wrong."""
    if sample.page == "webhooks":
        check_verifier(sample, place)
        return
    if sample.stem in SNIPPETS:
        check_snippet(sample, place)
        return
    special = SPECIAL.get(sample.stem)
    if special is None and sample.stem not in SHOWN:
        raise Wrong(f"nothing is known of a program called {sample.code.name or 'nothing'}")
    (special or check_output)(sample, place)


def check_output(sample: Sample, place: Place) -> None:
    """Run a program to its end; what it prints is what its kind prints."""
    place.hold(*NUMBERS)
    place.quiet()
    if sample.stem in ("list", "together"):
        wish = {"from": NUMBERS[0], "to": [PHONE]}
        place.api(place.live_key).call("POST", "/v1/calls", wish)
    running = start(sample, place)
    if sample.stem == "follow":
        place.take_and_end()
    said, _ = running.communicate(timeout=SECONDS)
    if running.returncode != 0 or not re.fullmatch(SHOWN[sample.stem], said, re.DOTALL):
        raise Wrong(f"exited with {running.returncode} and said:\n{said}")


def check_snippet(sample: Sample, place: Place) -> None:
    """Run a program of one request, with what its reader knows; it prints one line."""
    place.hold(*NUMBERS)
    place.quiet()
    facts = shell.facts(sample, place)
    text = sample.code.content
    for printed, there in facts.items():
        text = text.replace(printed, there)
    given = {name.removeprefix("$"): value for name, value in facts.items() if name[0] == "$"}
    running = start(_changed(sample, text), place, **given)
    said, _ = running.communicate(timeout=SECONDS)
    if running.returncode != 0 or len(said.splitlines()) != 1 or not said.strip():
        raise Wrong(f"exited with {running.returncode} and said:\n{said}")


def check_voice_server(sample: Sample, place: Place) -> None:
    """Ask a voice server as a call does: a menu, and what it answers to a key."""
    with serving(sample, place) as port:
        menu = parse_json(post(port, "/voice", b"CallId=HD_000000000000", FORM)[1])
        names = [type(it).NAME for it in menu.actions]
        if names != ["say", "getDigits"]:
            raise Wrong(f"it answered {names}")
        collects = cast(dict[str, Any], menu.actions[1].to_json()["getDigits"])
        action = str(collects["action"])
        chosen = parse_json(post(port, action, b"CallId=HD_000000000000&Digits=2", FORM)[1])
        if type(chosen.actions[0]).NAME != "say":
            raise Wrong("it does not speak when a key was pressed")


def check_webhook_server(sample: Sample, place: Place) -> None:
    """Send an event, and one that nobody signed; who knows a secret refuses the second."""
    body = json.dumps(payloads.sample(events.catalogue()["call.completed"])).encode()
    with serving(sample, place) as port:
        for sent, wanted in ((body, (200, 204)), (body + b" ", (400,))):
            headers = {
                "Content-Type": "application/json",
                "X-Sautikit-Signature": place.signed(body, place.secret),
            }
            status, _ = post(port, "/webhooks/sautikit", sent, headers)
            if status not in wanted and (sent is body or "SECRET" in sample.code.content):
                raise Wrong(f"it answered {status}, not {wanted}")


def check_verifier(sample: Sample, place: Place) -> None:
    """Run the printed verifier over good, changed, late and foreign signatures."""
    body, secret = b'{"event":"call.completed"}', place.secret
    good = place.signed(body, secret)
    rows = [
        [body.hex(), good, secret, True],
        [(body + b" ").hex(), good, secret, False],
        [body.hex(), good, "whsec_other", False],
        [body.hex(), re.sub(r"t=\d+", "t=1719500000", good), secret, False],
        [body.hex(), "", secret, False],
    ]
    check = verifiers.BY_LANGUAGE[sample.code.language]
    if wrong := check(sample.code.content, place.new_folder("verifier"), rows):
        raise Wrong(f"it judges wrongly: {wrong}")


def check_bill(sample: Sample, _place: Place) -> None:
    """Compare the printed arithmetic with our own."""
    names: dict[str, Any] = {}
    exec(sample.code.content, names)  # noqa: S102  Our own page printed it.
    for milliseconds, paid, rate in ((46_200, 600, 300), (0, 60, 300), (61_000, 60, 250)):
        bill = names["bill"](milliseconds, paid, rate)
        seconds = min(-(-milliseconds // 1000), paid)
        if (bill["billed_seconds"], bill["cost_minor"]) != (seconds, call_cost(seconds, rate)):
            raise Wrong(f"it computes {bill}")
        if bill["net_minor"] + bill["vat_minor"] != bill["cost_minor"]:
            raise Wrong("net and VAT are not the cost")


def check_bot(sample: Sample, place: Place) -> None:
    """Connect to the printed bot as the media bridge does, and hear our own sound come back."""
    port = embedded.free_port()
    folder = place.new_folder("bot")
    (folder / sample.code.name).write_text(sample.code.content.replace("8765", str(port)))
    bot = subprocess.Popen(
        [sys.executable, "-u", sample.code.name], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        asyncio.run(_echo(port))
    finally:
        bot.terminate()
        said, _ = bot.communicate(timeout=20)
    if said != "call 01 from +254712345678\n":
        raise Wrong(f"the bot said {said!r}")


SPECIAL: Final[Mapping[str, Callable[[Sample, Place], None]]] = {
    "voice": check_voice_server,
    "webhook": check_webhook_server,
    "bill": check_bill,
    "bot": check_bot,
}


def project(language: str, place: Place) -> Path:
    """Return a folder in which the SDK of a language was installed by its printed line, once."""
    made = place.folder / f"project-{language}"
    if not made.exists():
        made.mkdir()
        sdk = next(it for it in ALL if it.folder == language)
        before = "go mod init project && " if language == "go" else ""
        # The environment of Python samples has the package already.
        line = "true" if language == "python" else f"{before}{sdk.install}"
        if language == "php":
            # Debian's own library, for those who bring a client of their own.
            line += " nyholm/psr7"
        _run(line, place, made)
        if language == "node":
            _link_packages(made / "node_modules")
    return made


def _link_packages(folder: Path) -> None:
    """Put beside our SDK what the programs import besides it."""
    for package in (toolchains.npm_packages(NODE_LOCK) / "node_modules").iterdir():
        if not (folder / package.name).exists():
            (folder / package.name).symlink_to(package)


def start(sample: Sample, place: Place, **variables: str) -> subprocess.Popen[str]:
    """Save a program under its name and start it."""
    language = FOLDERS[sample.code.language]
    folder = project(language, place)
    name = sample.code.name
    text = _with_client(sample, localised(sample.code.content, place))
    (folder / name).write_text(text)
    command = {
        "node": f"exec node {name}",
        # A file called list.py must not be found before the package is.
        "python": f"exec '{place.python}/python' -P {name}",
        "php": f"exec php {name}",
        "go": f"go build -o {sample.stem}.bin {name} && exec ./{sample.stem}.bin",
    }[language]
    if language == "php" and sample.stem in SPECIAL:
        command = f"exec php -S 127.0.0.1:{variables['PORT']} {name}"
    environment = place.variables(place.live_key) | variables
    return subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextlib.contextmanager
def serving(sample: Sample, place: Place) -> Iterator[int]:
    """Run a server of a sample; gives its port."""
    port = embedded.free_port()
    # Some take the port from the environment, some have it written down.
    text = sample.code.content.replace("listen(3000", f"listen({port}")
    server = start(_changed(sample, text), place, PORT=str(port))
    try:
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=20)


def post(port: int, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """POST until the server listens; gives the status and the body."""
    deadline = time.monotonic() + 120
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            reply = connection.getresponse()
            return reply.status, reply.read()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise Wrong("the server does not listen") from None
            time.sleep(0.05)
        finally:
            connection.close()


def _with_client(sample: Sample, text: str) -> str:
    """The sample of a PSR-18 client speaks of one that its reader has."""
    if sample.stem != "client":
        return text
    client = toolchains.CACHE.parent.parent / "sdks" / "conformance" / "runners" / "psr18.php"
    before = f"<?php\nrequire 'vendor/autoload.php';\nrequire '{client}';\n"
    made = "$client = new StreamClient(new Nyholm\\Psr7\\Factory\\Psr17Factory());\n"
    after = '$told = $sautikit->wallet->balance();\necho "{$told->currency} {$told->balanceMinor}\\n";\n'
    return before + made + text + after


def _changed(sample: Sample, text: str) -> Sample:
    return replace(sample, code=replace(sample.code, content=text))


def _run(line: str, place: Place, folder: Path) -> None:
    environment = place.variables(place.live_key)
    done = subprocess.run(
        ["bash", "-euc", line], cwd=folder, env=environment, text=True, capture_output=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(folder)
        raise Wrong(f"{line} exited with {done.returncode}: {done.stdout}{done.stderr}")


async def _echo(port: int) -> None:
    import websockets

    start = {"callId": "01", "callerNumber": "+254712345678"}
    for _ in range(200):
        with contextlib.suppress(OSError):
            protocols = [websockets.Subprotocol("audio.drachtio.org")]
            address = f"ws://127.0.0.1:{port}"
            async with websockets.connect(address, subprotocols=protocols) as socket:
                await socket.send(json.dumps(start))
                await socket.send(b"\x01\x02" * 160)
                if await socket.recv() != b"\x01\x02" * 160:
                    raise Wrong("the bot sent back other sound")
                return
        await asyncio.sleep(0.1)
    raise Wrong("the bot does not listen")
