"""Nouns of webhooks: endpoints, deliveries, attempts, breakers, replays, listeners on laptops."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kernel.ids import uuid7
from webhooks.states import DELIVERY, ENDPOINT, RELAYED

MODES = ("live", "test")


class Endpoint(models.Model):
    """A customer's URL, what it wants to hear, and the secret that signs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=4)
    url = models.TextField()
    events = ArrayField(models.CharField(max_length=80))
    description = models.CharField(max_length=200, blank=True)
    secret = models.CharField(max_length=80, blank=True)
    previous_secret = models.CharField(max_length=80, blank=True)
    previous_secret_until = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, default=ENDPOINT.initial)
    # One delivery at a time, and the events of a call strictly in their order.
    ordered = models.BooleanField(default=False, db_default=False)
    # The first failure since anything arrived; null while deliveries succeed.
    failing_since = models.DateTimeField(null=True)
    # The last sequence before it was paused or disabled; resuming goes on after it.
    silent_after = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "mode", "-created_at"], name="webhooks_endpoint_list")
        ]
        constraints: ClassVar = [
            ENDPOINT.constraint("webhooks_endpoint_status"),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="webhooks_endpoint_mode"),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one target: an endpoint, a number's events URL or a call's URL."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Every index is written twice for each delivery, so a key has none where another begins with it.
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    event = models.ForeignKey(
        "kernel.Event", on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint, null=True, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    # endpoint:<id>, number:<id> or call:<id>; with the event it makes a delivery unique.
    # A replay adds #<replay> so that it sends again what was delivered once.
    target = models.CharField(max_length=60)
    # What shares the limit of two in flight and the breaker: an endpoint, or a URL's origin.
    lane = models.CharField(max_length=60, default="", db_default="")
    call_id = models.UUIDField(null=True)
    url = models.TextField()
    status = models.CharField(max_length=12, default=DELIVERY.initial)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "event"],
                condition=Q(status="pending"),
                name="webhooks_delivery_waiting",
            ),
            models.Index(
                fields=["lane", "call_id", "event"],
                condition=Q(status__in=("pending", "retrying"), call_id__isnull=False),
                name="webhooks_delivery_call",
            ),
            models.Index(
                fields=["lane"],
                include=["workspace", "lease_until"],
                condition=Q(lease_token__isnull=False),
                name="webhooks_delivery_flying",
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_delivery_list"),
            # Few ever need it, so it costs nothing; those who look for them look only for them.
            models.Index(
                fields=["endpoint", "status", "-created_at"],
                condition=Q(status__in=("dead_letter", "retrying")),
                name="webhooks_delivery_trouble",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "target"], name="webhooks_delivery_once"),
            DELIVERY.constraint("webhooks_delivery_status"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.url}"


class Attempt(models.Model):
    """One try of a delivery: what was sent and what came back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    lane = models.CharField(max_length=60, default="", db_default="")
    number = models.PositiveSmallIntegerField()
    request_headers = models.JSONField()
    response_status = models.PositiveSmallIntegerField(null=True)
    response_headers = models.JSONField(null=True)
    response_body = models.TextField(blank=True)
    error = models.TextField(blank=True)
    address = models.CharField(max_length=60, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)
    # Milliseconds by step: dns_ms, connect_ms, tls_ms, first_byte_ms; a step not taken is absent.
    timings = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["created_at", "number"]
        indexes: ClassVar = [
            models.Index(fields=["lane", "-created_at"], name="webhooks_attempt_recent")
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class Breaker(models.Model):
    """A lane that only fails: nothing is sent until `open_until`, then one probe at a time."""

    lane = models.CharField(primary_key=True, max_length=60)
    trips = models.PositiveIntegerField(default=1)
    open_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.lane


class Replay(models.Model):
    """Events of the log that are delivered to an endpoint again, or for the first time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=4)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="replays")
    # Only what never had a delivery: what happened while the endpoint was silent.
    only_missed = models.BooleanField()
    from_at = models.DateTimeField(null=True)
    to_at = models.DateTimeField(null=True)
    reached_sequence = models.BigIntegerField(default=0)
    last_sequence = models.BigIntegerField(null=True)
    deliveries_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_replay_list")
        ]

    def __str__(self) -> str:
        return f"replay {self.id}"


class Listener(models.Model):
    """A `sautikit listen` on somebody's laptop: what it wants to hear, and until when it counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=4)
    api_key = models.ForeignKey("accounts.ApiKey", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80, blank=True)
    # Empty when it wants no events of the log.
    events = ArrayField(models.CharField(max_length=80))
    # Where voice documents come from on that laptop, as it sees itself; empty when it gives none.
    voice_url = models.TextField(blank=True)
    # Events of the log after this sequence are its own.
    after_sequence = models.BigIntegerField()
    # The stream that is open now, if any; a newer one takes over.
    stream_id = models.UUIDField(null=True)
    # The laptop itself renews it; afterwards calls no longer wait for it.
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "mode", "-created_at"],
                condition=Q(closed_at__isnull=True),
                name="webhooks_listener_open",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=MODES), name="webhooks_listener_mode"),
        ]

    def __str__(self) -> str:
        return f"listener {self.label or self.id}"


class Relayed(models.Model):
    """One request on its way to a listener beside the log: a voice callback, an event sent again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    listener = models.ForeignKey(Listener, on_delete=models.CASCADE, related_name="relayed")
    kind = models.CharField(max_length=80)
    status = models.CharField(max_length=10, default=RELAYED.initial)
    # A voice callback as it is posted, or the body of an event, which is signed when it leaves.
    request = models.JSONField()
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "relayed requests"
        indexes: ClassVar = [
            models.Index(
                fields=["listener", "id"],
                condition=Q(status="waiting"),
                name="webhooks_relayed_waiting",
            )
        ]
        constraints: ClassVar = [RELAYED.constraint("webhooks_relayed_status")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.listener_id}"
