"""Rows of the Django side of telephony: engines, what they are told, what documents do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from telephony.draft_models import Draft as Draft
from telephony.place_models import EnginePlace as EnginePlace
from telephony.room_models import Announcement as Announcement
from telephony.room_models import Conference as Conference
from telephony.room_models import Notice as Notice
from telephony.room_models import Participant as Participant
from telephony.sound_models import SoundHosts as SoundHosts
from telephony.states import FETCH
from telephony.stream_models import Stream as Stream
from telephony.supervision_models import Supervision as Supervision


class Engine(models.Model):
    """One run of one engine process; a restart is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    sip_port = models.PositiveIntegerField(default=0)
    journal = models.TextField()
    # Events up to this number are stored; the engine's numbers have no gap.
    applied_seq = models.BigIntegerField(default=0)
    renewed_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until"], condition=Q(closed_at=None), name="telephony_engine_open"
            ),
        ]

    def __str__(self) -> str:
        return f"engine {self.id} on {self.host}"


class Command(models.Model):
    """One order to an engine, written with its cause and sent once by a gateway."""

    id = models.BigAutoField(primary_key=True)
    # Null until a gateway picks the engine that will dial.
    engine = models.ForeignKey(Engine, null=True, on_delete=models.CASCADE, related_name="+")
    leg_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(sent_at=None), name="telephony_command_unsent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.leg_id}"


class Session(models.Model):
    """Where a call stands in its voice document; guarded by the lock of the call."""

    call = models.OneToOneField(
        "calls.Call", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    # Asked with every event of the leg.
    leg_id = models.UUIDField(db_index=True)
    state = models.JSONField()
    # Sound files of the running document by prompt, made ahead of their turn.
    sounds = models.JSONField(default=dict)
    # What is to be heard next while its sound is still being made: an engine order with prompts.
    pending = models.JSONField(null=True)
    # Who is being called for the caller, or is joined with them; None when nobody is.
    dial = models.JSONField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"session of {self.call_id}"


class Fetch(models.Model):
    """One question to a customer's voice server and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    # The interpreter's name of the question; empty for the final report, whose reply is ignored.
    ticket = models.CharField(max_length=40, blank=True)
    url = models.TextField()
    method = models.CharField(max_length=4, default="POST")
    purpose = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=FETCH.initial)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    # What was sent and the beginning of what came back, for whoever looks for a fault.
    sent = models.JSONField(default=dict)
    answer = models.TextField(blank=True, default="")
    answer_type = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "fetches"
        constraints: ClassVar = [
            FETCH.constraint("telephony_fetch_state"),
            models.UniqueConstraint(fields=["call", "ticket"], name="telephony_fetch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
