"""The rows of rooms: who is in which room, and what is told about it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from telephony.states import CONFERENCE, FETCH, LIVE_CONFERENCE, PARTICIPANT


class Conference(models.Model):
    """One room from its first caller to its last; its lock is taken after that of a call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    name = models.CharField(max_length=64)
    status = models.CharField(max_length=10, default=CONFERENCE.initial)
    participants_max = models.PositiveSmallIntegerField()
    # Where its sound is mixed: the engine of who came first.
    engine_id = models.UUIDField(null=True)
    # Counts what was told about it.
    notices_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "mode", "-created_at", "-id"], name="telephony_room_newest"
            ),
        ]
        constraints: ClassVar = [
            CONFERENCE.constraint("telephony_room_status"),
            models.UniqueConstraint(
                fields=["workspace", "mode", "name"],
                condition=Q(status__in=LIVE_CONFERENCE),
                name="telephony_room_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.status})"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_CONFERENCE


class Participant(models.Model):
    """One call in a room, once; written under the lock of the room."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conference = models.ForeignKey(
        Conference, on_delete=models.CASCADE, related_name="participants"
    )
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    leg_id = models.UUIDField()
    # The interpreter's name of its stay, which the engine's events carry.
    ticket = models.CharField(max_length=40)
    status = models.CharField(max_length=10, default=PARTICIPANT.initial)
    is_muted = models.BooleanField(default=False)
    is_held = models.BooleanField(default=False)
    starts = models.BooleanField()
    ends = models.BooleanField()
    # Empty is the melody of the exchange.
    wait_url = models.TextField(blank=True)
    has_music = models.BooleanField(default=True)
    # Where the events of the room go for this caller's sake.
    status_url = models.TextField(blank=True)
    status_events = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    digits_url = models.TextField(blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)
    leave_reason = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering: ClassVar = ["joined_at", "id"]
        constraints: ClassVar = [
            PARTICIPANT.constraint("telephony_participant_status"),
            models.UniqueConstraint(fields=["leg_id", "ticket"], name="telephony_participant_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} in {self.conference_id} ({self.status})"

    @property
    def is_apart(self) -> bool:
        """Whether they hear music and not the room."""
        return self.status != "talking" or self.is_held


class Announcement(models.Model):
    """What a client had played or said into a room, until a worker has made it audible."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="+")
    # Null is everybody.
    participant = models.ForeignKey(
        Participant, null=True, on_delete=models.CASCADE, related_name="+"
    )
    prompt = models.JSONField()
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prompt} into {self.conference_id}"


class Notice(models.Model):
    """One event of a room on its way to a customer's server."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conference = models.ForeignKey(Conference, on_delete=models.CASCADE, related_name="notices")
    url = models.TextField()
    fields = models.JSONField()
    state = models.CharField(max_length=10, default=FETCH.initial)
    attempts = models.PositiveSmallIntegerField(default=0)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [FETCH.constraint("telephony_notice_state")]

    def __str__(self) -> str:
        return f"{self.fields.get('event')} to {self.url}"
