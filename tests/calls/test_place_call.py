import pytest

from calls import services
from calls.errors import CallsStopped, DestinationDenied
from calls.models import Call, CallPolicy
from kernel.errors import BadRequest, RateLimited
from numbers.errors import NumberSuspended
from numbers.states import NUMBER
from telephony.models import Command
from tests import world
from tests.calls import story
from wallet.errors import InsufficientBalance

pytestmark = pytest.mark.django_db


def refused(problem, **changes):
    where = world.acme()
    number = world.claim(where)
    arguments = {
        "workspace_id": where.workspace.id,
        "mode": "live",
        "from_e164": number.e164,
        "to": [story.FRIEND],
    }
    with pytest.raises(problem) as caught:
        services.place_call(**(arguments | changes))
    assert not Call.objects.exists()
    assert not Command.objects.exists()
    assert story.money(where).held_minor == 0
    return caught.value


def test_a_minute_is_held_and_the_engine_is_told_how_long_it_may_talk():
    call = story.place(world.acme())

    assert call.status == "ringing"
    assert call.session_id.startswith("HD_")
    assert call.paid_until_seconds == 60
    assert story.money(world.acme()).held_minor == 300
    ((kind, body),) = story.orders()
    assert kind == "originate"
    assert body["from"] == world.FIRST_NUMBER
    assert body["to"] == story.FRIEND
    assert body["paid_until_s"] == 60
    assert body["ring_timeout_s"] == 60
    assert story.kinds(call) == story.announced(call) == ["call.started"]


@pytest.mark.parametrize(("money", "seconds", "held"), [(5, 1, 5), (9, 1, 5), (52, 10, 50)])
def test_little_money_buys_few_seconds(money, seconds, held):
    call = story.place(world.acme(), money=money)

    assert call.paid_until_seconds == seconds
    assert story.money(world.acme()).held_minor == held


def test_money_for_less_than_a_second_places_no_call():
    where = world.acme()
    with pytest.raises(InsufficientBalance):
        story.place(where, money=4)
    assert not Call.objects.exists()
    assert not Command.objects.exists()


def test_another_call_is_refused_when_the_first_one_holds_the_money():
    story.place(world.acme(), money=300)
    with pytest.raises(InsufficientBalance):
        services.place_call(
            workspace_id=world.acme().workspace.id,
            mode="live",
            from_e164=world.FIRST_NUMBER,
            to=[story.OTHER],
        )


def test_several_numbers_are_dialled_together_on_one_hold():
    call = story.place(world.acme(), to=[story.FRIEND, story.OTHER, story.FRIEND])

    assert [leg.to_e164 for leg in call.legs.order_by("pk")] == [story.FRIEND, story.OTHER]
    assert story.money(world.acme()).held_minor == 300
    assert len(story.orders()) == 2


@pytest.mark.parametrize("to", [[], ["0712345678"], ["+2547"], ["254712345678"], ["+0712345678"]])
def test_a_wrong_destination_is_named(to):
    problem = refused(BadRequest, to=to)
    assert problem.fields[0][0] in ("to", "to[0]")


def test_eleven_numbers_are_too_many():
    refused(BadRequest, to=[f"+2547123456{n:02d}" for n in range(11)])


@pytest.mark.parametrize("from_e164", ["+254200000077", "0200000000", ""])
def test_a_number_that_is_not_ours_cannot_call(from_e164):
    assert refused(BadRequest, from_e164=from_e164).fields[0][0] == "from"


def test_a_number_of_another_workspace_cannot_call_and_is_not_revealed():
    world.claim(world.chege(), "+254200000005")
    problem = refused(BadRequest, from_e164="+254200000005")
    assert "not a number of this workspace" in str(problem)


def test_a_test_key_cannot_call_from_a_live_number():
    refused(BadRequest, mode="test")


def test_a_suspended_number_makes_no_calls():
    NUMBER.apply(world.claim(world.acme()), "suspend")
    refused(NumberSuspended)


@pytest.mark.parametrize(
    "to", ["+14155550100", "+254900123456", "+254800123456", "+881612345678", "+254999999"]
)
def test_only_kenyan_fixed_and_mobile_numbers_are_open(to):
    refused(DestinationDenied, to=[to])


def test_one_denied_number_denies_the_whole_call():
    refused(DestinationDenied, to=[story.FRIEND, "+14155550100"])


def test_an_operator_can_stop_all_calls():
    CallPolicy.objects.create(workspace=world.acme().workspace, is_stopped=True)
    refused(CallsStopped)


def test_too_many_calls_in_a_second_are_refused():
    with pytest.raises(RateLimited):
        for _ in range(30):
            story.place(world.acme())
    assert Call.objects.count() >= 5


def test_an_operator_can_lower_how_many_calls_run_at_once():
    CallPolicy.objects.create(workspace=world.acme().workspace, concurrent_calls_max=1)
    story.place(world.acme())
    with pytest.raises(RateLimited):
        story.place(world.acme())


def test_a_test_call_reaches_fixed_numbers_only_and_spends_test_money():
    where = world.acme()
    call = story.place(where, to=["+254711000001"], mode="test", money=1_000)
    assert call.mode == "test"
    assert story.money(where, "test").held_minor == 300
    assert story.money(where).held_minor == 0
    with pytest.raises(DestinationDenied):
        story.place(where, mode="test")


def test_the_caller_id_must_be_ours_too():
    world.claim(world.acme(), "+254200000001")
    call = story.place(world.acme(), caller_id="+254200000001")
    assert story.orders()[0][1]["from"] == "+254200000001"
    assert call.local_e164 == world.FIRST_NUMBER
    assert refused_caller("+254200000009").fields[0][0] == "caller_id"


def refused_caller(caller_id):
    with pytest.raises(BadRequest) as caught:
        story.place(world.acme(), caller_id=caller_id)
    return caught.value


@pytest.mark.parametrize(
    "label", ["mcp:1", "broadcast:x", "tab\there", "x" * 5001, "nul\x00", "line\nbreak"]
)
def test_labels_with_a_meaning_of_their_own_are_refused(label):
    assert refused(BadRequest, client_request_id=label).fields[0][0] == "client_request_id"


@pytest.mark.parametrize("url", ["ftp://x.example/", "voice", "https://", "http://u:p@x.example/"])
@pytest.mark.parametrize("field", ["voice_callback_url", "webhook_url"])
def test_addresses_are_checked(field, url):
    assert refused(BadRequest, **{field: url}).fields[0][0] == field


def test_the_voice_url_of_the_call_wins_over_the_numbers():
    number = world.claim(world.acme(), voice_callback_url="https://acme.example/voice")
    assert number.voice_callback_url
    assert story.place(world.acme()).voice_url == "https://acme.example/voice"
    call = story.place(world.acme(), voice_callback_url="https://acme.example/other")
    assert call.voice_url == "https://acme.example/other"
