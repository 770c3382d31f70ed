"""Which test runs where: some workers begin with tests that wait, the others with those that compute.

A call sounds in real time and leaves its core idle, so there are more workers than cores. Those
that compute stand back for the others: sound is late on a core that is busy.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadGroupScheduling

from sautikit_site import embedded
from sautikit_site.bootstrap import environ

# Groups, and the beginnings of addresses, whose tests wait; those that take longest come first.
PATIENT: Final = (
    "stack", "servers", "up", "exchange-", "browser-calls", "desk-phones", "many-engines",
    "sandbox-engine", "tests/telephony/", "tests/sdks/test_conformance", "tests/sandbox/",
    "tests/webhooks/",
)  # fmt: skip
# What computes; those that take longest come last, for that is the end where half of them begin.
BUSY: Final = (
    "tests/contract/", "tests/sdks/", "tests/races/", "tests/wallet/test_reconciliation",
    "tests/wallet/test_money_machine", "tests/contract/test_stateful", "sandbox-browser",
    "tests/console/test_every_page",
)  # fmt: skip

# They keep the number that the samples of the pages give back, so they come after these.
KEEPERS: Final = "tests/journeys/test_seed_lines.py"


class FromBothEnds(LoadGroupScheduling):
    """Give every second worker the first tests that are left, and the others the last ones."""

    def _assign_work_unit(self, node: Any) -> None:
        if not is_patient(node.gateway.id):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def is_patient(worker: str) -> bool:
    """Tell whether a worker begins with what waits."""
    return int(worker.removeprefix("gw")) % 2 == 0


def rank(group: str, address: str) -> int:
    """Return where a test stands; the longest name that fits it decides."""
    places = {name: place for place, name in enumerate(PATIENT, -len(PATIENT))}
    places |= {name: place for place, name in enumerate(BUSY, 1)}
    fitting = [name for name in places if (group or address).startswith(name)]
    return places[max(fitting, key=len)] if fitting else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FromBothEnds | None:
    """Take both ends wherever groups are kept together."""
    return FromBothEnds(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort what is to be run; what stands equal keeps the order that chance gave it."""
    items.sort(key=lambda item: (rank(_group(item), item.nodeid), item.nodeid.startswith(KEEPERS)))


def pytest_sessionstart() -> None:
    """Let what computes stand back, with all that it starts, for the workers that wait for sound.

    A worker is a session of its own: within one, the phones of a call would share a single part of
    the cores with every other worker.
    """
    worker = environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.setsid()
        os.nice(0 if is_patient(worker) else 5)
        embedded.weigh_session()


def standing_back(program: str, folder: Path) -> str:
    """Return a program whose sessions stand back as this worker does; the driver makes them for it.

    Nice values count inside of a session only (sched(7), "autogroup").
    """
    if not os.nice(0):
        return program
    script = folder / Path(program).name
    script.write_text(f'#!/bin/sh\nnice > /proc/self/autogroup\nexec {program} "$@"\n')
    script.chmod(0o700)
    return str(script)


def _group(item: pytest.Item) -> str:
    names = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
    return "_".join(names)
