"""What a dispatcher stores against what a customer changes, and against another dispatcher."""

from datetime import timedelta

import pytest

from kernel import clock
from tests import world
from tests.races.interleaving import every_way
from tests.webhooks import scene
from webhooks import lanes, services
from webhooks.models import Breaker, Delivery, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


class Scene:
    """Endpoints that have failed four times, with two attempts of each under way."""

    def __init__(self, *urls):
        Endpoint.objects.update(deleted_at=clock.now())
        where = world.acme()
        self.endpoints = [scene.endpoint(where, url) for url in urls]
        scene.emit(where, 6)
        for _ in range(2):
            scene.record(services.claim_first(10), scene.bad())
        self.parcels = services.claim_first(10)
        past = clock.now() - timedelta(minutes=1)
        for each in self.endpoints:
            Breaker.objects.create(lane=lanes.of_endpoint(each.id), open_until=past)
        # A success in between forgets since when it fails, and not how often.
        Endpoint.objects.update(failing_since=None)

    def of(self, place):
        mine = self.endpoints[place].id
        return [parcel for parcel in self.parcels if parcel.endpoint_id == mine]

    def fail(self):
        scene.record(self.of(0), scene.bad())

    def delete(self):
        services.delete_endpoint(self.endpoints[0], actor="tests")

    def pause(self):
        services.change_endpoint(self.endpoints[0], is_paused=True, actor="tests")

    def resume(self):
        services.change_endpoint(self.endpoints[0], is_paused=False, actor="tests")


@pytest.mark.parametrize("order", [("fail", "delete"), ("delete", "fail")])
def test_an_endpoint_is_removed_while_its_failure_is_stored(order):
    scenes = {}

    def make(round_):
        scenes[round_] = made = Scene("https://a.example/")
        return getattr(made, order[0]), getattr(made, order[1])

    def judge(round_):
        mine = Delivery.objects.filter(endpoint=scenes[round_].endpoints[0])
        assert not mine.filter(status__in=("pending", "retrying")).exists()

    assert every_way(make, judge=judge) >= 3


@pytest.mark.parametrize("order", [("fail", "resume"), ("resume", "fail")])
def test_an_endpoint_is_resumed_while_its_failure_is_stored(order):
    def make(_round):
        made = Scene("https://a.example/")
        made.pause()
        return getattr(made, order[0]), getattr(made, order[1])

    assert every_way(make) >= 3


def test_two_dispatchers_store_what_two_endpoints_answered():
    def make(_round):
        made = Scene("https://a.example/", "https://b.example/")
        (one, other), (third, fourth) = made.of(0), made.of(1)

        def storing(good, bad):
            sent = [(good, scene.good()), (bad, scene.bad())]
            return lambda: services.record_outcomes(sent)

        return storing(one, third), storing(fourth, other)

    assert every_way(make) >= 3
