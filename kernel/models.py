"""The kernel's own rows: outbox events, work, periodic jobs, replies, mail, audit."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from kernel.ids import uuid7

__all__ = [
    "AuditEntry", "AuditSeal", "Event", "FlagOverride", "Job", "Mail", "Reply", "Sequence", "Work",
]  # fmt: skip

MODES = [("live", "live"), ("test", "test")]


class Event(models.Model):
    """A public fact, written with its cause; `sequence` is given later by the relay alone."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    workspace_id = models.UUIDField()
    mode = models.CharField(max_length=4, choices=MODES)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    call_id = models.UUIDField(null=True)
    call_number = models.PositiveIntegerField(null=True)
    occurred_at = models.DateTimeField()
    sequence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "mode", "sequence"], name="kernel_event_sequence_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="kernel_event_unsequenced",
                condition=models.Q(sequence__isnull=True),
            ),
            models.Index(fields=["call_id", "id"], name="kernel_event_call"),
            models.Index(
                fields=["workspace_id", "mode", "kind", "sequence"],
                name="kernel_event_kind",
                condition=models.Q(sequence__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Sequence(models.Model):
    """The last sequence given in a workspace and mode."""

    pk = models.CompositePrimaryKey("workspace_id", "mode")
    workspace_id = models.UUIDField()
    mode = models.CharField(max_length=4, choices=MODES)
    last = models.BigIntegerField()


class Work(models.Model):
    """Something to be done by a worker: a name, the id of a row, and when it is due."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    queue = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    due_at = models.DateTimeField(db_default=Now())
    lease_seconds = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="kernel_work_due")]

    def __str__(self) -> str:
        return f"{self.name} {self.ref}"


class Job(models.Model):
    """A periodic task: when it runs next, and what its last run said."""

    name = models.CharField(primary_key=True, max_length=80)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_result = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Reply(models.Model):
    """The stored 2xx reply of a request that carried an Idempotency-Key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField()
    mode = models.CharField(max_length=4, choices=MODES)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "mode", "key"], name="kernel_reply_key_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="kernel_reply_age")]


class Mail(models.Model):
    """An outgoing mail, written with its cause and sent by a worker."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class AuditEntry(models.Model):
    """Who changed what: never edited, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=120)
    action_kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "-created_at"], name="kernel_audit_recent"),
            models.Index(fields=["subject", "-created_at"], name="kernel_audit_subject"),
            models.Index(
                fields=["request_id"],
                condition=~models.Q(request_id=""),
                name="kernel_audit_request",
            ),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action_kind} {self.subject}"


class AuditSeal(models.Model):
    """The hash of one operator's audit row and of the seal before it; a trigger alone writes it."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal {self.number}"


class FlagOverride(models.Model):
    """A feature that is on or off for one workspace whatever its default says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    flag = models.CharField(max_length=60)
    workspace_id = models.UUIDField()
    is_on = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "flag"], name="kernel_flag_once")
        ]

    def __str__(self) -> str:
        return f"{self.flag} {'on' if self.is_on else 'off'}"
