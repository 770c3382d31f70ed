"""The doors that take part in a running call: other actions for it, and a supervisor beside it."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import Call
from calls import queries as calls
from calls.errors import (
    CallNotFound,
    CallsStopped,
    CostLimitTooLow,
    DestinationDenied,
    DoNotCallListed,
    PriceTooHigh,
)
from calls.services import announces_limits
from kernel.api import ApiView, parse
from kernel.errors import BadRequest, RateLimited
from kernel.idempotency import idempotent
from numbers.errors import NumberSuspended
from telephony import control, supervising
from telephony import supervision_shapes as shapes
from telephony.api import VoiceDocument
from telephony.errors import (
    CallNotLive,
    SupervisionInProgress,
    SupervisionNotFound,
    SupervisorRings,
)
from telephony.interpreter.document import Document
from telephony.interpreter.lint import lint
from telephony.interpreter.parse import parse as parse_document
from telephony.supervision_models import ANNOUNCEMENTS, MODES
from wallet.errors import InsufficientBalance, LimitReached

LABEL_MAX = 64
E164 = r"^\+[1-9][0-9]{6,14}$"


class CallActions(ApiView):
    """Another voice document for a running call."""

    scope = "calls.write"
    raises = (CallNotFound, BadRequest, CallNotLive)
    inputs: ClassVar = {"POST": VoiceDocument}
    outputs: ClassVar = {"POST": {200: shapes.REPLACED}}

    @idempotent()
    def post(self, request: Call, call_id: str) -> Response:
        """Replace what the call does now: the body is a voice document, JSON or XML, as your voice
        URL would answer it. What plays stops, a room is left, whoever was dialled is hung up.
        """
        call = calls.access_call(request.workspace.id, request.mode, call_id)
        document = _document(request.body, request.content_type or "")
        control.take_over(call, document, actor=request.actor)
        accepted = {"status": "accepted", "actions": len(document.actions)}
        return Response({"call_id": str(call.id), "session_id": call.session_id, **accepted})


class SupervisorBody(serializers.Serializer[Any]):
    """Who supervises: a client or SIP phone of yours, or somebody on the phone."""

    type = serializers.ChoiceField(choices=[(it, it) for it in supervising.TYPES])
    identity = serializers.CharField(max_length=80, required=False, allow_blank=True)
    number = serializers.RegexField(E164, max_length=16, required=False, allow_blank=True)


class SuperviseBody(serializers.Serializer[Any]):
    """The body of POST supervision."""

    mode = serializers.ChoiceField(choices=[(it, it) for it in MODES])
    supervisor = SupervisorBody()
    announce = serializers.ChoiceField(choices=[(it, it) for it in ANNOUNCEMENTS], required=False)
    notify_agent = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`label` is what a serializer calls something else."""
        label = serializers.CharField(max_length=LABEL_MAX, required=False, allow_blank=True)
        return {**super().get_fields(), "label": label}


class ModeBody(serializers.Serializer[Any]):
    """The body of PATCH supervision."""

    mode = serializers.ChoiceField(choices=[(it, it) for it in MODES])


class CallSupervision(ApiView):
    """The supervisor of one call."""

    scope: ClassVar = {
        "GET": "calls.read",
        "POST": "calls.supervise",
        "PATCH": "calls.supervise",
        "DELETE": "calls.supervise",
    }
    raises: ClassVar = {
        "GET": (CallNotFound,),
        "POST": (
            CallNotFound,
            BadRequest,
            DestinationDenied,
            DoNotCallListed,
            CallsStopped,
            PriceTooHigh,
            CallNotLive,
            SupervisionInProgress,
            NumberSuspended,
            RateLimited,
            LimitReached,
            CostLimitTooLow,
            InsufficientBalance,
        ),
        "PATCH": (CallNotFound, BadRequest, SupervisionNotFound, SupervisorRings),
        "DELETE": (CallNotFound,),
    }
    inputs: ClassVar = {"POST": SuperviseBody, "PATCH": ModeBody}
    outputs: ClassVar = {
        "GET": {200: shapes.MAYBE_SUPERVISION},
        "POST": {201: shapes.SUPERVISION},
        "PATCH": {200: shapes.SUPERVISION},
        "DELETE": {204: None},
    }

    def get(self, request: Call, call_id: str) -> Response:
        """Read who supervises the call now; null when nobody does."""
        call = calls.access_call(request.workspace.id, request.mode, call_id)
        row = supervising.current(call)
        return Response({"supervision": shapes.as_json(row) if row else None})

    @announces_limits
    @idempotent()
    def post(self, request: Call, call_id: str) -> Response:
        """Call a supervisor for a call that talks. They listen, whisper to the agent alone, or barge
        in; from answer to leaving they cost KES 0.50 a minute as a client or SIP phone, and the
        outgoing rate as a phone number.
        """
        body = parse(request, SuperviseBody)
        call = calls.access_call(request.workspace.id, request.mode, call_id)
        row = supervising.supervise(call, _wish(body), actor=request.actor)
        return Response(shapes.as_json(row), status=201)

    def patch(self, request: Call, call_id: str) -> Response:
        """Switch the mode of a supervisor who is on the call; nobody is called again."""
        body = parse(request, ModeBody)
        call = calls.access_call(request.workspace.id, request.mode, call_id)
        row = supervising.change_mode(call, body["mode"], actor=request.actor)
        return Response(shapes.as_json(row))

    def delete(self, request: Call, call_id: str) -> Response:
        """End the supervision; without one this is fine too."""
        call = calls.access_call(request.workspace.id, request.mode, call_id)
        supervising.stop(call, actor=request.actor)
        return Response(status=204)


def _document(raw: bytes, content_type: str) -> Document:
    """Read a voice document; every fault of it is a field of the refusal."""
    verdict = lint(raw, content_type)
    if verdict.errors:
        faults = [(it.where, f"{it.message} {it.mend}") for it in verdict.errors]
        raise BadRequest(fields=faults)
    return parse_document(raw, content_type)


# The body is what the serializer let through.
def _wish(body: dict[str, Any]) -> supervising.Wish:
    who = body["supervisor"]
    is_phone = who["type"] == supervising.PHONE
    named, other = ("number", "identity") if is_phone else ("identity", "number")
    if not who.get(named):
        raise BadRequest(fields=[(f"supervisor.{named}", f"a {who['type']} needs it")])
    if who.get(other):
        raise BadRequest(fields=[(f"supervisor.{other}", f"a {who['type']} has none")])
    return supervising.Wish(
        mode=body["mode"],
        type=who["type"],
        identity=who.get("identity", ""),
        number=who.get("number", ""),
        announce=body.get("announce", "none"),
        label=body.get("label", ""),
        notify_agent=body.get("notify_agent", True),
    )
