"""The price list: versions that begin, end and are never edited; a call keeps what it began with."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from calls import services
from calls.errors import DestinationDenied, RateRefused
from calls.models import Rate
from docs import pricing
from kernel import clock
from kernel.models import Event
from tests import world
from tests.calls import story
from wallet.ports import tariff
from wallet.services import set_threshold

pytestmark = pytest.mark.django_db


def publish(minor, *, prefix="+254", days=0, where=None, **options):
    return services.publish_rate(
        prefix=prefix,
        direction=options.pop("direction", "outbound"),
        minor_per_minute=minor,
        currency="KES",
        valid_from=clock.now() + timedelta(days=days),
        workspace_id=where.id if where else None,
        actor="tests",
        **options,
    )


def price(e164=story.FRIEND, where=None):
    return services.rate_for(
        direction="outbound", e164=e164, currency="KES", workspace_id=where.id if where else None
    ).minor_per_minute


def test_a_new_version_holds_for_new_calls_and_a_call_keeps_its_own():
    where = world.acme()
    old = story.place(where)
    cheaper = publish(240)
    assert cheaper.name == "outbound +254 v2"
    new = story.place(where)
    assert (old.rate.name, old.rate_minor_per_minute) == ("outbound +254 v1", 300)
    assert (new.rate_id, new.rate_minor_per_minute) == (cheaper.id, 240)
    ended = story.end(story.answer(old, seconds_ago=47), connected_ms=47_000)
    assert (ended.cost_minor, ended.rate.version) == (235, 1)
    story.end(new, sip_code=486, cause="busy")


def test_the_longest_prefix_counts_and_a_workspaces_own_price_comes_first():
    where = world.acme()
    publish(350, prefix="+2547")
    publish(400, prefix="+25471", days=0)
    assert (price(), price("+254722000000"), price("+254200000099")) == (400, 350, 300)
    publish(100, where=where)
    assert (price(where=where), price("+254200000099", where)) == (100, 100)
    assert price() == 400
    assert story.place(where).rate_minor_per_minute == 100


def test_a_price_that_ended_gives_way_to_the_list():
    where = world.acme()
    publish(100, where=where, valid_until=clock.now() + timedelta(days=5))
    ended = Rate(
        workspace_id=where.id, prefix="+2547", direction="outbound", currency="KES",
        minor_per_minute=1, valid_from=clock.now() - timedelta(days=9),
        valid_until=clock.now() - timedelta(days=1),
    )  # fmt: skip
    ended.save(force_insert=True)
    assert price(where=where) == 100


def test_a_higher_price_for_everybody_is_announced_thirty_days_before():
    with pytest.raises(RateRefused):
        publish(301)
    with pytest.raises(RateRefused):
        publish(301, days=29)
    publish(301, days=30)
    publish(500, where=world.acme())
    assert price() == 300
    assert [rate.minor_per_minute for rate in pricing.announced_rates()] == [301]


@pytest.mark.parametrize(
    "wrong", [{"days": -1}, {"prefix": "254"}, {"prefix": "+25x"}, {"prefix": ""}]
)
def test_a_price_in_the_past_or_without_a_prefix_is_refused(wrong):
    with pytest.raises(RateRefused):
        publish(10, **wrong)


def test_nobody_edits_or_deletes_a_version():
    for change in (
        lambda rows: rows.update(minor_per_minute=1),
        lambda rows: rows._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Rate.objects.filter(prefix="+254"))


def test_a_destination_without_a_price_is_denied():
    with pytest.raises(DestinationDenied):
        price("+14155550100")


def test_the_public_list_the_pages_and_the_wallet_say_the_same_price():
    publish(240)
    publish(1, where=world.chege())
    body = world.Api().get("/v1/public/pricing").json()
    assert (body["outbound_per_min_minor"], body["outbound_per_min_kes"]) == (240, 2.4)
    assert [each["per_minute_minor"] for each in body["rates"]] == [0, 240, 50]
    assert "KES 2.40" in world.Api().get("/").text
    assert "KES 2.40" in world.Api().get("/developers/pricing").text
    where = world.acme()
    world.fund(where, 24_000)
    browser = world.browser(where.owner)
    for path in ("/wallet", "/overview"):
        assert "100 min left at KES 2.40 a minute" in " ".join(browser.get(path).text.split())
    assert "208" in browser.get("/wallet/topup").text
    assert tariff().usual_rate(world.chege().id, "KES") == 1


def test_the_wallet_lasts_as_long_as_the_running_calls_let_it():
    where = world.acme()
    story.answer(story.place(where, money=30_000))
    story.answer(story.place(where, money=30_000), seconds_ago=1)
    text = " ".join(world.browser(where.owner).get("/wallet").text.split())
    assert "at the KES 6.00 a minute that running calls cost now" in text
    assert tariff().burn(where.id, "live") == 600


def test_the_event_of_a_low_balance_counts_minutes_at_what_calls_burn():
    where = world.acme()
    first = story.answer(story.place(where, money=30_000), seconds_ago=60)
    story.answer(story.place(where, money=30_000))
    story.answer(story.place(where, money=30_000))
    set_threshold(workspace_id=where.id, mode="live", threshold_minor=30_500)
    story.end(first, connected_ms=60_000)
    told = Event.objects.get(kind="wallet.low_balance").payload
    assert told["balance_minor"] == story.money(where).balance_minor
    # Two calls still talk, at KES 3.00 a minute each.
    assert told["minutes_left"] == told["balance_minor"] // 600
