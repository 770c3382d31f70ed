"""Which test runs where: some workers begin with tests that wait, the others with those that compute.

A call sounds in real time and leaves its core idle, so there are more workers than cores. Those
that compute stand back for the others: sound is late on a core that is busy.
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest
from xdist.scheduler import LoadGroupScheduling

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
    """Stand back, with everything that is started here, for the workers that wait for sound."""
    worker = environ.get("PYTEST_XDIST_WORKER", "")
    if worker and not is_patient(worker):
        os.nice(5)


def _group(item: pytest.Item) -> str:
    names = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
    return "_".join(names)
