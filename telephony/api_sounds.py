"""The `/v1/voice/sound-hosts` door: the servers that `play` may fetch sounds from."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from telephony import shapes, sound_hosts


class SoundHostsBody(serializers.Serializer[Any]):
    """The whole list."""

    hosts = serializers.ListField(
        child=serializers.CharField(max_length=300, allow_blank=True),
        max_length=2 * sound_hosts.HOSTS_MAX,
    )


class SoundHostList(ApiView):
    """The servers that sounds may come from, beside those of the documents and the uploads."""

    scope: ClassVar = {"GET": "numbers.read", "PUT": "numbers.route"}
    raises: ClassVar = {"PUT": (BadRequest,)}
    inputs: ClassVar = {"PUT": SoundHostsBody}
    outputs: ClassVar = {"GET": {200: shapes.SOUND_HOSTS}, "PUT": {200: shapes.SOUND_HOSTS}}

    def get(self, request: Request) -> Response:
        """Read which servers sounds may come from."""
        return Response({"hosts": sound_hosts.hosts_of(request.workspace.id)})  # type: ignore[attr-defined]

    def put(self, request: Request) -> Response:
        """Set the servers that sounds may come from: `cdn.acme.example`, or `*.acme.example`."""
        hosts = sound_hosts.set_hosts(
            workspace_id=request.workspace.id,  # type: ignore[attr-defined]
            hosts=parse(request, SoundHostsBody)["hosts"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
        return Response({"hosts": hosts})
