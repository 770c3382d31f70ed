"""The `/v1/voice` door: judge a voice document before a call depends on it."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api import ApiView
from telephony import shapes
from telephony.interpreter.lint import Verdict, lint
from telephony.interpreter.mending.mend import mended
from telephony.sound_hosts import with_hosts


class ActionList(serializers.ListField):
    """The actions of a document; the grammar describes them."""

    shape: ClassVar = shapes.ACTIONS


class VoiceDocument(serializers.Serializer[Any]):
    """A voice document as a voice URL would answer it; read by the interpreter, not by this class."""

    actions = ActionList()


class ValidateVoice(ApiView):
    """Judge a voice document without calling anybody: the body is what your voice URL would
    answer, JSON or XML. A document that is wrong is a 200 that says what, where and how to mend it.
    """

    scope = "calls.write"
    inputs: ClassVar = {"POST": VoiceDocument}
    outputs: ClassVar = {"POST": {200: shapes.VERDICT}}

    def post(self, request: Request) -> Response:
        raw, kind = request.body, request.content_type or ""
        workspace_id = request.workspace.id  # type: ignore[attr-defined]
        verdict = with_hosts(lint(raw, kind), raw, kind, workspace_id=workspace_id)
        return Response(as_json(verdict, mended(raw, kind)))


# The shape is the contract's reply.
def as_json(verdict: Verdict, meant: str | None) -> dict[str, Any]:
    """Return the wire form of a verdict."""
    faults = [{"where": it.where, "message": it.message, "mend": it.mend} for it in verdict.errors]
    warnings = [{"where": it.where, "message": it.message} for it in verdict.warnings]
    return {
        "valid": verdict.is_valid,
        "errors": faults,
        "warnings": warnings,
        **({} if meant is None else {"mended": meant}),
    }
