"""Engines, orders, voice callbacks, rooms and supervisors for operators: read-only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from kernel.list_filters import MODE, NewestFilter, choice_of
from kernel.operators import ReadOnlyAdmin, ReadOnlyInline
from telephony.models import (
    Command,
    Conference,
    Engine,
    Fetch,
    Notice,
    Participant,
    SoundHosts,
    Supervision,
)
from telephony.supervising import TYPES


@admin.register(Engine)
class EngineAdmin(ReadOnlyAdmin):
    list_display: ClassVar = [
        "id",
        "host",
        "pid",
        "sip_port",
        "applied_seq",
        "lease_until",
        "closed_at",
    ]
    ordering: ClassVar = ["-id"]


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["id", "kind", "leg_id", "engine", "created_at", "sent_at"]
    search_fields: ClassVar = ["=leg_id"]
    ordering: ClassVar = ["-id"]


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["call", "purpose", "url", "state", "status_code", "milliseconds"]
    list_filter: ClassVar = ["state", ("purpose", NewestFilter)]
    search_fields: ClassVar = ["=call__session_id"]
    list_select_related: ClassVar = ["call"]
    raw_id_fields: ClassVar = ["call"]
    ordering: ClassVar = ["-id"]


class ParticipantInline(ReadOnlyInline):
    """Who is in a room, and who was."""

    model = Participant
    fields: ClassVar = [
        "call",
        "status",
        "is_muted",
        "is_held",
        "starts",
        "ends",
        "joined_at",
        "left_at",
        "leave_reason",
    ]


@admin.register(Conference)
class ConferenceAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["name", "workspace", "mode", "status", "created_at", "ended_at"]
    list_filter: ClassVar = ["status", MODE]
    search_fields: ClassVar = ["name", "workspace__name"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-id"]
    inlines: ClassVar = [ParticipantInline]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["conference", "url", "state", "attempts", "status_code", "created_at"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["conference__name", "url"]
    list_select_related: ClassVar = ["conference"]
    ordering: ClassVar = ["-id"]


@admin.register(Supervision)
class SupervisionAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["call", "mode", "type", "number", "identity", "state", "created_at"]
    list_filter: ClassVar = ["state", "mode", choice_of("type", TYPES)]
    search_fields: ClassVar = ["call__session_id", "number", "identity", "label"]
    list_select_related: ClassVar = ["call"]
    ordering: ClassVar = ["-id"]


@admin.register(SoundHosts)
class SoundHostsAdmin(ReadOnlyAdmin):
    list_display: ClassVar = ["workspace", "hosts", "updated_at"]
    search_fields: ClassVar = ["workspace__name", "hosts"]
    list_select_related: ClassVar = ["workspace"]
    ordering: ClassVar = ["-updated_at"]
