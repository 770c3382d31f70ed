"""A call told in a few words: placed, rung, answered, ended, and what it left behind."""

from datetime import timedelta

from django.conf import settings

from calls import services
from calls.models import Call
from kernel import clock
from kernel.models import Event
from telephony.models import Command
from tests import world
from wallet import queries as wallet

FRIEND = "+254712345678"
OTHER = "+254722000000"


def place(where, to=(FRIEND,), *, money=100_000, **options):
    """Place a call from Acme's number with that much money beyond the rental."""
    number = world.claim(where, mode=options.get("mode", "live"))
    drain(where, money)
    return services.place_call(
        workspace_id=where.workspace.id,
        mode=options.pop("mode", "live"),
        from_e164=number.e164,
        to=list(to),
        **options,
    )


def drain(where, amount_minor, mode="live"):
    """Leave exactly this much money available."""
    from wallet import services as verbs

    now = wallet.balance(where.workspace.id, mode).available_minor
    if now < amount_minor:
        world.fund(where, amount_minor - now, mode)
    elif now > amount_minor:
        verbs.charge(
            workspace_id=where.workspace.id,
            mode=mode,
            net_minor=now - amount_minor,
            vat_minor=0,
            kind="adjustment",
            key=f"tests:drain:{clock.now().timestamp()}",
            description="For a test",
        )


def leg(call, place=0):
    return call.legs.order_by("pk")[place]


def answer(call, place=0, *, seconds_ago=0):
    """The far end answers; returns the call as it is now."""
    at = clock.now() - timedelta(seconds=seconds_ago)
    services.record_answered(leg_id=leg(call, place).id, at=at)
    return fresh(call)


def end(call, place=0, *, connected_ms=0, sip_code=200, ended_by="remote", cause="bye"):
    """The leg ends; returns the call as it is now."""
    services.record_ended(
        leg_id=leg(call, place).id,
        connected_ms=connected_ms,
        sip_code=sip_code,
        cause=cause,
        ended_by=ended_by,
    )
    return fresh(call)


def fresh(call):
    return Call.objects.get(pk=call.pk)


def money(where, mode="live"):
    return wallet.balance(where.workspace.id, mode)


def kinds(call):
    return list(call.events.values_list("kind", flat=True))


def announced(call):
    return list(Event.objects.filter(call_id=call.id).order_by("id").values_list("kind", flat=True))


def orders(call=None):
    rows = Command.objects.order_by("id")
    if call is not None:
        rows = rows.filter(leg_id__in=call.legs.values("pk"))
    return [(row.kind, row.body) for row in rows]


def slice_seconds():
    return settings.CALL_SLICE_SECONDS
