"""A running exchange for the tests of this folder."""

import pytest

from tests.telephony.exchange import Exchange, worker


@pytest.fixture
def exchange(transactional_db, tmp_path):
    with Exchange(tmp_path) as running, worker():
        yield running
