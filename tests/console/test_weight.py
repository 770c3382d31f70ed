"""What a page weighs at its first load, and that a longer list asks the database nothing more."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.models import Call
from kernel.ids import session_id
from kernel.models import AuditEntry, Event
from tests import world
from tests.calls import story
from tests.webhooks import scene
from wallet.services import charge
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db

FIRST_LOAD_MAX = 150_000
# The charts come after the page and are counted apart.
CHARTS = ("uplot", "charts")
PARTS = re.compile(r"""<(?:script|link)[^>]*?(?:src|href)="(/static/[^"]+)["]""")
PAGES = ("/", "/signin", "/overview", "/calls", "/calls/{call}", "/numbers", "/wallet",
         "/wallet/topup", "/webhooks", "/settings", "/try", "/developers")  # fmt: skip


def talked():
    return story.end(story.answer(story.place(world.acme()), seconds_ago=47), connected_ms=46_200)


def browser():
    return world.browser(world.amina()).client


def weight(client, path):
    """The bytes of a page and of everything it loads, as they travel."""
    page = client.get(path)
    assert page.status_code == 200, path
    parts = sorted(set(PARTS.findall(page.text)))
    assert any("app.css" in part for part in parts)
    wanted = [part for part in parts if not any(name in part.lower() for name in CHARTS)]
    return sum(size(client, each) for each in (path, *wanted))


def size(client, path):
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, path
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(body)


@pytest.mark.parametrize("path", PAGES)
def test_the_first_load_is_light(path):
    call = talked()
    client = Client() if path in ("/", "/signin", "/developers") else browser()
    assert weight(client, path.format(call=call.id)) < FIRST_LOAD_MAX


def asked(client, path):
    """How many questions a page asks the database, once it has been opened before."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(path)
    return len(found)


def more(row, count, **changes):
    """Write copies of a row; a change is a function of nothing."""
    for _ in range(count):
        row.pk = None if row._meta.pk.name == "id" and row._meta.auto_field else uuid.uuid4()
        row._state.adding = True
        for name, make in changes.items():
            setattr(row, name, make())
        row.save(force_insert=True)


def more_entries(tenant, count):
    for _ in range(count):
        charge(
            workspace_id=tenant.id, mode="live", net_minor=1, vat_minor=0, kind="adjustment",
            key=str(uuid.uuid4()), description="One more",
        )  # fmt: skip


def test_a_list_of_fifty_rows_asks_no_more_than_one_of_three():
    acme, client = world.acme(), browser()
    hook = scene.endpoint(acme)
    call = talked()
    scene.emit(acme, 3)
    paths = {
        "/calls": lambda: more(call, 47, session_id=session_id, hold_id=lambda: None),
        "/wallet": lambda: more_entries(acme, 47),
        "/webhooks/events": lambda: scene.emit(acme, 47),
        f"/webhooks/{hook.id}": lambda: None,
        "/settings/audit": lambda: more(AuditEntry.objects.first(), 47),
    }
    short = {path: asked(client, path) for path in paths}
    for make in paths.values():
        make()
    assert Call.objects.count() > 40 < Delivery.objects.count()
    assert Event.objects.count() > 40
    assert {path: asked(client, path) for path in paths} == short
