"""Nouns of a call: the call, its legs, its time line, its recordings, and the price list."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from calls.desk_models import Export as Export
from calls.desk_models import SavedView as SavedView
from calls.recording_models import RecordingPolicy as RecordingPolicy
from calls.states import CALL, LEG, PENDING_RECORDING, RECORDING
from calls.storage_models import StorageCharge as StorageCharge
from calls.storage_models import StoragePlan as StoragePlan
from calls.transcript_models import Rendition as Rendition
from calls.transcript_models import Transcript as Transcript
from calls.upload_models import Upload as Upload
from kernel.ids import session_id, uuid7
from kernel.money import div_ceil

MODES = ("live", "test")
DIRECTIONS = ("inbound", "outbound")
# What has a price of its own: the third is a client or SIP phone that supervises a call.
PRICED = (*DIRECTIONS, "supervision")


class Rate(models.Model):
    """One version of a price per minute, VAT included, for a destination prefix; never edited.

    Of a prefix the version that began last counts, until it ends; a workspace may have its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    prefix = models.CharField(max_length=16)
    direction = models.CharField(max_length=12, choices=[(each, each) for each in PRICED])
    version = models.PositiveIntegerField(default=1, editable=False)
    minor_per_minute = models.BigIntegerField()
    # What the carrier takes for it, VAT apart; null: not known. For operators' eyes only.
    cost_minor_per_minute = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "direction", "currency", "prefix", "version"],
                name="calls_rate_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(minor_per_minute__gte=0), name="calls_rate_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(cost_minor_per_minute=None) | Q(cost_minor_per_minute__gte=0),
                name="calls_rate_cost_not_negative",
            ),
            models.CheckConstraint(condition=Q(direction__in=PRICED), name="calls_rate_direction"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="calls_rate_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.prefix}: {self.minor_per_minute} {self.currency}/min"

    @property
    def name(self) -> str:
        """How a bill names it: `outbound +254 v1`."""
        mine = " of this workspace" if self.workspace_id else ""
        return f"{self.direction} {self.prefix} v{self.version}{mine}"


class CallPolicy(models.Model):
    """What an operator set for one workspace; without a row the defaults of the settings hold."""

    workspace = models.OneToOneField(
        "accounts.Workspace", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    is_stopped = models.BooleanField(default=False, editable=False)
    stop_reason = models.CharField(max_length=200, blank=True, editable=False)
    calls_per_second = models.PositiveIntegerField(null=True, blank=True)
    concurrent_calls_max = models.PositiveIntegerField(null=True, blank=True)
    extra_prefixes = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    # Say "one minute left" to the caller before the money of a call ends.
    warns_before_end = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "call policies"

    def __str__(self) -> str:
        return f"policy of {self.workspace_id}"


class DoNotCall(models.Model):
    """A number that nobody here may call: on a workspace's own list, or on everybody's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Null: the operators' list, which holds for every workspace and mode.
    workspace = models.ForeignKey(
        "accounts.Workspace", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    mode = models.CharField(max_length=4, choices=[(each, each) for each in MODES], default="live")
    e164 = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "do-not-call number"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["e164", "workspace", "mode"],
                name="calls_do_not_call_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="calls_do_not_call_mode"),
        ]

    def __str__(self) -> str:
        return self.e164


class Call(models.Model):
    """One call between a number of ours and one far end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_id = models.CharField(max_length=15, unique=True, default=session_id)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    number = models.ForeignKey("numbers.Number", on_delete=models.PROTECT, related_name="+")
    # The browser client or SIP phone at our end of it: "client:alice", "sip:desk-4f2a"; empty: none.
    client = models.CharField(max_length=80, default="", blank=True)
    # Empty for a conversation; a supervisor's own call says so.
    purpose = models.CharField(max_length=12, default="", blank=True)
    # The call that this one was dialled for.
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="dialled")
    api_key = models.ForeignKey(
        "accounts.ApiKey", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    direction = models.CharField(max_length=8)
    local_e164 = models.CharField(max_length=16)
    remote_e164 = models.CharField(max_length=16)
    caller_id = models.CharField(max_length=16)
    country = models.CharField(max_length=2, null=True)
    client_request_id = models.TextField(null=True)
    metadata = models.JSONField(null=True)

    voice_url = models.TextField(default="", blank=True)
    voice_fallback_url = models.TextField(default="", blank=True)
    webhook_url = models.TextField(default="", blank=True)

    status = models.CharField(max_length=10, default=CALL.initial)
    winner = models.ForeignKey(
        "calls.Leg", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    failure_code = models.CharField(max_length=64, null=True)
    hangup_cause = models.CharField(max_length=64, null=True)

    # The version of the price that the call keeps; its first leg's until somebody answers.
    rate = models.ForeignKey(
        Rate, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rate_minor_per_minute = models.BigIntegerField()
    cost_currency = models.CharField(max_length=3)
    # The most this call may cost: the limit that held when it began.
    cost_max_minor = models.BigIntegerField(null=True)
    was_warned = models.BooleanField(default=False)
    hold_id = models.UUIDField(null=True)
    paid_until_seconds = models.PositiveIntegerField()
    # Each time more talk time was bought: [when in epoch ms, paid until before, and after].
    slices = models.JSONField(default=list)
    connected_ms = models.BigIntegerField(null=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)

    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "mode", "-created_at", "-id"], name="calls_call_newest"
            ),
            models.Index(
                fields=["workspace", "mode"],
                condition=Q(status__in=("ringing", "answered")),
                name="calls_call_live",
            ),
            models.Index(
                fields=["answered_at"], condition=Q(status="answered"), name="calls_call_answered"
            ),
            # A search begins at either end of the far end's number.
            models.Index(
                fields=["remote_e164", "-id"],
                opclasses=["varchar_pattern_ops", "uuid_ops"],
                name="calls_call_begins",
            ),
            models.Index(
                F("workspace"),
                F("mode"),
                OpClass(Reverse("remote_e164"), "text_pattern_ops"),
                name="calls_call_ends",
            ),
            models.Index(fields=["-ended_at"], name="calls_call_ended"),
        ]
        constraints: ClassVar = [
            CALL.constraint("calls_call_status"),
            models.CheckConstraint(condition=Q(mode__in=MODES), name="calls_call_mode"),
            models.CheckConstraint(
                condition=Q(direction__in=DIRECTIONS), name="calls_call_direction"
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True) | Q(cost_minor__gte=0),
                name="calls_call_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("ringing", "answered")) | Q(ended_at__isnull=False),
                name="calls_call_final_has_end",
            ),
        ]

    def __str__(self) -> str:
        return self.session_id

    @property
    def is_final(self) -> bool:
        return self.status in CALL.final

    @property
    def is_from_client(self) -> bool:
        """Whether a browser client or a SIP phone began it: its own leg came in to us."""
        return bool(self.client) and self.parent_id is None

    @property
    def from_e164(self) -> str:
        """Who calls, as the other side sees it."""
        return self.caller_id if self.direction == "outbound" else self.remote_e164

    @property
    def to_e164(self) -> str:
        """Who is called."""
        return self.remote_e164 if self.direction == "outbound" else self.local_e164


class Leg(models.Model):
    """One channel of a call; its id is made before the engine hears of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="legs")
    to_e164 = models.CharField(max_length=16)
    # Where it goes when not to a number: the name of an inside trunk and who is behind it.
    device = models.CharField(max_length=80, default="", blank=True)
    state = models.CharField(max_length=10, default=LEG.initial)
    rate = models.ForeignKey(
        Rate, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rate_minor_per_minute = models.BigIntegerField()
    engine_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sip_code = models.PositiveSmallIntegerField(null=True)
    connected_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["engine_id"], condition=~Q(state="ended"), name="calls_leg_open"),
        ]
        constraints: ClassVar = [LEG.constraint("calls_leg_state")]

    def __str__(self) -> str:
        return f"{self.to_e164} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state not in LEG.final


class CallEvent(models.Model):
    """One line of a call's time line; numbers of a call have no gap."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "number"], name="calls_event_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Recording(models.Model):
    """The sound of a call from one moment on; the file is sealed and kept for a while."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="recordings")
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="+", db_index=False)
    # What the engine calls it; unique on its leg.
    ticket = models.CharField(max_length=40)
    source = models.CharField(max_length=10)
    channels = models.PositiveSmallIntegerField(default=1)

    state = models.CharField(max_length=10, default=RECORDING.initial)
    end_reason = models.CharField(max_length=16, blank=True)
    duration_ms = models.BigIntegerField(null=True)
    size_bytes = models.BigIntegerField(null=True)
    # Its name in the storage; empty before it is stored and after it is erased.
    file = models.CharField(max_length=200, blank=True)
    # Loudness of equal stretches from 0 to 100, one channel after the other.
    waveform = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    captured_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(state="ready"), name="calls_recording_due"
            ),
            models.Index(fields=["workspace", "mode"], name="calls_recording_owner"),
        ]
        constraints: ClassVar = [
            RECORDING.constraint("calls_recording_state"),
            models.UniqueConstraint(fields=["leg", "ticket"], name="calls_recording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} recording {self.id} ({self.state})"

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING_RECORDING

    @property
    def seconds(self) -> int | None:
        """Its length in whole seconds, rounded up."""
        return None if self.duration_ms is None else div_ceil(self.duration_ms, 1000)

    @property
    def spool(self) -> Path:
        """Where the engine of this machine writes it before it is sealed."""
        return Path(settings.VAR_DIR) / "spool" / "recordings" / f"{self.id}.wav"
