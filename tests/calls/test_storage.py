"""Storage tiers: paid up front for the days left, renewed on the 1st, retention, and pruning."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls import shelf
from calls.models import Recording, StorageCharge, StoragePlan
from calls.services import storage
from calls.services.recordings import expire_recordings
from kernel import clock
from kernel.models import Event, Mail
from kernel.money import div_ceil, vat_on
from numbers import rental
from tests import world
from tests.calls import story
from wallet import queries, services
from wallet.errors import InsufficientBalance
from wallet.models import Posting

pytestmark = pytest.mark.django_db
TIERS = (5, 10, 25, 50, 100, 250)
GB = 1_000_000_000


def nairobi(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.NAIROBI)


def rich(minor=1_000_000):
    acme = world.acme()
    services.credit(
        workspace_id=acme.id, mode="live", net_minor=minor, vat_minor=0, kind="adjustment",
        key=f"rich{minor}", description="",
    )  # fmt: skip
    return acme


def move(tenant, tier_gb):
    return storage.change_tier(
        workspace_id=tenant.id, mode="live", tier_gb=tier_gb, actor="user:1"
    )  # fmt: skip


def paid():
    rows = Posting.objects.filter(kind="storage", entries__account="wallet")
    return [(row.net_minor, row.vat_minor) for row in rows.order_by("entries__id")]


def keep(tenant, gigabytes, *, at=None):
    """A stored recording of so many gigabytes."""
    call = story.answer(story.place(tenant))
    moment = at or clock.now()
    return Recording.objects.create(
        workspace_id=tenant.id, mode="live", call=call, leg_id=call.winner_id, ticket=str(call.id),
        source="record", state="ready", size_bytes=gigabytes * GB, ready_at=moment,
        expires_at=moment + timedelta(days=90),
    )  # fmt: skip


@time_machine.travel(nairobi("2026-11-22T12:00"), tick=False)
def test_an_upgrade_debits_the_difference_for_the_days_left():
    acme = rich()
    move(acme, 50)
    net = div_ceil(45 * 200 * 9, 30)
    assert paid() == [(net, vat_on(net))] == [(2700, 432)]
    move(acme, 100)
    assert paid()[-1] == (div_ceil(50 * 200 * 9, 30), vat_on(3000))


@time_machine.travel(nairobi("2026-11-22T12:00"), tick=False)
def test_a_downgrade_is_immediate_and_free_and_going_up_again_is_not_paid_twice():
    acme = rich()
    move(acme, 50)
    move(acme, 5)
    assert len(paid()) == 1
    assert shelf.tier_of(acme.id, "live") == 5
    move(acme, 25)
    move(acme, 50)
    assert len(paid()) == 1
    move(acme, 100)
    assert paid()[-1][0] == div_ceil(50 * 200 * 9, 30)


def test_the_same_tier_again_changes_nothing():
    acme = rich()
    move(acme, 10)
    move(acme, 10)
    assert (len(paid()), StoragePlan.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="storage.tier_changed").count() == 1


def test_a_short_wallet_keeps_its_tier():
    acme = rich(100)
    with pytest.raises(InsufficientBalance):
        move(acme, 250)
    assert shelf.tier_of(acme.id, "live") == 5
    assert not StorageCharge.objects.exists()
    assert queries.balance(acme.id, "live").balance_minor == 100


def test_the_month_is_charged_once_on_the_first():
    acme = rich()
    with time_machine.travel(nairobi("2026-11-30T23:59:59"), tick=False):
        move(acme, 25)
    assert paid() == [(div_ceil(20 * 200, 30), vat_on(134))]
    first = date(2026, 12, 1)
    assert storage.renew_tiers(today=first) == {"paid": 1}
    assert storage.renew_tiers(today=first) == {}
    assert paid()[-1] == (4000, 640)


def test_a_lower_tier_pays_its_own_price_from_the_next_month_on():
    acme = rich()
    with time_machine.travel(nairobi("2026-11-22T12:00"), tick=False):
        move(acme, 50)
        move(acme, 10)
    storage.renew_tiers(today=date(2026, 11, 23))
    storage.renew_tiers(today=date(2026, 12, 1))
    assert paid()[-1] == (1000, 160)


def test_who_cannot_pay_is_told_tried_for_a_week_and_then_goes_back_to_the_free_tier():
    acme = rich(3_500)
    with time_machine.travel(nairobi("2026-11-22T12:00"), tick=False):
        move(acme, 50)
    outcomes = []
    for day in range(1, 10):
        with time_machine.travel(nairobi(f"2026-12-{day:02d}T00:10"), tick=False):
            outcomes += storage.renew_tiers()
    assert outcomes == ["unpaid", *["waiting"] * 6, "lapsed"]
    assert shelf.tier_of(acme.id, "live") == 5
    assert [mail.subject for mail in Mail.objects.order_by("created_at")] == [
        "Acme Fintech could not pay its storage",
        "The storage of Acme Fintech is 5 GB again",
    ]


def test_a_top_up_within_the_week_pays_the_month():
    acme = rich(3_500)
    with time_machine.travel(nairobi("2026-11-22T12:00"), tick=False):
        move(acme, 50)
    with time_machine.travel(nairobi("2026-12-01T00:10"), tick=False):
        assert storage.renew_tiers() == {"unpaid": 1}
    rich(90_000)
    with time_machine.travel(nairobi("2026-12-03T00:10"), tick=False):
        assert storage.renew_tiers() == {"paid": 1}
    assert StoragePlan.objects.get().unpaid_since is None


def test_an_upgrade_in_an_unpaid_month_pays_that_month_first():
    acme = rich(3_500)
    with time_machine.travel(nairobi("2026-11-22T12:00"), tick=False):
        move(acme, 50)
    with time_machine.travel(nairobi("2026-12-03T00:10"), tick=False):
        storage.renew_tiers()
        rich(900_000)
        move(acme, 100)
    assert [net for net, _vat in paid()[1:]] == [9000, div_ceil(10_000 * 29, 31)]


@given(
    start=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    steps=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(TIERS)), max_size=8),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_month_costs_more_than_its_dearest_tier_and_charges_match_the_ledger(start, steps):
    tenant = world.tenant(f"{clock.now().timestamp()}@x.example", "X", "X")
    services.credit(
        workspace_id=tenant.id, mode="live", net_minor=10**9, vat_minor=0, kind="adjustment",
        key="rich", description="",
    )  # fmt: skip
    day, dearest = start, {}
    for wait, tier_gb in steps:
        for _ in range(wait):
            day += timedelta(days=1)
            storage.renew_tiers(today=day)
            note(dearest, day, tenant)
        with time_machine.travel(nairobi(f"{day}T12:00"), tick=False):
            move(tenant, tier_gb)
        note(dearest, day, tenant)
    charges = StorageCharge.objects.filter(plan__workspace=tenant.id)
    for month, tier_gb in dearest.items():
        net = charges.filter(month=month).aggregate(sum=Sum("net_minor"))["sum"] or 0
        assert net <= (tier_gb - 5) * 200
    booked = Posting.objects.filter(workspace_id=tenant.id, kind="storage")
    for field in ("net_minor", "vat_minor"):
        assert booked.aggregate(s=Sum(field)) == charges.aggregate(s=Sum(field))


def note(dearest, day, tenant):
    month = rental.month_of(day)
    dearest[month] = max(dearest.get(month, 5), shelf.tier_of(tenant.id, "live"))


def test_recordings_are_kept_as_long_as_the_tier_says():
    acme = rich()
    recording = keep(acme, 1)
    move(acme, 10)
    recording.refresh_from_db()
    assert (recording.expires_at - recording.ready_at).days == 180
    move(acme, 250)
    recording.refresh_from_db()
    assert (recording.expires_at - recording.ready_at).days == 730
    assert storage.keeping_time(recording) == timedelta(days=730)


def test_a_shorter_time_leaves_a_week():
    acme = rich()
    old = keep(acme, 1, at=clock.now() - timedelta(days=300))
    move(acme, 250)
    move(acme, 5)
    old.refresh_from_db()
    assert timedelta(days=6) < old.expires_at - clock.now() <= timedelta(days=7)
    assert expire_recordings() == 0


def test_too_much_is_told_and_a_week_later_the_oldest_go():
    acme = rich()
    old, middle, new = (
        keep(acme, 3, at=clock.now() - timedelta(days=days)) for days in (30, 20, 10)
    )
    assert storage.sweep_storage() == {"warned": 1, "pruned": 0}
    assert storage.sweep_storage() == {"warned": 0, "pruned": 0}
    assert Mail.objects.get().subject == "Acme Fintech keeps more recordings than 5 GB"
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert storage.sweep_storage() == {"warned": 0, "pruned": 2}
    for row in (old, middle, new):
        row.refresh_from_db()
    assert [row.state for row in (old, middle, new)] == ["expired", "expired", "ready"]
    assert storage.sweep_storage() == {"warned": 0, "pruned": 0}


def test_an_upgrade_in_time_saves_the_recordings():
    acme = rich()
    keep(acme, 7)
    storage.sweep_storage()
    move(acme, 10)
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert storage.sweep_storage() == {"warned": 0, "pruned": 0}
    assert StoragePlan.objects.get().over_since is None


def test_the_event_names_both_tiers():
    move(rich(), 50)
    payload = Event.objects.get(kind="storage.tier_changed").payload
    assert (payload["previous_tier_gb"], payload["new_tier_gb"]) == (5, 50)
    assert payload["direction"] == "upgrade"
