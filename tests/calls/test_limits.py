"""Spending limits, do-not-call lists, the kill switch, and how many calls run at once."""

from datetime import timedelta

import pytest
from django.db import connection

from calls import services
from calls.errors import CallsStopped, CostLimitTooLow, DoNotCallListed, PriceTooHigh
from calls.models import Call, CallPolicy, DoNotCall
from kernel.errors import RateLimited
from kernel.models import AuditEntry, Event
from telephony import dialing
from telephony.interpreter.effects import Dial
from telephony.models import Session
from tests import world
from tests.calls import story
from wallet.errors import InsufficientBalance, LimitReached
from wallet.models import Hold, Limit
from wallet.services import Caps, set_limit

pytestmark = pytest.mark.django_db


def limit(where, *, key=None, mode="live", **caps):
    return set_limit(
        workspace_id=where.workspace.id,
        mode=mode,
        api_key_id=key.key.id if key else None,
        caps=Caps(**caps),
        actor="tests",
    )


def quick(where, **options):
    """Let a workspace place as many calls as it likes."""
    CallPolicy.objects.update_or_create(
        workspace=where.workspace, defaults={"calls_per_second": 10_000, **options}
    )


def committed(where):
    return Limit.objects.get(wallet__workspace=where.workspace, api_key=None).committed_minor


def shift_to_yesterday(where):
    """Make everything that was counted today yesterday's."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_hold SET counted_on = counted_on - 1")
        cursor.execute("UPDATE wallet_limit SET counted_on = counted_on - 1")


def test_a_day_limit_lets_calls_talk_for_what_it_leaves_and_no_more():
    where = world.acme()
    limit(where, day_minor=400)
    first = story.place(where)
    assert (first.paid_until_seconds, committed(where)) == (60, 300)

    second = story.place(where)
    assert (second.paid_until_seconds, committed(where)) == (20, 400)

    with pytest.raises(LimitReached) as caught:
        story.place(where)
    assert "KES 4.00" in str(caught.value)
    assert Call.objects.count() == 2


def test_what_comes_back_may_be_spent_again_the_same_day():
    where = world.acme()
    limit(where, day_minor=300)
    story.end(story.place(where), sip_code=486, cause="busy")
    assert committed(where) == 0

    call = story.answer(story.place(where), seconds_ago=10)
    story.end(call, connected_ms=10_000)
    assert committed(where) == 50
    assert story.place(where).paid_until_seconds == 50


def test_a_day_limit_ends_with_the_day_in_nairobi():
    where = world.acme()
    limit(where, day_minor=300)
    story.place(where)
    with pytest.raises(LimitReached):
        story.place(where)
    shift_to_yesterday(where)
    assert story.place(where).paid_until_seconds == 60
    assert committed(where) == 300


def test_talk_after_midnight_counts_on_the_new_day():
    where = world.acme()
    limit(where, day_minor=500)
    call = story.answer(story.place(where), seconds_ago=40)
    shift_to_yesterday(where)
    assert services.extend_due() == 1
    assert story.fresh(call).paid_until_seconds == 120
    assert committed(where) == 300
    story.end(story.fresh(call), connected_ms=61_000)
    assert committed(where) == 5


def test_a_running_call_is_not_prolonged_past_the_limit_and_the_event_is_sent_once():
    where = world.acme()
    limit(where, day_minor=350)
    call = story.answer(story.place(where), seconds_ago=40)
    assert services.extend_due() == 1
    assert story.fresh(call).paid_until_seconds == 70
    Call.objects.update(answered_at=call.answered_at - timedelta(seconds=20))
    assert services.extend_due() == services.extend_due() == 0
    (told,) = Event.objects.filter(kind="wallet.limit_reached")
    assert told.payload["limit_minor"] == told.payload["committed_minor"] == 350


def test_a_limit_that_is_set_at_noon_counts_the_morning():
    where = world.acme()
    call = story.answer(story.place(where), seconds_ago=30)
    story.end(call, connected_ms=30_000)
    story.place(where)
    assert limit(where, day_minor=1_000).committed_minor == 450


def test_a_key_has_a_limit_of_its_own_and_others_go_on():
    where = world.acme()
    spender, other = world.issue(where), world.issue(where)
    limit(where, key=spender, day_minor=300)
    story.place(where, api_key_id=spender.key.id)
    with pytest.raises(LimitReached) as caught:
        story.place(where, api_key_id=spender.key.id)
    assert "this API key" in str(caught.value)
    story.place(where, api_key_id=other.key.id)
    story.place(where)


def test_a_refused_request_leaves_an_event_though_it_was_rolled_back():
    where = world.acme()
    number = world.claim(where)
    limit(where, day_minor=4)
    story.drain(where, 10_000)
    client = world.api(where)
    for _ in range(2):
        answer = client.post("/v1/calls", {"from": number.e164, "to": story.FRIEND}, key="once")
        assert (answer.status_code, world.code_of(answer)) == (402, "wallet.limit_reached")
    assert Event.objects.filter(kind="wallet.limit_reached").count() == 1
    assert not Call.objects.exists()
    assert not Hold.objects.exists()


def test_one_call_may_not_cost_more_than_its_limit():
    where = world.acme()
    limit(where, call_minor=400)
    call = story.answer(story.place(where), seconds_ago=40)
    services.extend_due()
    assert story.fresh(call).paid_until_seconds == 80
    Call.objects.update(answered_at=call.answered_at - timedelta(seconds=30))
    assert services.extend_due() == 0
    ended = story.end(story.fresh(call), connected_ms=80_400)
    assert (ended.duration_seconds, ended.cost_minor) == (80, 400)


def test_a_limit_below_the_price_of_a_second_places_no_call():
    limit(world.acme(), call_minor=4)
    with pytest.raises(CostLimitTooLow):
        story.place(world.acme())


def test_a_price_above_the_limit_places_no_call():
    limit(world.acme(), minute_minor=299)
    with pytest.raises(PriceTooHigh):
        story.place(world.acme())
    limit(world.acme(), minute_minor=300)
    story.place(world.acme())


def test_without_money_it_is_money_that_is_named():
    where = world.acme()
    limit(where, day_minor=1_000)
    with pytest.raises(InsufficientBalance):
        story.place(where, money=0)


def test_a_number_on_the_list_of_the_workspace_or_of_everybody_is_not_called():
    where = world.acme()
    facts = {"workspace_id": where.workspace.id, "mode": "live", "actor": "tests"}
    assert services.list_numbers(numbers=[story.FRIEND, story.FRIEND], **facts) == 1
    assert services.list_numbers(numbers=[story.FRIEND], **facts) == 0
    DoNotCall.objects.create(e164=story.OTHER)
    for to in ([story.FRIEND], [story.OTHER], ["+254733000000", story.OTHER]):
        with pytest.raises(DoNotCallListed):
            story.place(where, to=to)
    services.unlist_number(e164=story.FRIEND, **facts)
    story.place(where)


def test_the_list_of_another_workspace_is_its_own():
    services.list_numbers(
        workspace_id=world.chege().workspace.id,
        mode="live",
        numbers=[story.FRIEND],
        actor="tests",
    )
    story.place(world.acme())


def test_the_kill_switch_ends_every_call_and_gives_the_money_back():
    where = world.acme()
    quick(where)
    ringing = story.place(where)
    talking = story.answer(story.place(where), seconds_ago=10)
    before = story.money(where).balance_minor
    stopped = services.stop_calls(workspace_id=where.workspace.id, reason="fraud", actor="ops")
    assert stopped == 2
    hangups = [body["cause"] for kind, body in story.orders() if kind == "hangup"]
    assert hangups == ["stopped", "stopped"]
    story.end(ringing, sip_code=487, cause="canceled", ended_by="local")
    story.end(talking, connected_ms=10_200, ended_by="local")
    money = story.money(where)
    assert (money.held_minor, money.balance_minor) == (0, before - 55)
    with pytest.raises(CallsStopped):
        story.place(where)
    row = AuditEntry.objects.get(action_kind="calls.stopped")
    assert (row.actor, row.reason) == ("ops", "fraud")

    services.resume_calls(workspace_id=where.workspace.id, reason="false alarm", actor="ops")
    story.place(where)


@pytest.mark.django_db(transaction=True)
def test_requests_at_one_moment_never_run_more_calls_than_allowed():
    where = world.acme()
    quick(where, concurrent_calls_max=3)
    number = world.claim(where)
    story.drain(where, 1_000_000)

    def place(_index):
        return services.place_call(
            workspace_id=where.workspace.id, mode="live", from_e164=number.e164, to=[story.FRIEND]
        )

    results = world.together(12, place)
    assert sum(isinstance(each, Call) for each in results) == 3
    assert sum(isinstance(each, RateLimited) for each in results) == 9
    assert Call.objects.count() == 3
    assert story.money(where).held_minor == 900


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_one_moment_never_pass_a_limit_together():
    where = world.acme()
    quick(where)
    number = world.claim(where)
    story.drain(where, 1_000_000)
    limit(where, day_minor=1_000)

    def place(_index):
        return services.place_call(
            workspace_id=where.workspace.id, mode="live", from_e164=number.e164, to=[story.FRIEND]
        )

    results = world.together(12, place)
    assert story.money(where).held_minor == committed(where) == 1_000
    assert {type(each) for each in results} <= {Call, LimitReached}


@pytest.mark.django_db(transaction=True)
def test_no_call_slips_through_while_the_switch_is_thrown():
    where = world.acme()
    quick(where)
    number = world.claim(where)
    story.drain(where, 1_000_000)

    def act(index):
        if index == 5:
            return services.stop_calls(workspace_id=where.workspace.id, reason="fraud", actor="ops")
        return services.place_call(
            workspace_id=where.workspace.id, mode="live", from_e164=number.e164, to=[story.FRIEND]
        )

    results = world.together(11, act)
    placed = [each for each in results if isinstance(each, Call)]
    assert {type(each) for each in results} <= {Call, CallsStopped, int}
    told = {str(body["leg"]) for kind, body in story.orders() if kind == "hangup"}
    assert told == {str(story.leg(call).id) for call in placed}


def test_a_dialled_call_counts_for_the_key_of_its_caller_and_its_refusal_is_announced():
    where = world.acme()
    spender = world.issue(where)
    limit(where, key=spender, day_minor=300)
    call = story.answer(story.place(where, api_key_id=spender.key.id))
    session = Session.objects.create(call=call, leg_id=call.winner_id, state={})
    wish = Dial(
        id="d1", numbers=(story.OTHER,), is_sequential=False, caller_id="",
        timeout_seconds=30, record=False,
    )  # fmt: skip
    outcome = dialing.begin(call, session, wish)
    assert outcome is not None
    assert outcome.reason == "wallet.limit_reached"
    assert Event.objects.filter(kind="wallet.limit_reached").count() == 1
    assert Call.objects.count() == 1
