"""Which tests a worker of the gate begins with."""

import os
import subprocess
import sys
from collections import OrderedDict
from types import SimpleNamespace

import pytest

from kernel.env import child_environment
from sautikit_site import pytest_order

BEGINS = """
import os
from sautikit_site import pytest_order

pytest_order.pytest_sessionstart()
group = "/proc/self/autogroup"
told = open(group).read().split()[-1] if os.path.exists(group) else os.nice(0)
print(os.getsid(0) == os.getpid(), os.nice(0), told)
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("stack", "tests/site/test_a.py"), ("exchange-test_a", "tests/telephony/test_a.py")),
        (("exchange-test_a", "tests/telephony/test_a.py"), ("", "tests/telephony/test_b.py")),
        (("", "tests/telephony/test_b.py"), ("", "tests/kernel/test_a.py")),
        (("", "tests/kernel/test_a.py"), ("", "tests/contract/test_pages.py")),
        (("", "tests/contract/test_pages.py"), ("", "tests/contract/test_stateful.py")),
        (("sandbox-browser", "tests/sandbox/test_a.py"), ("", "tests/console/test_every_page.py")),
        (("", "tests/sdks/test_conformance.py"), ("", "tests/sdks/test_packages.py")),
    ],
)
def test_what_waits_stands_before_what_computes(first, second):
    assert pytest_order.rank(*first) < pytest_order.rank(*second)


@pytest.mark.parametrize(("worker", "back"), [("gw0", 0), ("gw1", 5)])
def test_a_worker_is_a_session_and_one_that_computes_stands_back_with_it(worker, back):
    environment = child_environment(PYTEST_XDIST_WORKER=worker)
    done = subprocess.run(
        [sys.executable, "-c", BEGINS], env=environment, capture_output=True, text=True, check=True
    )
    nice = str(os.nice(0) + back)
    assert done.stdout.split() == ["True", nice, nice]


class Worker:
    """A worker as a scheduler sees it: it has a name, and is told what to run."""

    def __init__(self, name):
        self.gateway = SimpleNamespace(id=name)
        self.told = []

    def send_runtest_some(self, numbers):
        self.told += numbers


def test_workers_take_from_both_ends_until_nothing_is_left():
    workers = [Worker(f"gw{number}") for number in range(4)]
    tests = [str(number) for number in range(5)]
    scheduler = object.__new__(pytest_order.FromBothEnds)
    scheduler.workqueue = OrderedDict((test, {test: False}) for test in tests)
    scheduler.registered_collections = dict.fromkeys(workers, tests)
    scheduler.assigned_work = {}
    for worker in (*workers, workers[0]):
        scheduler._assign_work_unit(worker)
    assert [worker.told for worker in workers] == [[0, 2], [4], [1], [3]]
    assert not scheduler.workqueue
