"""A running exchange for the tests of this folder."""

import pytest

from tests.telephony.exchange import Exchange, worker


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Run the exchange's tests of one file in a row, so that it is gone before other tests.

    Its gateway would dial what any test commits to the database of this test process.
    """
    for item in items:
        if "exchange" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(f"exchange-{item.path.stem}"))


@pytest.fixture(scope="module")
def shared_exchange(django_db_setup, tmp_path_factory):
    """One gateway and engine for the tests of a file; who kills it brings it back."""
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
