"""`manage.py test`: what must hold before a change is merged, in the order that fails soonest."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sautikit_site.bootstrap import ROOT, environ

# What pytest exits with when tests ran and some failed.
TESTS_FAILED: Final = 1
# More than these are a broken change, not a busy machine.
AGAIN_MAX: Final = 12
# The type checker takes longer than all the other steps, and one core.
AT_ONCE: Final = 2

_MANAGE: Final = (sys.executable, "manage.py")
_MODULE: Final = (sys.executable, "-m")

# Values of the right shape for commands that read settings but reach no server.
_PRODUCTION: Final = {
    "DEBUG": "0",
    "SANDBOX": "0",
    "TEST_CARRIER": "0",
    "SECRET_KEY": "gate-only-3f9c1f0e8d7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f",
    "PEPPER": "gate-only-8d7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f3f9c1f0e",
    "DATABASE_URL": "postgresql://app@127.0.0.1:1/sautikit",
    "MIGRATION_DATABASE_URL": "postgresql://owner@127.0.0.1:1/sautikit",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://voice.example.com",
    "LIVE_URL": "https://live.example.com",
    "CALLBACK_URL": "https://voice.example.com",
    # It looks for the history in the database too, which here is not there on purpose.
    "PYTHONWARNINGS": "ignore::RuntimeWarning:django.core.management.commands.makemigrations",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the gate; all of them run even when an early one fails."""

    title: str
    command: tuple[str, ...]
    production: bool = False


CHECKS: Final = (
    Check("format", (*_MODULE, "ruff", "format", "--check", ".")),
    Check("lint", (*_MODULE, "ruff", "check", "--quiet", ".")),
    Check("types", (*_MODULE, "mypy", "--no-error-summary")),
    Check(
        "deployment",
        (*_MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
        production=True,
    ),
    Check(
        "migrations are complete",
        (*_MANAGE, "makemigrations", "--check", "--dry-run", "--verbosity", "1"),
        production=True,
    ),
    Check("generated files are current", (*_MANAGE, "generate", "--check"), production=True),
)


def main(arguments: list[str]) -> int:
    """Run the whole gate, or only pytest when it was given arguments."""
    if arguments:
        return _pytest(arguments)
    failed = list(_checks())
    _heading("tests")
    if failed:
        print(f"These steps failed, see above: {', '.join(failed)}", flush=True)
    code = _pytest([])
    if code == TESTS_FAILED:
        code = _once_more()
    return code or int(bool(failed))


def _once_more() -> int:
    """Run the few tests that failed again, alone: a wait too short on a busy machine passes now."""
    failed = _failed_tests()
    if not 0 < len(failed) <= AGAIN_MAX:
        return TESTS_FAILED
    _heading(f"{len(failed)} tests failed; once more, alone")
    code = _pytest([*failed, "-n", "0"])
    if code == 0:
        print("These passed only alone: mend their waits.", *failed, sep="\n  ", flush=True)
    return code


def _failed_tests() -> list[str]:
    """Return what pytest remembers, without the groups that pytest-xdist writes behind a name."""
    memory = ROOT / "var" / "cache" / "pytest" / "v" / "cache" / "lastfailed"
    names = json.loads(memory.read_text()) if memory.exists() else {}
    return [name[: _end(name)] for name in names]


def _end(name: str) -> int:
    mark = name.rfind("@")
    return mark if mark > max(name.rfind("]"), name.rfind("::")) else len(name)


def _checks() -> Iterator[str]:
    """Take the steps two at a time, tell them in their order and name those that failed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for check, (code, said, seconds) in zip(CHECKS, pool.map(_run, CHECKS), strict=True):
            _heading(check.title)
            print(f"{said}{'FAILED' if code else 'ok'} ({seconds:.1f} s)", flush=True)
            if code:
                yield check.title


def _run(check: Check) -> tuple[int, str, float]:
    began = time.monotonic()
    done = subprocess.run(
        check.command, cwd=ROOT, env=dict(_variables(check)), check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout, time.monotonic() - began


def _variables(check: Check) -> Iterator[tuple[str, str]]:
    yield from _environment().items()
    # Type checking imports the settings too.
    if check.production or check.title == "types":
        yield from _PRODUCTION.items()


def _pytest(arguments: list[str]) -> int:
    command = [*_MODULE, "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    """Return ours, but keep what Python compiles: the tests start hundreds of its processes."""
    kept = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "SAUTIKIT_NO_VENV": "1"}


def _heading(title: str) -> None:
    print(f"\n== {title}", flush=True)
