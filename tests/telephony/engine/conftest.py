"""Engines and SIPp peers that are gone when the test is over."""

import pytest

from tests.telephony.engine.child import Child, Sipp


@pytest.fixture
def engine(tmp_path):
    """Make engines: ``engine(trunk_port=…)``."""
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
