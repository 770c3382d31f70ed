"""A newcomer's terminal: the real command line as processes of its own, and the browser beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

from sautikit_site.bootstrap import ROOT

PACKAGE = ROOT / "sdks" / "python"


class Terminal:
    """Runs `sautikit …` with a home folder of its own."""

    def __init__(self, url, home, *, program=()):
        self.home = Path(home)
        self.program = [*program] or [sys.executable, "-m", "sautikit"]
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PACKAGE),
            "XDG_CONFIG_HOME": str(self.home),
            "SAUTIKIT_API_BASE": url,
            "BROWSER": "true",
        }

    def start(self, *words, **variables):
        return subprocess.Popen(
            [*map(str, self.program), *map(str, words)],
            env={**self.env, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words, code=0, given="", **variables):
        """Run a command to its end, and give what it printed."""
        running = self.start(*words, **variables)
        said, problem = running.communicate(given, timeout=150)
        assert running.returncode == code, f"{words}: {running.returncode}\n{said}{problem}"
        self.problem = problem
        return said

    def ask(self, *words, code=0, **options):
        """Run a command with --json; gives its lines as objects."""
        said = self.run(*words, "--json", code=code, **options)
        return [json.loads(line) for line in said.splitlines()]


def confirm(page, cookie, **chosen):
    """Do what a person does on the page of `sautikit login`: read it and press the button."""
    opened = urllib.request.Request(page, headers={"Cookie": cookie})
    with urllib.request.urlopen(opened) as answer:
        text = answer.read().decode()
        token = re.search(r"csrftoken=[^;]+|csrf[^=]*=[^;]+", str(answer.headers["Set-Cookie"]))
    form = {
        "csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="(\w+)"', text)[1],
        "code": re.search(r'name="code" value="([A-Z-]+)"', text)[1],
        "workspace": re.search(r'<option value="([0-9a-f-]{36})"', text)[1],
        "mode": re.search(r'<option value="(\w+)" selected', text[text.index('name="mode"') :])[1],
        "scopes": re.findall(r'name="scopes" value="([\w.]+)" checked', text),
        "action": "allow",
        **chosen,
    }
    sent = urllib.request.Request(
        page.partition("?")[0],
        data=urllib.parse.urlencode(form, doseq=True).encode(),
        headers={"Cookie": f"{cookie}; {token[0]}" if token else cookie, "Referer": page},
    )
    with urllib.request.urlopen(sent) as answer:
        return answer.read().decode()
