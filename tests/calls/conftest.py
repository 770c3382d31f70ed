"""After every test of calls the books are right and no time line has a gap."""

import pytest

from calls.models import Call
from tests.wallet.books import assert_books_are_right
from wallet.invariants import LIMITS


@pytest.fixture(autouse=True)
def the_books_are_right(request):
    yield
    if request.node.get_closest_marker("django_db"):
        assert_books_are_right()
        assert LIMITS.first_broken() is None
        for call in Call.objects.all():
            numbers = list(call.events.values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))
