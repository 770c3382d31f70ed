"""Create, change, rotate, test and remove endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.queries import owner_emails
from kernel import audit, bell, clock, http, ids, mail, work
from kernel.events import emit
from kernel.models import Event
from kernel.models import Sequence as Given
from webhooks import lanes
from webhooks.errors import UrlInvalid, WebhookLimit
from webhooks.events import WebhookEndpointDisabled, WebhookTest
from webhooks.models import Breaker, Delivery, Endpoint
from webhooks.services.replays import catch_up
from webhooks.states import DELIVERY, ENDPOINT
from webhooks.subscriptions import check

ENDPOINTS_MAX = 20
OLD_SECRET_KEPT = timedelta(hours=24)


@transaction.atomic
def create_endpoint(
    *,
    workspace_id: UUID,
    mode: str,
    url: str,
    event_names: Sequence[str],
    description: str = "",
    ordered: bool = False,
    actor: str,
) -> Endpoint:
    """Create an endpoint with a new secret; raises UrlInvalid, EventUnsupported, WebhookLimit."""
    _check_url(url)
    names = check(event_names or ["*"])
    held = Endpoint.objects.filter(workspace_id=workspace_id, mode=mode, deleted_at=None)
    if held.count() >= ENDPOINTS_MAX:
        raise WebhookLimit(limit=ENDPOINTS_MAX)
    endpoint = Endpoint.objects.create(
        workspace_id=workspace_id,
        mode=mode,
        url=url,
        events=names,
        description=description,
        ordered=ordered,
        secret=ids.webhook_secret(),
        created_at=clock.now(),
    )
    _record("webhook.created", endpoint, actor, after={"url": url, "events": names})
    return endpoint


@transaction.atomic
def change_endpoint(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    event_names: Sequence[str] | None = None,
    description: str | None = None,
    ordered: bool | None = None,
    is_paused: bool | None = None,
    actor: str,
) -> Endpoint:
    """Change what is given; pausing holds events back, resuming delivers what was missed.

    Locks the breaker, if there is one, then the endpoint, as who stores outcomes does.
    """
    list(Breaker.objects.select_for_update(no_key=True).filter(lane=lanes.of_endpoint(endpoint.id)))
    before = _facts(endpoint)
    if url is not None:
        _check_url(url)
        endpoint.url = url
    if event_names is not None:
        endpoint.events = check(event_names)
    if description is not None:
        endpoint.description = description
    if ordered is not None:
        endpoint.ordered = ordered
    endpoint.save(update_fields=["url", "events", "description", "ordered"])
    if is_paused is True:
        ENDPOINT.apply(endpoint, "pause", silent_after=_last_sequence(endpoint))
    elif is_paused is False:
        _resume(endpoint)
    _record("webhook.changed", endpoint, actor, before=before, after=_facts(endpoint))
    return endpoint


def _facts(endpoint: Endpoint) -> dict[str, Any]:
    names = ("url", "events", "ordered", "status")
    return {name: getattr(endpoint, name) for name in names}


def _last_sequence(endpoint: Endpoint) -> int:
    given = Given.objects.filter(workspace_id=endpoint.workspace_id, mode=endpoint.mode)
    return given.values_list("last", flat=True).first() or 0


def _resume(endpoint: Endpoint) -> None:
    """Set the endpoint going again: what it missed, and the retries that were held back."""
    silent_after = endpoint.silent_after
    if not ENDPOINT.apply(endpoint, "resume", silent_after=None, failing_since=None):
        return
    Breaker.objects.filter(lane=lanes.of_endpoint(endpoint.id)).delete()
    held = Delivery.objects.filter(endpoint=endpoint, status="retrying")
    work.enqueue_many(
        "webhooks.deliver",
        [(row.id, row.next_attempt_at or clock.now()) for row in held],
    )
    if silent_after is not None:
        catch_up(endpoint, silent_after)


def disable_endpoint(endpoint: Endpoint) -> bool:
    """Stop sending to an endpoint that only fails, and tell the owners; in a transaction."""
    since = endpoint.failing_since
    moved = ENDPOINT.apply(endpoint, "disable", silent_after=_last_sequence(endpoint))
    if not moved:
        return False
    assert since is not None
    told = WebhookEndpointDisabled(
        webhook_id=endpoint.id, url=endpoint.url, failing_since=since, disabled_at=clock.now()
    )
    emit(told, workspace_id=endpoint.workspace_id, mode=endpoint.mode)
    context: dict[str, object] = {
        "endpoint": endpoint,
        "since": since,
        "url": f"{settings.PUBLIC_URL}/webhooks/{endpoint.id}",
    }
    for email in owner_emails(endpoint.workspace_id):
        mail.post(email, "webhook_disabled", context)
    _record("webhook.disabled", endpoint, "system", after={"url": endpoint.url})
    return True


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, actor: str) -> str:
    """Give the endpoint a new secret and return it; the old one signs too for 24 hours."""
    endpoint.previous_secret = endpoint.secret
    endpoint.previous_secret_until = clock.now() + OLD_SECRET_KEPT
    endpoint.secret = ids.webhook_secret()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    _record("webhook.secret_rotated", endpoint, actor)
    return endpoint.secret


@transaction.atomic
def delete_endpoint(endpoint: Endpoint, *, actor: str) -> None:
    """Remove the endpoint; its deliveries stay readable for operators, the open ones as dead.

    Locks its open deliveries by their ids, then the endpoint, as who stores outcomes does.
    """
    open_ones = Delivery.objects.filter(endpoint=endpoint, status__in=("pending", "retrying"))
    list(open_ones.order_by("id").select_for_update(no_key=True).values_list("id"))
    for state in ("pending", "retrying"):
        dead = {"status": DELIVERY.target(state, "give_up")}
        open_ones.filter(status=state).update(
            **dead, next_attempt_at=None, last_error="the endpoint was removed"
        )
    endpoint.deleted_at = clock.now()
    endpoint.secret = endpoint.previous_secret = ""
    endpoint.save(update_fields=["deleted_at", "secret", "previous_secret"])
    _record("webhook.deleted", endpoint, actor, before={"url": endpoint.url})


@transaction.atomic
def send_test(endpoint: Endpoint) -> Event:
    """Emit `webhook.test`, which the fan-out sends to this endpoint alone."""
    payload = WebhookTest(webhook_id=endpoint.id, message="A test event from Sautikit.")
    return emit(payload, workspace_id=endpoint.workspace_id, mode=endpoint.mode)


def _check_url(url: str) -> None:
    try:
        http.check_url(url)
    except http.TargetRefused as refused:
        raise UrlInvalid(reason=refused.reason) from None


# Before and after are the JSON of what was changed.
def _record(
    kind: str, endpoint: Endpoint, actor: str, *, before: Any = None, after: Any = None
) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=endpoint.id,
        workspace_id=endpoint.workspace_id,
        before=before,
        after=after,
    )
    topic = f"{endpoint.workspace_id}:{endpoint.mode}:webhooks"
    bell.ring("live", topic)
