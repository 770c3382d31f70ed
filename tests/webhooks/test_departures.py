"""A lane that answers fast is leased ahead, and still has two requests under way at once."""

import asyncio

import pytest

from tests import world
from tests.webhooks import scene
from webhooks import lanes, services
from webhooks.departures import Departures
from webhooks.models import Delivery
from webhooks.services.claims import Rota

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 3 * lanes.AHEAD


@pytest.fixture
def acme():
    return world.acme()


def quick(where):
    return Rota(quick={lanes.of_endpoint(scene.endpoint(where).id): None})


def run(parcels, outcome):
    """Serve the parcels with servers that answer so; return (most at once, sent, given back)."""
    under_way, most, sent, returned = set(), [0], [], []

    async def send(parcel):
        under_way.add(parcel.delivery_id)
        most[0] = max(most[0], len(under_way))
        await asyncio.sleep(0.01)
        under_way.discard(parcel.delivery_id)
        return outcome(len(sent))

    async def serve():
        departures = Departures(send, lambda *one: sent.append(one), returned.extend)
        departures.add(parcels)
        assert not await departures.quiet(10)
        return departures.rota

    rota = asyncio.run(serve())
    return most[0], sent, returned, rota


def test_a_quick_lane_is_leased_ahead_and_no_further(acme):
    rota = quick(acme)
    scene.emit(acme, MANY)
    assert len(services.claim_first(200, rota)) == lanes.AHEAD
    assert services.claim_first(200, rota) == []


def test_a_lane_somebody_else_sends_in_is_not_leased_ahead(acme):
    mine, other = quick(acme), Rota()
    scene.emit(acme, MANY)
    assert len(services.claim_first(1, other)) == 1
    assert len(services.claim_first(200, mine)) == lanes.IN_FLIGHT - 1
    assert services.claim_first(200, other) == []


def test_an_ordered_lane_is_never_leased_ahead(acme):
    endpoint = scene.endpoint(acme, ordered=True)
    scene.emit(acme, MANY)
    rota = Rota(quick={lanes.of_endpoint(endpoint.id): None})
    assert len(services.claim_first(200, rota)) == 1


def test_two_are_under_way_at_once_however_many_are_leased(acme):
    rota = quick(acme)
    scene.emit(acme, MANY)
    parcels = services.claim_first(200, rota)
    most, sent, returned, rated = run(parcels, lambda _number: scene.good())
    assert most == lanes.IN_FLIGHT
    assert [parcel for parcel, _outcome in sent] == parcels
    assert returned == []
    assert list(rated.quick) == [parcels[0].lane]


def test_a_failure_gives_back_what_waits_behind_it(acme):
    rota = quick(acme)
    scene.emit(acme, MANY)
    parcels = services.claim_first(200, rota)
    _most, sent, returned, rated = run(parcels, lambda _number: scene.bad())
    assert len(sent) == lanes.IN_FLIGHT
    assert returned == parcels[lanes.IN_FLIGHT :]
    assert rated.quick == {}
    services.record_outcomes(sent)
    services.give_back(returned)
    assert not Delivery.objects.filter(lease_token__isnull=False).exists()
    assert len(services.claim_first(200, Rota())) == lanes.IN_FLIGHT
