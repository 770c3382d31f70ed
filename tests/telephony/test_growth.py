"""However many calls there were, what a call asks goes to its rows by an index."""

import pytest
from django.db import connection

from bench import plans
from calls import services as calls
from calls.models import Call
from kernel import clock, relay, work
from telephony.gateway import apply as applying
from telephony.gateway import dispatch, recovery
from tests import world
from tests.calls import story
from tests.telephony.test_send_orders import engine

pytestmark = pytest.mark.django_db

READS = ("SELECT", "WITH", "UPDATE", "DELETE")


@pytest.fixture
def asked():
    """What is asked from here on: each text once, with values it was asked with."""
    texts = {}

    def note(execute, sql, values, many, context):
        if sql.split(maxsplit=1)[0].upper() in READS:
            texts[sql] = values or ()
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield texts


def unindexed(asked):
    found = {sql: plans.unindexed(sql, values) for sql, values in dict(asked).items()}
    return {sql: names for sql, names in found.items() if names}


def test_no_event_of_a_call_reads_a_table_that_grows(asked):
    ours = engine()
    call = story.place(world.acme())
    (order,) = dispatch.claim([ours], lambda: ours)
    event = {"leg": order.line["leg"]}
    applying.apply(ours, event | {"seq": 1, "kind": "ringing"})
    applying.apply(ours, event | {"seq": 2, "kind": "answered", "at": clock.now().timestamp()})
    applying.apply(ours, event | {"seq": 3, "kind": "played", "id": "0"})
    end = {"connected_ms": 900, "sip_code": 200, "reason": "hangup", "ended_by": "local"}
    applying.apply(ours, event | {"seq": 4, "kind": "ended"} | end)
    work.claim("voice", 10)
    relay.sequence_batch()
    assert Call.objects.get(pk=call.pk).status == "completed"
    assert len(asked) > 30
    assert unindexed(asked) == {}


def test_no_look_at_the_clock_reads_a_table_that_grows(asked):
    calls.extend_due()
    calls.warn_due()
    calls.sweep_lost_legs()
    recovery.close_forgotten()
    assert len(asked) > 3
    assert unindexed(asked) == {}
