import pytest

from calls import services
from kernel.models import Event
from tests import world
from tests.calls import story
from wallet.models import Hold, Posting

pytestmark = pytest.mark.django_db


def test_a_call_of_46_point_2_seconds_costs_47_seconds():
    where = world.acme()
    call = story.place(where)
    services.record_ringing(leg_id=story.leg(call).id)
    call = story.answer(call)
    assert call.status == "answered"
    call = story.end(call, connected_ms=46_200)

    assert call.status == "completed"
    assert (call.duration_seconds, call.cost_minor, call.cost_currency) == (47, 235, "KES")
    posting = Posting.objects.get(call_id=call.id)
    assert (posting.net_minor, posting.vat_minor) == (203, 32)
    money = story.money(where)
    assert (money.balance_minor, money.held_minor) == (100_000 - 235, 0)
    assert story.kinds(call) == [
        "call.started", "call.ringing", "call.answered", "call.completed",
    ]  # fmt: skip
    assert story.announced(call) == ["call.started", "call.answered", "call.completed"]


@pytest.mark.parametrize(
    ("connected_ms", "seconds", "cost"),
    [
        (0, 0, 0),
        (1, 1, 5),
        (400, 1, 5),
        (999, 1, 5),
        (1_000, 1, 5),
        (1_001, 2, 10),
        (46_200, 47, 235),
        (59_999, 60, 300),
        (60_000, 60, 300),
        (60_020, 60, 300),
    ],
)
def test_the_billing_table(connected_ms, seconds, cost):
    where = world.acme()
    call = story.end(story.answer(story.place(where)), connected_ms=connected_ms)

    assert (call.duration_seconds, call.cost_minor) == (seconds, cost)
    assert story.money(where).balance_minor == 100_000 - cost
    assert story.money(where).held_minor == 0


@pytest.mark.parametrize(
    ("sip_code", "ended_by", "status", "reason"),
    [
        (486, "remote", "busy", "busy"),
        (600, "remote", "busy", "busy"),
        (603, "remote", "failed", "rejected"),
        (480, "remote", "no_answer", "no_answer"),
        (408, "remote", "no_answer", "no_answer"),
        (487, "ring_timeout", "no_answer", "no_answer"),
        (487, "local", "canceled", "canceled"),
        (404, "remote", "failed", "invalid_number"),
        (503, "remote", "failed", "network"),
        (503, "engine", "failed", "network"),
        (487, "lease", "failed", "engine_lost"),
        (None, "lost", "failed", "engine_lost"),
    ],
)
def test_an_unanswered_call_costs_nothing_and_says_why(sip_code, ended_by, status, reason):
    where = world.acme()
    call = story.end(story.place(where), sip_code=sip_code, ended_by=ended_by)

    assert (call.status, call.failure_code, call.cost_minor) == (status, reason, 0)
    assert story.money(where).balance_minor == 100_000
    assert story.money(where).held_minor == 0
    assert Hold.objects.get().status == "voided"
    event = Event.objects.get(kind="call.failed")
    assert event.payload["call_status"] == status
    assert event.payload["status"] == "failed"
    assert event.payload["failure_reason"] == reason
    assert "cost_minor" not in event.payload


def test_the_final_event_carries_what_the_call_cost():
    call = story.end(story.answer(story.place(world.acme())), connected_ms=46_200)

    payload = Event.objects.get(kind="call.completed").payload
    assert payload["call_id"] == str(call.id)
    assert payload["pbx_call_id"] == call.session_id
    assert payload["from"] == world.FIRST_NUMBER
    assert payload["to"] == story.FRIEND
    assert payload["call_status"] == payload["status"] == "completed"
    assert payload["duration_seconds"] == 47
    assert payload["cost_minor"] == 235
    assert payload["currency"] == "KES"
    assert payload["hangup_cause"] == "normal_clearing"


def test_reports_that_come_twice_change_nothing():
    where = world.acme()
    call = story.place(where)
    for _ in range(2):
        story.answer(call)
    for _ in range(3):
        call = story.end(call, connected_ms=10_000)
    story.answer(call)
    services.record_ringing(leg_id=story.leg(call).id)

    assert story.fresh(call).status == "completed"
    assert story.announced(call) == ["call.started", "call.answered", "call.completed"]
    assert story.money(where).balance_minor == 100_000 - 50


def test_the_first_of_several_to_answer_is_the_call():
    where = world.acme()
    call = story.place(where, to=[story.FRIEND, story.OTHER])
    call = story.answer(call, 1)

    assert call.remote_e164 == story.OTHER
    hung_up = [body["leg"] for kind, body in story.orders(call) if kind == "hangup"]
    assert hung_up == [str(story.leg(call, 0).id)]

    call = story.end(call, 0, sip_code=487, ended_by="local")
    assert call.status == "answered"
    call = story.end(call, 1, connected_ms=1_500)
    assert (call.status, call.cost_minor) == ("completed", 10)
    assert story.kinds(call)[-2:] == ["leg.ended", "call.completed"]


def test_a_second_answer_is_hung_up_and_never_billed():
    where = world.acme()
    call = story.place(where, to=[story.FRIEND, story.OTHER])
    story.answer(call, 0)
    story.answer(call, 1)
    story.end(call, 1, connected_ms=30_000)
    call = story.end(call, 0, connected_ms=2_000)

    assert call.remote_e164 == story.FRIEND
    assert call.cost_minor == 10
    assert Posting.objects.filter(kind="call").count() == 1
    assert "leg.answered_late" in story.kinds(call)


def test_the_call_ends_with_the_last_leg_and_the_most_telling_reason():
    call = story.place(world.acme(), to=[story.FRIEND, story.OTHER])
    call = story.end(call, 0, sip_code=486)
    assert call.status == "ringing"
    call = story.end(call, 1, sip_code=503)
    assert (call.status, call.failure_code) == ("busy", "busy")


def test_an_answered_call_that_breaks_is_failed_and_billed_to_the_last_beat():
    where = world.acme()
    call = story.end(
        story.answer(story.place(where)), connected_ms=12_000, sip_code=None, ended_by="lost"
    )
    assert (call.status, call.failure_code, call.cost_minor) == ("failed", "engine_lost", 60)
    payload = Event.objects.get(kind="call.failed").payload
    assert (payload["cost_minor"], payload["duration_seconds"]) == (60, 12)
    assert story.money(where).balance_minor == 100_000 - 60


def test_a_call_that_ran_out_of_money_is_completed():
    call = story.answer(story.place(world.acme(), money=50))
    call = story.end(call, connected_ms=10_015, ended_by="paid_until")
    assert (call.status, call.cost_minor, call.hangup_cause) == (
        "completed", 50, "allotted_timeout",
    )  # fmt: skip
    assert story.money(world.acme()).balance_minor == 0


def test_a_voice_failure_is_kept_on_the_completed_call():
    call = story.answer(story.place(world.acme()))
    services.record_failure(call_id=call.id, failure_code="voice_callback_unreachable")
    services.record_failure(call_id=call.id, failure_code="later")
    call = story.end(call, connected_ms=3_000, ended_by="local")
    assert (call.status, call.failure_code) == ("completed", "voice_callback_unreachable")
    payload = Event.objects.get(kind="call.completed").payload
    assert payload["failure_code"] == "voice_callback_unreachable"


def test_a_report_after_the_hold_expired_takes_the_money_if_it_is_still_there():
    from django.utils import timezone

    from wallet import services as wallet

    where = world.acme()
    call = story.answer(story.place(where))
    Hold.objects.update(expires_at=timezone.now() - timezone.timedelta(seconds=1))
    wallet.expire_holds()
    call = story.end(call, connected_ms=4_000)
    assert (call.status, call.cost_minor) == ("completed", 20)
    assert story.money(where).balance_minor == 100_000 - 20
