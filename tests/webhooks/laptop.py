"""A developer's laptop for tests: the real command line, a local server, a real live process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from kernel.env import child_environment
from sautikit_site.crew import working
from tests.telephony.exchange import wait_for

PACKAGE = Path(__file__).parents[2] / "sdks" / "python"


@contextmanager
def live_process(port=0):
    """One real live process, on a port of its own unless told; gives its address."""
    with working(child_environment(LIVE_PORT=str(port)), "live") as crew:
        yield f"http://127.0.0.1:{crew.port('live')}"


class Laptop:
    """`sautikit …` as a process of its own; `lines` is what it printed so far, as objects."""

    def __init__(self, base_url, key, *arguments, program=None, env=None):
        command = program or [sys.executable, "-m", "sautikit"]
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PACKAGE),
            "SAUTIKIT_API_KEY": key,
        }
        self.process = subprocess.Popen(
            [*command, *arguments, "--json", "--base-url", base_url],
            env={**variables, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines, self.errors = [], []
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.lines, json.loads)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.errors, str)),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.stop()

    def _read(self, pipe, found, make):
        for line in pipe:
            found.append(make(line))

    def listening(self):
        """Wait until its stream is open; gives what it told."""
        self.wait(lambda: self.lines)
        return self.lines[0]["listening"]

    def relayed(self, count=1):
        """Wait for so many relayed requests; gives their lines."""

        def found():
            return [it for it in self.lines if "listening" not in it]

        self.wait(lambda: len(found()) >= count)
        return found()

    def wait(self, found):
        def story():
            return f"{self.lines}\n{''.join(self.errors)}"

        def alive():
            return found() or (self.process.poll() is not None and "over")

        wait_for(alive, seconds=10, story=story)
        assert found(), story()

    def finish(self):
        """Wait for its end; gives the exit code."""
        code = self.process.wait(40)
        for thread in self._threads:
            thread.join(10)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def kill(self):
        self.process.kill()
        return self.finish()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.finish()
