"""A running exchange for the tests of this folder."""

import pytest

from tests.telephony.exchange import Exchange, worker


@pytest.fixture(scope="session")
def shared_exchange(django_db_setup, tmp_path_factory):
    """One gateway and engine for the tests of a worker; who kills it brings it back."""
    with Exchange(tmp_path_factory.mktemp("exchange")) as running:
        yield running


@pytest.fixture
def exchange(transactional_db, shared_exchange):
    shared_exchange.renew()
    shared_exchange.wait_until_ready()
    with worker():
        yield shared_exchange
    shared_exchange.close_peers()
    shared_exchange.keep_row()
