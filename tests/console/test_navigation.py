"""The frame marks the one entry that the page belongs to."""

import re

import pytest

from tests import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/overview", "Overview"),
        ("/calls", "Calls"),
        ("/wallet/documents", "Wallet"),
        ("/webhooks/events", "Webhooks"),
        ("/settings/api-keys", "API keys"),
        ("/settings", "Settings"),
        ("/settings/members", "Settings"),
        ("/settings/storage", "Settings"),
        ("/settings/billing", "Settings"),
    ],
)
def test_one_entry_is_marked(path, label):
    answer = world.browser(world.amina()).client.get(path)
    assert answer.status_code == 200
    side = answer.text.partition('<nav class="side"')[2].partition("</nav>")[0]
    marked = re.findall(r'aria-current="page">.*?<span>(.*?)</span>', side, re.DOTALL)
    assert marked == [label]
