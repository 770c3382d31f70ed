"""The rows of streams: what was opened for a call, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel.ids import uuid7
from telephony.states import STREAM


class Stream(models.Model):
    """One WebSocket to a customer's server; guarded by the lock of its call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    leg_id = models.UUIDField()
    # The interpreter's name of it, which the engine's events carry.
    ticket = models.CharField(max_length=40)
    name = models.CharField(max_length=64, blank=True)
    url = models.TextField()
    track = models.CharField(max_length=16)
    holds = models.BooleanField(default=False)
    # Empty is the voice URL of the call.
    status_url = models.TextField(blank=True)
    status_events = ArrayField(models.CharField(max_length=16))
    state = models.CharField(max_length=10, default=STREAM.initial)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            STREAM.constraint("telephony_stream_state"),
            models.UniqueConstraint(fields=["leg_id", "ticket"], name="telephony_stream_once"),
        ]

    def __str__(self) -> str:
        return f"stream {self.id} ({self.state})"
