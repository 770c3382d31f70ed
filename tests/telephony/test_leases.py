"""Leases under load: nothing that waits for a call or a busy engine keeps one from being renewed."""

import json
import socket
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from calls import services
from calls.models import Call
from kernel import clock
from kernel.ids import uuid7
from telephony.gateway import apply as applying
from telephony.gateway.child import Child
from telephony.models import Engine
from tests import world
from tests.calls import story

LINES = 5_000
WAITING = """
    SELECT count(*) FROM pg_locks
     WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""


def engine():
    now = clock.now()
    facts = {"host": "here", "pid": 1, "journal": "", "renewed_at": now, "lease_until": now}
    return Engine.objects.create(**facts).id


def wait_for(found, seconds=20):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_an_event_of_its_engine_waits_for_a_call():
    ours = engine()
    call = story.place(world.acme())
    leg = story.leg(call)
    services.assign_engines({leg.id: ours})
    stored = []

    def ring():
        stored.append(applying.apply(ours, {"seq": 1, "kind": "ringing", "leg": str(leg.id)}))
        connection.close()

    thread = threading.Thread(target=ring)
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        thread.start()
        wait_for(somebody_waits_for_us)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        assert Engine.objects.filter(pk=ours).update(lease_until=clock.now()) == 1
    thread.join(20)
    assert stored == [True]
    assert Engine.objects.get(pk=ours).applied_seq == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_that_two_gateways_have_is_stored_by_one():
    ours = engine()
    world.claim(world.acme())
    line = {"seq": 1, "kind": "incoming", "leg": str(uuid7()), "from": story.FRIEND}
    line |= {"to": world.FIRST_NUMBER}
    answers = world.together(2, lambda _: applying.apply(ours, line))
    assert answers.count(True) == 1
    # The one who came second asks again, and hears that it is done.
    assert applying.apply(ours, line) is False
    assert Call.objects.count() == 1


def test_a_busy_engine_keeps_nobody_waiting_and_gets_every_line_in_order():
    ours, theirs = socket.socketpair()
    child = Child.__new__(Child)
    child.id, child._socket = uuid7(), ours
    child._sending, child._unsent = threading.Lock(), bytearray()
    for number in range(LINES):
        child.send({"kind": "ack", "seq": number})
    heard = []

    def listen():
        with theirs.makefile("rb") as stream:
            heard.extend(json.loads(raw)["seq"] for raw in stream)

    reader = threading.Thread(target=listen)
    reader.start()
    at = LINES
    while child._unsent:
        child.send({"kind": "ack", "seq": at})
        at += 1
        time.sleep(0.001)
    ours.close()
    reader.join(20)
    theirs.close()
    assert heard == list(range(at))


def test_an_engine_that_is_gone_is_told_nothing_and_nobody_falls_over():
    ours, theirs = socket.socketpair()
    theirs.close()
    child = SimpleNamespace(id=uuid7(), _socket=ours, _sending=threading.Lock())
    child._unsent = bytearray()
    Child.send(child, {"kind": "lease"})
    assert not child._unsent
    ours.close()
