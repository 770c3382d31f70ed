import pytest

from calls import services
from calls.models import Call
from kernel import clock
from kernel.models import Event
from tests import world
from tests.calls import story
from tests.wallet.books import assert_books_are_right
from wallet.errors import InsufficientBalance
from wallet.models import Posting

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_reports_of_one_end_take_the_money_once():
    where = world.acme()
    call = story.answer(story.place(where))
    leg_id = story.leg(call).id

    def report(_index):
        services.record_ended(
            leg_id=leg_id, connected_ms=46_200, sip_code=200, cause="bye", ended_by="remote"
        )

    assert world.together(8, report) == [None] * 8
    assert Posting.objects.filter(call_id=call.id).count() == 1
    assert Event.objects.filter(call_id=call.id, kind="call.completed").count() == 1
    assert story.money(where).balance_minor == 100_000 - 235
    assert_books_are_right()


def test_the_end_and_an_extension_at_once_leave_no_hold_behind():
    where = world.acme()
    call = story.answer(story.place(where), seconds_ago=31)

    def act(index):
        if index % 2:
            services.extend_due()
            return
        services.record_ended(
            leg_id=story.leg(call).id,
            connected_ms=31_000,
            sip_code=200,
            cause="bye",
            ended_by="remote",
        )

    assert world.together(6, act) == [None] * 6
    call = story.fresh(call)
    assert (call.status, call.cost_minor) == ("completed", 155)
    assert story.money(where).held_minor == 0
    assert_books_are_right()


def test_both_legs_answer_at_once_and_one_wins():
    call = story.place(world.acme(), to=[story.FRIEND, story.OTHER])
    legs = list(call.legs.order_by("pk"))

    def answer(index):
        services.record_answered(leg_id=legs[index].id, at=clock.now())

    assert world.together(2, answer) == [None] * 2
    assert story.announced(call).count("call.answered") == 1
    winner = story.fresh(call).winner
    loser = next(leg for leg in legs if leg != winner)
    assert [body["leg"] for kind, body in story.orders(call) if kind == "hangup"].count(
        str(loser.id)
    ) >= 1


def test_ten_calls_for_money_that_covers_three():
    where = world.acme()
    number = world.claim(where)
    story.drain(where, 900)

    def place(index):
        return services.place_call(
            workspace_id=where.workspace.id,
            mode="live",
            from_e164=number.e164,
            to=[f"+25471234560{index}"],
        )

    from calls.models import CallPolicy

    CallPolicy.objects.create(workspace=where.workspace, calls_per_second=100)
    results = world.together(10, place)
    placed = [it for it in results if isinstance(it, Call)]
    assert all(isinstance(it, (Call, InsufficientBalance)) for it in results)
    assert len(placed) >= 3
    money = story.money(where)
    assert money.held_minor == sum(call.paid_until_seconds * 5 for call in placed) <= 900
    assert_books_are_right()
