"""The `/v1/conferences` door: rooms, who is in them, and what is done with them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import Call
from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from kernel.idempotency import idempotent
from kernel.pagination import slice_rows
from telephony import room_commands, room_queries
from telephony import room_shapes as shapes
from telephony.errors import (
    ConferenceEnded,
    ConferenceNotFound,
    ParticipantNotFound,
    PlayHostDenied,
)

URL_MAX = 2000


class CommandBody(serializers.Serializer[Any]):
    """The body of a command."""

    command = serializers.ChoiceField(choices=[(it, it) for it in room_commands.COMMANDS])
    participant = serializers.CharField(max_length=64, required=False, allow_blank=True)
    url = serializers.CharField(max_length=URL_MAX, required=False, allow_blank=True)
    text = serializers.CharField(
        max_length=room_commands.TEXT_CHARACTERS_MAX, required=False, allow_blank=True
    )
    language = serializers.ChoiceField(
        choices=[(it, it) for it in room_commands.LANGUAGES], required=False
    )
    voice = serializers.ChoiceField(
        choices=[(it, it) for it in room_commands.VOICES], required=False
    )
    callback_url = serializers.CharField(max_length=URL_MAX, required=False, allow_blank=True)


class Conferences(ApiView):
    """The rooms of the workspace."""

    scope = "calls.read"
    params: ClassVar = {"GET": shapes.CONFERENCES_PARAMS}
    outputs: ClassVar = {"GET": {200: shapes.CONFERENCES}}

    def get(self, request: Call) -> Response:
        """List rooms, newest first; those that are open now unless `status` says otherwise."""
        which = request.query_params.get("status") or "live"
        if which not in room_queries.SCOPES:
            raise BadRequest(fields=[("status", "must be live, ended or all")])
        rows = room_queries.list_rooms(request.workspace.id, request.mode, which=which)
        found, cursor = slice_rows(rows, request.query_params)
        data = [room_queries.room_as_json(room) for room in found]
        return Response({"data": data, "next_cursor": cursor})


class ConferenceDetail(ApiView):
    """One room, by the name of an open one or by its id."""

    scope = "calls.read"
    raises = (ConferenceNotFound,)
    outputs: ClassVar = {"GET": {200: shapes.CONFERENCE}}

    def get(self, request: Call, room: str) -> Response:
        """Read a room and who is in it."""
        found = room_queries.access_room(request.workspace.id, request.mode, room)
        return Response(room_queries.room_as_json(found))


class ConferenceCommands(ApiView):
    """What is done with a room while it is open."""

    scope = "conferences.manage"
    raises = (
        ConferenceNotFound,
        ParticipantNotFound,
        ConferenceEnded,
        PlayHostDenied,
        BadRequest,
    )
    inputs: ClassVar = {"POST": CommandBody}
    outputs: ClassVar = {"POST": {200: shapes.COMMANDED}}

    @idempotent()
    def post(self, request: Call, room: str) -> Response:
        """Mute, unmute, kick, hold or unhold a participant (or `all`), play a file or say a text
        to everybody or to one, or end the room. A `callback_url` is told once it was done.
        """
        found = room_queries.access_room(request.workspace.id, request.mode, room)
        wish = room_commands.Wish(**parse(request, CommandBody))
        concerned = room_commands.carry_out(found, wish, actor=request.actor)
        return Response(
            {
                "conference_id": str(found.id),
                "name": found.name,
                "command": wish.command,
                "status": "accepted",
                "participants": [str(row.id) for row in concerned],
            }
        )
