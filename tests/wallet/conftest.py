"""After every test of money the books must be right."""

from collections.abc import Iterator

import pytest

from tests.wallet.books import assert_books_are_right


@pytest.fixture(autouse=True)
def the_books_are_right(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    marked = request.node.get_closest_marker("django_db")
    if marked and "hypothesis" not in request.node.keywords:
        assert_books_are_right()
