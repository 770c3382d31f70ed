"""The processes of one `up`, declared once: how each starts and stops; `crew` starts them."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Process:
    """One supervised process; ``{python}`` and ``{fd}`` in its command are filled in at start."""

    name: str
    command: tuple[str, ...]
    # Processes of one stage stop together, the lowest stage first.
    stage: int
    stop_seconds: float
    # What the kernel sends when the supervisor itself is killed.
    death_signal: signal.Signals = signal.SIGKILL
    # The listening socket it inherits, so that a restart refuses no connection.
    port: str = ""
    only_sandbox: bool = False
    # Whether what it leaves behind when it dies is ended at once.
    sweep: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A command that runs to its end before the processes start."""

    name: str
    command: tuple[str, ...]
    as_owner: bool = False
    only_sandbox: bool = False


_MANAGE: Final = ("{python}", "manage.py")
_MODULE: Final = ("{python}", "-m")
_CELERY: Final = (
    *_MODULE, "celery", "-A", "sautikit_site", "worker", "-P", "threads", "--without-gossip",
    "--without-mingle", "--loglevel", "WARNING",
)  # fmt: skip

# The embedded servers stop last, in this order; they are started by sautikit_site/embedded.
SERVER_STAGES: Final = {"valkey": 90, "postgres": 91}

MIGRATE: Final = Step("migrate", (*_MANAGE, "migrate", "--verbosity", "0"), as_owner=True)
STEPS: Final = (
    MIGRATE,
    Step("seed", (*_MANAGE, "seed_sandbox"), only_sandbox=True),
)

PROCESSES: Final = (
    Process(
        "web",
        (*_MODULE, "gunicorn", "-c", "python:sautikit_site.gunicorn", "--bind", "fd://{fd}",
         "sautikit_site.wsgi:application"),
        stage=1,
        stop_seconds=8,
        port="WEB_PORT",
    ),
    Process(
        "live",
        (*_MODULE, "sautikit_site.live_server", "{fd}"),
        stage=1,
        stop_seconds=5,
        port="LIVE_PORT",
    ),
    Process("sandbox", (*_MANAGE, "sandbox"), stage=2, stop_seconds=5, only_sandbox=True),
    Process(
        "worker",
        (*_CELERY, "-c", "16", "-Q", "payments,voice,periodic"),
        stage=3,
        stop_seconds=10,
    ),
    # Understanding speech takes minutes of one core, so it has a queue and a worker of its own.
    Process(
        "recogniser",
        (*_CELERY, "-c", "1", "-n", "recogniser@%h", "-Q", "speech"),
        stage=3,
        stop_seconds=10,
    ),
    Process("relay", (*_MANAGE, "relay"), stage=4, stop_seconds=5),
    # Its engines end their calls properly within their lease when it dies, so they are left to it.
    Process("engine", (*_MANAGE, "engine"), stage=5, stop_seconds=10, sweep=False),
    Process("webrtc", (*_MODULE, "telephony.browser"), stage=4, stop_seconds=5),
    Process("phones", (*_MODULE, "telephony.phones"), stage=4, stop_seconds=5),
    Process("tts", (*_MODULE, "telephony.tts"), stage=6, stop_seconds=5),
)  # fmt: skip

# What a call with a voice document needs.
CALLING: Final = ("web", "worker", "relay", "engine", "tts")


def names(*, sandbox: bool) -> list[str]:
    """Name those of an installation, with or without what stands for the outside."""
    return [process.name for process in PROCESSES if sandbox or not process.only_sandbox]
