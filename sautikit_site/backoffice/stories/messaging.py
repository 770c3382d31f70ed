"""The stories of an event with its deliveries, of an endpoint, and of a request to the API."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Workspace
from accounts.request_models import ApiRequest
from kernel import ids
from kernel.models import AuditEntry, Event
from sautikit_site.backoffice.stories.calling import delivery_line
from sautikit_site.backoffice.story import (
    LINES_MAX,
    Line,
    Story,
    audit_lines,
    moment,
    story_url,
    to,
    to_row,
)
from webhooks.models import Breaker, Delivery, Endpoint


def of_event(key: str) -> Story | None:
    """Tell where an event went and what each attempt came to."""
    event = Event.objects.filter(event_id=key).first() if ids.is_uuid(key) else None
    if event is None:
        return None
    deliveries = list(
        Delivery.objects.filter(event=event).prefetch_related("attempts").order_by("pk")[:LINES_MAX]
    )
    story = Story(title=f"{event.kind} {event.event_id}", answer=_event_answer(event, deliveries))
    story.tone = "bad" if any(row.status == "dead_letter" for row in deliveries) else ""
    workspace = Workspace.objects.filter(pk=event.workspace_id).first()
    if workspace:
        story.fact("Workspace", workspace.name, story_url("workspace", workspace.pk))
    story.fact("Sequence", event.sequence or "not given yet")
    if event.call_id:
        story.fact("Call", event.call_id, story_url("call", event.call_id))
    return story.told(
        [Line(event.occurred_at, "Event", f"{event.kind} happened")],
        (line for row in deliveries for line in _attempts(row)),
    )


def _event_answer(event: Event, deliveries: list[Delivery]) -> str:
    if event.sequence is None:
        return "The relay has not given it a sequence yet, so nothing was sent."
    if not deliveries:
        return "No endpoint wanted it: nothing subscribes to this event, and no URL was given."
    told = [
        f"{row.url}: {row.status.replace('_', ' ')}"
        + (
            f" (attempts: {row.attempts_count}, the last: {row.last_error})"
            if row.last_error
            else ""
        )
        for row in deliveries
    ]
    return "; ".join(told) + "."


def _attempts(delivery: Delivery) -> Iterator[Line]:
    yield delivery_line(delivery)
    for attempt in delivery.attempts.all():
        answered = attempt.response_status or attempt.error or "no answer"
        yield Line(
            attempt.created_at,
            "Attempt",
            f"{attempt.number}. {delivery.url}: {answered}",
            detail=f"{attempt.duration_ms or 0} ms {attempt.response_body[:120]}".strip(),
            tone="good" if 200 <= (attempt.response_status or 0) < 300 else "bad",
            links=(to_row("delivery", "webhooks_delivery", delivery.pk),),
        )


def of_delivery(key: str) -> Story | None:
    """Tell the story of the event that a delivery carries."""
    row = Delivery.objects.select_related("event").filter(pk=key).first()
    return of_event(str(row.event.event_id)) if row else None


def of_endpoint(key: str) -> Story | None:
    """Tell how an endpoint does, who changed it, and what was sent to it last."""
    endpoint = Endpoint.objects.select_related("workspace").filter(pk=key).first()
    if endpoint is None:
        return None
    breaker = Breaker.objects.filter(lane=f"endpoint:{endpoint.pk}").first()
    rows = Delivery.objects.select_related("event").filter(endpoint=endpoint)
    audit = list(AuditEntry.objects.filter(subject=str(endpoint.pk)).order_by("-created_at")[:50])
    state = f"{endpoint.status}, deleted" if endpoint.deleted_at else endpoint.status
    failing = f", failing since {moment(endpoint.failing_since)}" if endpoint.failing_since else ""
    story = Story(title=f"Endpoint {endpoint.url}", answer=f"It is {state}{failing}.")
    story.fact("Workspace", endpoint.workspace.name, story_url("workspace", endpoint.workspace_id))
    story.fact("Wants", ", ".join(endpoint.events))
    story.fact("Breaker open until", moment(breaker.open_until) if breaker else "")
    story.links.append(to_row("Endpoint", "webhooks_endpoint", endpoint.pk))
    newest = list(rows.order_by("-created_at")[:50])
    return story.told(map(delivery_line, newest), audit_lines(audit), newest_first=True)


def of_request(key: str) -> Story | None:
    """Tell what one request asked, what it was answered, and what it changed."""
    rows = list(ApiRequest.objects.filter(request_id=key)[:LINES_MAX])
    audit = list(AuditEntry.objects.filter(request_id=key).order_by("-created_at")[:LINES_MAX])
    if not rows and not audit:
        return None
    story = Story(title=f"Request {key}", answer=f"It changed {len(audit)} things.")
    owners = [row.workspace_id for row in rows] + [row.workspace_id for row in audit]
    workspace = Workspace.objects.filter(pk=owners[0]).first() if owners[0] else None
    if workspace:
        story.fact("Workspace", workspace.name, story_url("workspace", workspace.pk))
    for row in rows:
        code = f" ({row.error_code})" if row.error_code else ""
        story.answer = f"{row.method} {row.path} was answered {row.status}{code}."
        story.tone = "bad" if row.status >= 400 else "good"
        if row.key_id:
            story.fact("Key", row.key_id, story_url("key", row.key_id))
    return story.told(
        (
            Line(row.created_at, "API", f"{row.method} {row.path}: {row.status}",
                 detail=f"{row.milliseconds} ms {row.error_code}".strip(),
                 links=(to("workspace", row.workspace_id, "workspace"),))
            for row in rows
        ),
        audit_lines(audit),
    )  # fmt: skip
