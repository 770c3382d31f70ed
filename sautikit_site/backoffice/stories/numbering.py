"""The stories of a number of ours, of a price, and of somebody's phone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from calls.models import Call, DoNotCall, Rate
from kernel.models import AuditEntry
from numbers.models import Inventory, Number, Rental
from sautikit_site.backoffice.story import (
    LINES_MAX,
    Line,
    Story,
    audit_lines,
    moment,
    money,
    story_url,
    to,
    to_row,
    who,
)
from wallet.models import MpesaReceipt, TopUp


def of_number(key: str) -> Story | None:
    """Tell who held a number, who claimed and released it, and what was routed where."""
    inventory = Inventory.objects.filter(e164=key).first()
    held = list(
        Number.objects.select_related("workspace").filter(e164=key).order_by("-pk")[:LINES_MAX]
    )
    if inventory is None and not held:
        return None
    audit = _audit(f"number:{key}")
    story = Story(title=f"Number {key}", answer=_number_answer(inventory, held, audit))
    if inventory:
        story.fact("Pool", inventory.state)
        story.fact("Rent", money(inventory.monthly_price_minor, inventory.currency))
        story.links.append(to_row("Pool", "numbers_inventory", inventory.pk))
    for number in held[:1]:
        story.fact("Workspace", number.workspace.name, story_url("workspace", number.workspace_id))
        story.fact("State", number.status)
        story.fact("Voice URL", number.voice_callback_url)
        story.fact("Events URL", number.events_url)
        story.links.append(to_row("Number", "numbers_number", number.pk))
    return story.told(
        _holders(held), _rentals(held), audit_lines(audit), _newest_calls(Q(number__in=held))
    )


def _number_answer(inventory: Inventory | None, held: list[Number], audit: list[AuditEntry]) -> str:
    current = next((each for each in held if each.status != "released"), None)
    if current is not None:
        claimed = _actor(audit, "number.claimed", "number.reassigned")
        said = f"{current.workspace.name} holds it ({current.mode}), {current.status}, since "
        return f"{said}{moment(current.claimed_at)}{claimed}."
    if held:
        released = _actor(audit, "number.released")
        last = held[0]
        at = moment(last.released_at) or "some time ago"
        return f"Nobody holds it. {last.workspace.name} had it until {at}{released}."
    return f"Nobody ever held it; it is {inventory.state if inventory else 'gone'}."


def _actor(audit: list[AuditEntry], *kinds: str) -> str:
    row = next((row for row in audit if row.action_kind in kinds), None)
    if row is None:
        return ""
    verb = row.action_kind.partition(".")[2]
    return f", {verb} by {who([row.actor])[row.actor]}" + (f" ({row.reason})" if row.reason else "")


def _holders(held: list[Number]) -> Iterator[Line]:
    for number in held:
        links = (to("workspace", number.workspace_id, number.workspace.name),)
        yield Line(number.claimed_at, "Number", f"{number.workspace.name} holds it", links=links)
        if number.suspended_at:
            why = "by an operator" if number.is_barred else "the rent could not be taken"
            yield Line(number.suspended_at, "Number", f"Suspended: {why}",
                       tone="bad", links=links)  # fmt: skip
        if number.released_at:
            yield Line(number.released_at, "Number", f"{number.workspace.name} holds it no more",
                       links=links)  # fmt: skip


def _rentals(held: list[Number]) -> Iterator[Line]:
    rows = Rental.objects.filter(number__in=held).order_by("-created_at")[:LINES_MAX]
    for rental in rows:
        paid = money(rental.net_minor + rental.vat_minor)
        back = rental.refund_net_minor + rental.refund_vat_minor
        yield Line(
            rental.created_at,
            "Rental",
            f"{rental.month}: {paid} for {rental.first_on:%d} to {rental.last_on:%d}",
            detail=f"{money(back)} given back" if back else "",
        )


def _newest_calls(wanted: Q) -> Iterator[Line]:
    for call in Call.objects.filter(wanted).order_by("-pk")[:20]:
        yield Line(
            call.created_at,
            "Call",
            f"{call.direction} {call.local_e164} ↔ {call.remote_e164}: {call.status}",
            detail=money(call.cost_minor) if call.cost_minor is not None else "",
            links=(to("call", call.pk, call.session_id),),
        )


def of_phone(key: str) -> Story | None:
    """Tell what a phone outside paid, asked for and talked about with us."""
    topups = list(
        TopUp.objects.select_related("workspace").filter(phone_e164=key).order_by("-pk")[:LINES_MAX]
    )
    receipts = list(
        MpesaReceipt.objects.select_related("workspace")
        .filter(payer_e164=key)
        .order_by("-created_at")[:LINES_MAX]
    )
    calls = list(Call.objects.filter(remote_e164=key).order_by("-pk")[:20])
    listed = list(DoNotCall.objects.select_related("workspace").filter(e164=key))
    if not (topups or receipts or calls or listed):
        return None
    paid = sum(each.amount_minor for each in receipts)
    story = Story(
        title=f"Phone {key}",
        answer=f"{len(receipts)} payments ({money(paid)}), {len(topups)} prompts and "
        f"{len(calls)} of the newest calls are known of it.",
    )
    return story.told(
        _topups(topups),
        _receipts(receipts),
        _newest_calls(Q(pk__in=[call.pk for call in calls])),
        (
            Line(row.created_at, "Do not call",
                 f"Listed by {row.workspace.name if row.workspace else 'operators, for everybody'}",
                 detail=row.reason, links=(to_row("row", "calls_donotcall", row.pk),))
            for row in listed
        ),
    )  # fmt: skip


def _topups(rows: list[TopUp]) -> Iterator[Line]:
    for row in rows:
        yield Line(
            row.created_at,
            "Top-up",
            f"{money(row.amount_minor)} for {row.workspace.name}: {row.public_status}",
            detail=row.failure_reason,
            tone={"paid": "good", "failed": "bad"}.get(row.status, ""),
            links=(to("topup", row.pk, "payment"),),
        )


def _receipts(rows: list[MpesaReceipt]) -> Iterator[Line]:
    for row in rows:
        owner = row.workspace.name if row.workspace else "nobody known"
        yield Line(row.created_at, "Receipt", f"{row.receipt_no} {money(row.amount_minor)}: {row.status}",
                   detail=owner, links=(to("receipt", row.receipt_no, "payment"),))  # fmt: skip


def of_rate(key: str) -> Story | None:
    """Tell the versions of the price of a prefix, and who published each."""
    rows = list(
        Rate.objects.select_related("workspace").filter(prefix=key).order_by("-pk")[:LINES_MAX]
    )
    if not rows:
        return None
    audit = list(
        AuditEntry.objects.filter(
            action_kind="rates.published", subject__in=[str(row.pk) for row in rows]
        ).order_by("-created_at")
    )
    names, newest = who(row.actor for row in audit), audit[0] if audit else None
    by = f"{names[newest.actor]} published the newest version: {newest.reason}." if newest else ""
    story = Story(title=f"Price of {key}", answer=by or "Nobody changed it since it was set up.")
    publishers = {row.subject: names[row.actor] for row in audit}
    return story.told(
        audit_lines(audit),
        (
            Line(
                row.valid_from,
                "Price",
                f"{row.name}: {money(row.minor_per_minute, row.currency)} a minute from here on",
                detail=f"published by {publishers.get(str(row.pk), 'the set-up')}"
                + (f", for {row.workspace.name} only" if row.workspace else ""),
                links=(to_row("version", "calls_rate", row.pk),),
            )
            for row in rows
        ),
    )


def _audit(subject: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(subject=subject).order_by("-created_at")[:LINES_MAX])
