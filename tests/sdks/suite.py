"""The conformance suite of the SDKs: scenarios in JSON, and what it means to keep to them."""

import json
import re
import subprocess
import threading
import time

from sautikit_site.bootstrap import ROOT
from sautikit_site.embedded import free_port

FOLDER = ROOT / "sdks" / "conformance"
SCENARIOS = [
    (f"{path.stem}: {told['name']}", told["steps"])
    for path in sorted(FOLDER.glob("*.json"))
    for told in json.loads(path.read_text())
]


class Runner:
    """A program in some language that does one step for each line it is given."""

    def __init__(self, command, *, cwd, env):
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        self.errors += self.process.stderr.readlines()

    def do(self, step):
        """Have one step done; gives what came of it."""
        try:
            self.process.stdin.write(json.dumps(step) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.reader.join(5)
            raise AssertionError(f"the runner ended: {''.join(self.errors)[-2000:]}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Suite:
    """Runs scenarios with one runner behind one front, in a world of its own."""

    def __init__(self, runner, front, facts):
        self.runner, self.front = runner, front
        self.facts = {**facts, "base": front.url, "closed_port": str(free_port())}

    def run(self, steps):
        """Do all steps of a scenario; gives the first thing that is not as it should be, or None."""
        known = dict(self.facts)
        for position, written in enumerate(steps, 1):
            if wrong := self.step(fill(written, known), known):
                return f"step {position} {written['do']}: {wrong}"
        return None

    def step(self, told, known):
        self.front.expect(told.get("front", []))
        client = {"api_key": known["key"], "base_url": known["base"], **told.get("client", {})}
        began = time.monotonic()
        got = self.runner.do({**told, "client": client})
        milliseconds = (time.monotonic() - began) * 1000
        if wrong := differs(got, told["expect"]):
            return f"{wrong} in {json.dumps(got, ensure_ascii=False)[:600]}"
        if milliseconds < told.get("at_least_ms", 0):
            return f"it took only {milliseconds} ms"
        for name, path in told.get("save", {}).items():
            known[name] = str(got["ok"][path])
        return self.sent(told["sent"]) if "sent" in told else None

    def sent(self, wanted):
        """Compare what reached the front."""
        heard = list(self.front.heard)
        if len(heard) != len(wanted):
            return f"{len(heard)} requests were sent: {[it['path'] for it in heard]}"
        for told, pattern in zip(heard, wanted, strict=True):
            is_json = "json" in told["headers"].get("content-type", "json")
            body = json.loads(told["raw"]) if told["raw"] and is_json else None
            facts = {**told, "body": body, "exact": body}
            if "exact" in pattern and body != pattern["exact"]:
                return f"the body was {body}"
            shown = {k: v for k, v in pattern.items() if k not in ("exact", "absent", "same")}
            if wrong := differs(facts, shown):
                return f"sent {wrong}"
            if there := set(pattern.get("absent", ())) & set(told["headers"]):
                return f"{there} was sent"
        keys = {it["headers"].get("idempotency-key") for it in heard}
        if any("same" in pattern for pattern in wanted) and len(keys) != 1:
            return f"the key changed: {keys}"
        return None


def fill(value, known):
    """Put what is known in the place of {{names}}."""
    if isinstance(value, str):
        return re.sub(r"{{(\w+)}}", lambda found: known[found[1]], value)
    if isinstance(value, list):
        return [fill(each, known) for each in value]
    if isinstance(value, dict):
        return {name: fill(each, known) for name, each in value.items() if name != "save"} | (
            {"save": value["save"]} if "save" in value else {}
        )
    return value


def differs(got, wanted, where="it"):
    """Say where something is not what was wanted; None when all is well.

    "*" is anything but null, "~…" a regular expression, an object may have more than is asked for
    unless it stands under "$is", and a list has as many items as are asked for.
    """
    if wanted == "*":
        return f"{where} is {got!r}" if got is None or got == "" else None
    if isinstance(wanted, str) and wanted.startswith("~"):
        ok = isinstance(got, str) and re.fullmatch(wanted[1:], got, re.DOTALL)
        return None if ok else f"{where} is {got!r}, not {wanted}"
    if isinstance(wanted, dict) and "$is" in wanted:
        return None if got == wanted["$is"] else f"{where} is {got!r}"
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return f"{where} is {got!r}"
        absent = object()
        found = (
            differs(got[name], each, f"{where}.{name}") if got.get(name, absent) is not absent
            else f"{where}.{name} is missing"
            for name, each in wanted.items()
        )  # fmt: skip
        return next(filter(None, found), None)
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return f"{where} has not {len(wanted)} items: {got!r}"
        pairs = enumerate(zip(got, wanted, strict=True))
        return next(filter(None, (differs(a, b, f"{where}[{n}]") for n, (a, b) in pairs)), None)
    return None if got == wanted and isinstance(got, type(wanted)) else f"{where} is {got!r}"
