"""The story of a call: what happened, second by second, and what it cost and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from calls.models import Call, Recording
from kernel import ids
from kernel.models import AuditEntry, Event
from sautikit_site.backoffice.story import (
    LINES_MAX,
    Line,
    Link,
    Story,
    audit_lines,
    money,
    story_url,
    to,
    to_row,
)
from telephony.models import Fetch
from wallet.models import Hold, Posting
from webhooks.models import Delivery

# Kinds of the time line that say something went wrong.
_BAD: Final = ("error", "failed", "lost", "refused", "unreachable")
_SHOWN_MAX: Final = 200


def of_call(key: str) -> Story | None:
    """Tell the story of a call by its id or its `HD_…` session."""
    by = {"pk": key} if ids.is_uuid(key) else {"session_id": key}
    found = Call.objects.select_related("workspace", "rate", "number", "api_key", "parent")
    call = found.filter(**by).first()
    if call is None:
        return None
    hold = Hold.objects.filter(pk=call.hold_id).first() if call.hold_id else None
    postings = list(Posting.objects.filter(call_id=call.pk).prefetch_related("entries")[:LINES_MAX])
    story = Story(
        title=f"Call {call.session_id}",
        answer=_answer(call),
        tone="bad" if call.status == "failed" else "good" if call.cost_minor is not None else "",
    )
    _facts(story, call)
    return story.told(
        _time_line(call),
        _legs(call),
        _fetches(call),
        _hold_lines(call, hold),
        _posting_lines(postings),
        _recordings(call),
        _event_lines(call),
        audit_lines(_audit(call)),
    )


def _answer(call: Call) -> str:
    if not call.is_final:
        return f"It runs: {call.status}, paid until second {call.paid_until_seconds}."
    if call.answered_at is None:
        leg = call.legs.exclude(sip_code=None).order_by("ended_at").first()
        code = f", SIP {leg.sip_code} from {leg.to_e164}" if leg else ""
        why = (call.failure_code or call.hangup_cause or "").replace("_", " ")
        return f"Nobody talked: {call.status}{f' ({why})' if why else ''}{code}. It cost nothing."
    cause = (call.hangup_cause or "for no reason known").replace("_", " ")
    said = f"{call.status} ({cause})"
    if call.failure_code:
        said += f", with {call.failure_code}"
    return f"{price(call)} It was {said}."


def price(call: Call) -> str:
    """Say what a call cost and how that was computed."""
    if not call.cost_minor:
        rate = money(call.rate_minor_per_minute, call.cost_currency)
        return f"It cost nothing: {call.duration_seconds or 0} s at {rate} a minute."
    return (
        f"It cost {money(call.cost_minor, call.cost_currency)}: {call.duration_seconds} s at "
        f"{money(call.rate_minor_per_minute, call.cost_currency)} a minute, rounded up once."
    )


def _facts(story: Story, call: Call) -> None:
    story.fact("Workspace", call.workspace.name, story_url("workspace", call.workspace_id))
    story.fact("Direction", f"{call.direction}, {call.mode}")
    story.fact("Our number", call.local_e164, story_url("number", call.local_e164))
    story.fact("Far end", call.remote_e164, story_url("phone", call.remote_e164))
    story.fact("State", call.status)
    if call.rate:
        story.fact("Price", call.rate.name, story_url("rate", call.rate.prefix))
        if call.rate.cost_minor_per_minute is not None and call.duration_seconds:
            ours = -(-call.duration_seconds * call.rate.cost_minor_per_minute // 60)
            story.fact("What the carrier takes", money(ours, call.cost_currency))
    if call.api_key:
        story.fact("Placed with", call.api_key.label, story_url("key", call.api_key_id))
    if call.parent:
        story.fact("Dialled for", call.parent.session_id, story_url("call", call.parent_id))
    story.fact("Client's own name for it", call.client_request_id)
    story.fact("Connected", f"{call.connected_ms / 1000:,.1f} s" if call.connected_ms else "")
    story.links.append(to_row("Call", "calls_call", call.pk))


def _time_line(call: Call) -> Iterator[Line]:
    for event in call.events.order_by("-number")[:LINES_MAX]:
        facts = ", ".join(f"{name} {value}" for name, value in event.payload.items() if value)
        is_bad = any(word in event.kind for word in _BAD)
        yield Line(
            event.occurred_at,
            "Call",
            event.kind,
            # What was typed is the customer's: a support desk sees that keys were pressed.
            detail="" if "digit" in event.kind or "gather" in event.kind else facts[:_SHOWN_MAX],
            tone="bad" if is_bad else "",
        )


def _legs(call: Call) -> Iterator[Line]:
    for leg in call.legs.order_by("pk"):
        where = leg.device or leg.to_e164
        yield Line(leg.created_at, "SIP", f"Leg to {where} began")
        if leg.ended_at:
            code = f"SIP {leg.sip_code}" if leg.sip_code else "no SIP code"
            yield Line(leg.ended_at, "SIP", f"Leg to {where} ended: {code}",
                       detail=f"connected {(leg.connected_ms or 0) / 1000:,.1f} s, engine {leg.engine_id}")  # fmt: skip


def _fetches(call: Call) -> Iterator[Line]:
    for fetch in Fetch.objects.filter(call=call).order_by("pk")[:LINES_MAX]:
        answered = fetch.status_code or fetch.error or fetch.state
        yield Line(
            fetch.created_at,
            "Voice URL",
            f"{fetch.method} {fetch.url}: {answered}",
            detail=f"{fetch.purpose}, {fetch.milliseconds or 0} ms",
            tone="bad" if fetch.state == "failed" else "",
            links=(to_row("fetch", "telephony_fetch", fetch.pk),),
        )


def _hold_lines(call: Call, hold: Hold | None) -> Iterator[Line]:
    if hold is None:
        return
    links = (to_row("hold", "wallet_hold", hold.pk),)
    yield Line(hold.created_at, "Wallet", f"{money(hold.amount_minor)} held for {call.paid_until_seconds} s",
               detail="as the hold stands now; it grows while the call runs", links=links)  # fmt: skip
    if hold.closed_at:
        yield Line(hold.closed_at, "Wallet", f"The hold was {hold.status}", links=links)


def _posting_lines(postings: list[Posting]) -> Iterator[Line]:
    for posting in postings:
        entries = "; ".join(
            f"{entry.account} {money(entry.amount_minor)}" for entry in posting.entries.all()
        )
        yield Line(
            posting.created_at,
            "Ledger",
            f"{posting.get_kind_display()} {money(posting.gross_minor)} booked,"
            f" {money(posting.vat_minor)} of it VAT",
            detail=entries,
            links=(to_row("posting", "wallet_posting", posting.pk),),
        )


def _recordings(call: Call) -> Iterator[Line]:
    for row in Recording.objects.filter(call=call).order_by("pk")[:LINES_MAX]:
        yield Line(row.created_at, "Recording", f"Recording from {row.source}: {row.state}",
                   detail=f"{row.seconds or 0} s, {row.size_bytes or 0} bytes")  # fmt: skip


def _event_lines(call: Call) -> Iterator[Line]:
    rows = Event.objects.filter(call_id=call.pk).order_by("id")[:LINES_MAX]
    deliveries = Delivery.objects.filter(event__call_id=call.pk).order_by("id")
    for event in rows:
        yield Line(event.occurred_at, "Event", f"{event.kind} announced",
                   links=(to("event", event.event_id, "event"),))  # fmt: skip
    for delivery in deliveries.select_related("event")[:LINES_MAX]:
        yield delivery_line(delivery)


def delivery_line(delivery: Delivery) -> Line:
    """Say what became of one event on its way to one target."""
    told = f"{delivery.event.kind} to {delivery.url}: {delivery.status.replace('_', ' ')}"
    tries = f"attempts: {delivery.attempts_count}"
    links: tuple[Link, ...] = (to("event", delivery.event.event_id, "attempts"),)
    if delivery.endpoint_id:
        links = (*links, to("endpoint", delivery.endpoint_id, "endpoint"))
    return Line(
        delivery.delivered_at or delivery.created_at,
        "Webhook",
        told,
        detail=f"{tries}; {delivery.last_error}" if delivery.last_error else tries,
        tone={"delivered": "good", "dead_letter": "bad", "retrying": "bad"}.get(
            delivery.status, ""
        ),
        links=links,
    )


def _audit(call: Call) -> list[AuditEntry]:
    names = Q(subject__in=[str(call.pk), f"call:{call.pk}"])
    return list(AuditEntry.objects.filter(names).order_by("-created_at")[:LINES_MAX])
