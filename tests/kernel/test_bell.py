"""Rings through Valkey, from threads that come and go."""

import threading
from uuid import uuid4

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


def test_a_request_in_each_of_many_short_threads_is_noted():
    request = RequestFactory().get("/v1/calls")
    request.caller = request_log.Caller(uuid4(), "live")
    for _number in range(150):
        thread = threading.Thread(target=request_log.note, args=(request, 200, 1))
        thread.start()
        thread.join()
    assert len(request_log.waiting(1000)) == 150
