"""After every test of money the books must be right."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.wallet.books import assert_books_are_right
from tests.wallet.daraja import ACCEPTED, Script, scripted


@pytest.fixture(autouse=True)
def the_books_are_right(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    marked = request.node.get_closest_marker("django_db")
    if marked and "hypothesis" not in request.node.keywords:
        assert_books_are_right()


@pytest.fixture
def script(settings: Any) -> Iterator[Script]:
    """A scripted Daraja that the settings point at."""
    with scripted() as (url, told):
        settings.DARAJA_BASE_URL = url
        settings.DARAJA_CONSUMER_KEY, settings.DARAJA_CONSUMER_SECRET = "key", "secret"
        settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "demo-passkey-0001"
        told.on("processrequest", ACCEPTED)
        yield told
