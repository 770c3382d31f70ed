"""Engines and SIPp peers that are gone when the test is over."""

import pytest

from tests.telephony.engine.child import Child, Sipp, free_port

# More than there are tests, for one worker may run all of them.
SHARED_TRUNKS = 160


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory):
    """One engine for the tests of a worker that need no special one."""
    child = Child(
        tmp_path_factory.mktemp("engine"), trunk_ports=[free_port() for _ in range(SHARED_TRUNKS)]
    )
    yield child
    child.close()


@pytest.fixture
def child(shared_engine):
    """The shared engine with a fresh trunk and nothing heard yet."""
    shared_engine.renew()
    yield shared_engine
    shared_engine.hang_up_all()


@pytest.fixture
def engine(tmp_path):
    """Make engines of one's own: ``engine(lease_seconds=…)``."""
    made = []

    def make(**changes):
        folder = tmp_path / f"engine-{len(made)}"
        folder.mkdir()
        made.append(Child(folder, **changes))
        return made[-1]

    yield make
    for child in made:
        child.close()


@pytest.fixture
def sipp(tmp_path):
    """Start SIPp on a scenario of this folder."""
    made = []

    def make(scenario, *arguments, **options):
        made.append(Sipp(tmp_path, scenario, *arguments, **options))
        return made[-1]

    yield make
    for run in made:
        run.close()
