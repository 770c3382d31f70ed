"""The command line on its pages: its usage, its examples, a login, and the server of an assistant."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import threading
from typing import Final
from urllib.parse import urlencode

from kernel import http
from sautikit_site import toolchains
from sautikit_site.bootstrap import ROOT
from sautikit_site.quickstart.client import wait_for
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Sample
from sautikit_site.samples.place import Place

PACKAGE: Final = ROOT / "sdks" / "python"
SECONDS: Final = 120
# Reads each line as the command line would, and runs nothing.
READ: Final = "import json, sys; from sautikit.cli import parser\nfor it in json.load(sys.stdin): parser().parse_args(it)"
CODE: Final = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def check_usage(sample: Sample, place: Place) -> None:
    """Compare the usage with what `--help` says."""
    shown = sample.code.content
    words = [it for it in shown.split("[")[0].split() if re.fullmatch(r"[a-z-]+", it)]
    said = _finish(" ".join([*words, "--help"]), place)
    printed = said.removeprefix("usage:").partition("\n\n")[0]
    if printed.split() != shown.removeprefix("usage:").split():
        raise Wrong(f"--help says {printed}")


def check_examples(sample: Sample) -> None:
    """Have the command line read each example."""
    lines = [shlex.split(it)[1:] for it in sample.code.content.splitlines() if it.strip()]
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=PACKAGE, input=json.dumps(lines), text=True,
        capture_output=True, timeout=SECONDS, check=False, env=toolchains.Tool(()).environment(),
    )  # fmt: skip
    if done.returncode != 0:
        raise Wrong(done.stderr)


def check_completion(sample: Sample, place: Place) -> None:
    """Have each shell's lines written."""
    for shell in re.findall(r"sautikit completion \w+", sample.code.content):
        if "sautikit" not in _finish(shell, place):
            raise Wrong(f"{shell} writes nothing")


def check_server(sample: Sample, place: Place) -> None:
    """Start the assistant's server as the page's file says, and greet it."""
    told = json.loads(sample.code.content)["mcpServers"]["sautikit"]
    if told["command"] != "sautikit":
        raise Wrong(f"there is no program {told['command']}")
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "samples", "version": "1"}},
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "sautikit", *told["args"]], cwd=PACKAGE, text=True,
        env=place.variables(place.test_key), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        process.stdin.write(json.dumps(hello) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
        watchdog.cancel()
    if '"serverInfo"' not in line:
        raise Wrong(f"the server answered {line!r} {errors[-800:]}")


def log_in(place: Place, script: str) -> str:
    """Type the line, and let it in on the page of the console as its reader would."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {script.strip()}"], env=place.variables(""), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:
        wait_for("the code", lambda: CODE.search("".join(said)), seconds=60)
        found = CODE.search("".join(said))
        assert found is not None
        _let_in(place, found[0])
        process.wait(SECONDS)
    finally:
        process.kill()
        reader.join(10)
    if process.returncode != 0:
        raise Wrong("".join(said))
    return "".join(said)


def _let_in(place: Place, code: str) -> None:
    address, cookie = f"{place.url}/cli?code={code}", place.story.api.cookie
    page = http.request("GET", address, headers={"Cookie": cookie}, trusted=True)
    token = re.search(r"csrftoken=([^;]+)", str(page.headers.get("set-cookie", "")))
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text())
    workspace = re.search(r'name="workspace"[^>]*?value="([0-9a-f-]{36})"', page.text())
    workspace = workspace or re.search(r'<option value="([0-9a-f-]{36})"', page.text())
    if not (token and mark and workspace):
        raise Wrong(f"the page of the code is not as expected: {page.text()[:500]}")
    form = {
        "csrfmiddlewaretoken": mark[1], "code": code, "action": "approve", "mode": "test",
        "workspace": workspace[1], "scopes": "calls.read",
    }  # fmt: skip
    headers = {
        "Cookie": f"{cookie}; csrftoken={token[1]}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": address,
    }
    answer = http.request(
        "POST", f"{place.url}/cli", headers=headers, body=urlencode(form).encode(), trusted=True
    )
    if answer.status >= 400:
        raise Wrong(f"the page refused: {answer.status} {answer.text()[:300]}")


def _finish(line: str, place: Place) -> str:
    done = subprocess.run(
        ["bash", "-c", line], env=place.variables(place.test_key) | {"COLUMNS": "80"}, text=True,
        capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Wrong(f"{line} exited with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout
