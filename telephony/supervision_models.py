"""The rows of supervisors: who listens to which call, and how."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from telephony.states import LIVE_SUPERVISION, SUPERVISION

MODES = ("listen", "whisper", "barge")
ANNOUNCEMENTS = ("none", "agent", "both")


class Supervision(models.Model):
    """One supervisor of one call; guarded by the lock of the supervised call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    # The supervisor's own call: held, billed and ended like any other.
    supervisor_call = models.OneToOneField("calls.Call", on_delete=models.CASCADE, related_name="+")
    supervisor_leg_id = models.UUIDField()
    # Whose ear a whisper reaches.
    agent_leg_id = models.UUIDField()
    mode = models.CharField(max_length=8)
    announce = models.CharField(max_length=8)
    notify_agent = models.BooleanField(default=True)
    type = models.CharField(max_length=8)
    identity = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=16, blank=True)
    label = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default=SUPERVISION.initial)
    failure_code = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    connected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Asked at the end of every leg.
            models.Index(
                fields=["agent_leg_id"],
                condition=Q(state__in=LIVE_SUPERVISION),
                name="telephony_supervised_leg",
            ),
        ]
        constraints: ClassVar = [
            SUPERVISION.constraint("telephony_supervision_state"),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="telephony_supervision_mode"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state__in=LIVE_SUPERVISION),
                name="telephony_supervision_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} of {self.call_id} ({self.state})"
