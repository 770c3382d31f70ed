"""Create, change, rotate, test and remove endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import audit, bell, clock, http, ids
from kernel.events import emit
from kernel.models import Event
from webhooks.errors import UrlInvalid, WebhookLimit
from webhooks.events import WebhookTest
from webhooks.models import Endpoint
from webhooks.states import ENDPOINT
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
    is_paused: bool | None = None,
    actor: str,
) -> Endpoint:
    """Change what is given; pausing keeps events undelivered from now on, resuming goes on."""
    before = {"url": endpoint.url, "events": endpoint.events, "status": endpoint.status}
    if url is not None:
        _check_url(url)
        endpoint.url = url
    if event_names is not None:
        endpoint.events = check(event_names)
    if description is not None:
        endpoint.description = description
    endpoint.save(update_fields=["url", "events", "description"])
    if is_paused is not None:
        ENDPOINT.apply(endpoint, "pause" if is_paused else "resume")
    after = {"url": endpoint.url, "events": endpoint.events, "status": endpoint.status}
    _record("webhook.changed", endpoint, actor, before=before, after=after)
    return endpoint


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
    """Remove the endpoint; its deliveries stay readable for operators."""
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
