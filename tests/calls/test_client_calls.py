"""A call of a browser client or a desk phone is refused for the same reasons as one that is placed."""

import pytest

from accounts.errors import Suspended
from calls import services
from calls.errors import CallsStopped, DestinationDenied, DoNotCallListed
from calls.models import Call
from kernel.errors import BadRequest, RateLimited
from numbers.errors import NumberSuspended
from numbers.models import Number
from tests import world
from wallet.errors import InsufficientBalance

pytestmark = pytest.mark.django_db
PERSON = "+254712345678"


@pytest.fixture
def number():
    return world.claim(world.acme())


def open_call(number, to=PERSON, **options):
    number = Number.objects.select_related("workspace").get(pk=number.pk)
    return services.open_client_call(number=number, client="client:alice", to=to, **options)


def test_its_own_leg_is_free_and_nothing_is_held(number):
    world.fund(world.acme(), 10_000)
    leg = open_call(number)
    call = leg.call
    assert (call.direction, call.client, call.rate_minor_per_minute) == (
        "outbound",
        "client:alice",
        0,
    )
    assert (call.from_e164, call.to_e164, call.hold_id) == (number.e164, PERSON, None)


def test_it_is_refused_before_any_engine_hears_of_it(number, settings):
    world.fund(world.acme(), 10_000)
    with pytest.raises(DestinationDenied):
        open_call(number, "+14155550123")
    with pytest.raises(BadRequest):
        open_call(number, "reception")
    services.list_numbers(
        workspace_id=number.workspace_id, mode="live", numbers=[PERSON], actor="tests"
    )
    with pytest.raises(DoNotCallListed):
        open_call(number)
    services.stop_calls(workspace_id=number.workspace_id, reason="fraud", actor="tests")
    with pytest.raises(CallsStopped):
        open_call(number, "+254722345678")
    assert not Call.objects.exists()


def test_money_for_one_second_is_needed(number):
    from wallet import queries
    from wallet import services as wallet

    left = queries.balance(number.workspace_id, "live").available_minor
    wallet.charge(
        workspace_id=number.workspace_id,
        mode="live",
        net_minor=left,
        vat_minor=0,
        kind="adjustment",
        key="tests:empty",
        description="Empty",
    )
    with pytest.raises(InsufficientBalance):
        open_call(number)


def test_a_suspended_number_or_workspace_calls_nobody(number):
    Number.objects.filter(pk=number.pk).update(status="suspended")
    with pytest.raises(NumberSuspended):
        open_call(number)
    Number.objects.filter(pk=number.pk).update(status="active")
    workspace = world.acme().workspace
    workspace.status = workspace.SUSPENDED
    workspace.save()
    with pytest.raises(Suspended):
        open_call(number)


def test_so_many_at_once_and_no_more(number, settings):
    settings.CONCURRENT_CALLS_MAX = 2
    world.fund(world.acme(), 10_000)
    open_call(number)
    open_call(number)
    with pytest.raises(RateLimited):
        open_call(number)
