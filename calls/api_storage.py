"""The `/v1/storage` door: the tier of a workspace, what is kept, and changing it."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from calls import shelf
from calls.errors import TierSwitchFailed
from calls.services import storage as storage_services
from calls.storage import TIERS
from calls.storage_shapes import STORAGE
from kernel.api import ApiView, parse
from wallet.errors import InsufficientBalance


class StorageTierView(ApiView):
    """The storage tier: what it keeps and costs, and moving to another.

    Up debits the difference for the days left of the month; down is free and refunds nothing.
    """

    scope = {"GET": "recordings.read", "PUT": "storage.manage"}
    raises = {"PUT": (InsufficientBalance, TierSwitchFailed)}

    class Body(serializers.Serializer[Any]):
        tier_gb = serializers.ChoiceField(TIERS)

    inputs: ClassVar = {"PUT": Body}
    outputs: ClassVar = {"GET": {200: STORAGE}, "PUT": {200: STORAGE}}

    def get(self, request: Request) -> Response:
        """Read the tier, what the recordings weigh, and what every tier costs."""
        workspace, mode = _whose(request)
        return Response(shelf.as_json(shelf.plan_of(workspace.id, mode), workspace.currency))

    def put(self, request: Request) -> Response:
        """Move to a tier; the same one again changes nothing."""
        workspace, mode = _whose(request)
        plan = storage_services.change_tier(
            workspace_id=workspace.id,
            mode=mode,
            tier_gb=int(parse(request, self.Body)["tier_gb"]),
            actor=request.actor,  # type: ignore[attr-defined]
        )
        return Response(shelf.as_json(plan, workspace.currency))


# A workspace is a noun of accounts.
def _whose(request: Request) -> tuple[Any, str]:
    return request.workspace, request.mode  # type: ignore[attr-defined]
