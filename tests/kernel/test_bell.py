"""Rings through Valkey, from threads that come and go."""

import threading
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import RequestFactory

from kernel import bell, request_log


def test_each_of_many_short_threads_can_ask():
    answers = []
    for _number in range(150):
        thread = threading.Thread(target=lambda: answers.append(bell.ask("PING")))
        thread.start()
        thread.join()
    assert answers == ["PONG"] * 150


def test_a_ring_is_heard_and_so_is_the_one_after_its_connection_broke():
    listener = bell.Listener("broken")
    listener.wait(0.05)
    bell.ring_now("broken", "one")
    assert listener.wait(5) == ["one"]
    told = [each["id"] for each in bell.client().client_list() if each["cmd"] == "publish"]
    assert told
    for each in told:
        bell.client().client_kill_filter(_id=each)
    bell.ring_now("broken", "two")
    assert listener.wait(5) == ["two"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rings_each_of_its_bells_once_and_only_when_it_stands():
    listener = bell.Listener("of-one", "of-two")
    listener.wait(0.05)
    with transaction.atomic():
        bell.ring("of-one", "a")
        bell.ring("of-two", "b")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            bell.ring("of-one", "a")
            raise ZeroDivisionError
        with transaction.atomic():
            bell.ring("of-two", "c")
        assert listener.wait(0.05) == []
    assert listener.wait(5) == ["a", "b", "c"]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bell.ring("of-one", "never")
        raise ZeroDivisionError
    assert listener.wait(0.05) == []


@pytest.mark.django_db(transaction=True)
def test_a_bell_first_rung_in_what_was_taken_back_is_still_rung_for_the_rest():
    listener = bell.Listener("rest")
    listener.wait(0.05)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            bell.ring("rest", "a")
            raise ZeroDivisionError
        bell.ring("rest", "a")
    assert listener.wait(5) == ["a"]


def test_a_request_in_each_of_many_short_threads_is_noted():
    request = RequestFactory().get("/v1/calls")
    request.caller = request_log.Caller(uuid4(), "live")
    for _number in range(150):
        thread = threading.Thread(target=request_log.note, args=(request, 200, 1))
        thread.start()
        thread.join()
    assert len(request_log.waiting(1000)) == 150
