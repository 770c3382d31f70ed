"""The door that rehearses a voice document: what a caller would hear, with nobody called."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin

from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import Call
from calls import services as calls
from kernel.api import ApiView, parse
from kernel.errors import BadRequest
from kernel.shapes import ANYTHING, TEXT
from telephony.interpreter.document import BYTES_MAX
from telephony.interpreter.lint import lint
from telephony.rehearsal.bill import bill_of
from telephony.rehearsal.play import LONGEST_SECONDS, URL, Plan, rehearse
from telephony.rehearsal.script import KINDS, STATUSES, Input
from telephony.rehearsal_shapes import REHEARSAL, as_json
from telephony.sound_hosts import with_hosts

E164 = r"^\+[1-9][0-9]{6,14}$"
ADDRESS_MAX = 2048
DOCUMENTS_MAX = 50
INPUTS_MAX = 200
KEYS_MAX = 64
DIRECTIONS = ("inbound", "outbound")


class AnyDocument(serializers.JSONField):
    """A voice document: an object with actions, or JSON or XML as text."""

    shape: ClassVar = {
        "anyOf": [ANYTHING, TEXT],
        "description": "A voice document: an object with `actions`, or JSON or XML as text.",
    }

    # DRF asks with whatever stood there; the interpreter judges it.
    def to_internal_value(self, data: Any) -> Any:
        return data


class DocumentMap(serializers.DictField):
    """Voice documents by address."""

    shape: ClassVar = {
        "type": "object",
        "additionalProperties": True,
        "description": "What your server answers at other addresses, relative ones to `url`; null "
        "is a server that does not answer.",
    }


class RehearsedInput(serializers.Serializer[Any]):
    """One thing that the caller does, or that happens to somebody who is dialled."""

    kind = serializers.ChoiceField(choices=[(it, it) for it in KINDS])
    digits = serializers.RegexField(
        rf"^[0-9*#]{{0,{KEYS_MAX}}}$", required=False, allow_blank=True, help_text="The keys."
    )
    status = serializers.ChoiceField(choices=[(it, it) for it in STATUSES], required=False)
    seconds = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_SECONDS,
        required=False,
        help_text="How long was spoken, talked or stayed.",
    )


class RehearseBody(serializers.Serializer[Any]):
    """A voice document and a script. The body may also be the document alone, JSON or XML."""

    document = AnyDocument()
    documents = DocumentMap(required=False)
    inputs = serializers.ListField(child=RehearsedInput(), required=False, max_length=INPUTS_MAX)
    direction = serializers.ChoiceField(choices=[(it, it) for it in DIRECTIONS], required=False)
    url = serializers.URLField(max_length=ADDRESS_MAX, required=False)
    fallback_url = serializers.URLField(max_length=ADDRESS_MAX, required=False)
    pauses = serializers.BooleanField(required=False)
    to = serializers.RegexField(E164, max_length=16, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a keyword of Python."""
        caller = serializers.RegexField(E164, max_length=16, required=False)
        return {**super().get_fields(), "from": caller}

    # DRF asks with the whole body.
    def to_internal_value(self, data: Any) -> Any:
        """Take the actions of a document that stands alone, beside the script if there is one."""
        if "actions" not in data:
            return super().to_internal_value(data)
        if "document" in data:
            raise serializers.ValidationError({"document": "name either document or actions"})
        return super().to_internal_value({**data, "document": {"actions": data["actions"]}})


class RehearseVoice(ApiView):
    """Rehearse a voice document with a scripted caller: the time line of what they would hear, what
    your server would be asked, and what the call would cost. Nobody is called, nothing is fetched
    and nothing is charged.
    """

    scope = "calls.write"
    raises = (BadRequest,)
    inputs: ClassVar = {"POST": RehearseBody}
    outputs: ClassVar = {"POST": {200: REHEARSAL}}

    def post(self, request: Call) -> Response:
        """Rehearse a voice document with a scripted caller: each input is used by the first wait it
        fits (`digits`, `silence`, `recorded`, `dialled`, `left`, `hangup`), and where there is none
        the caller stays silent, or hangs up in the end; with `pauses` the rehearsal stops there
        instead. Answers to `redirect` and `action` come from `documents`. Nobody is called, nothing
        is fetched and nothing is charged. `to` prices the call.
        """
        body = _body(request)
        policy = calls.recording_policy(request.workspace.id)
        plan = replace(
            _plan(body), announcement=policy.announcement, announcement_language=policy.language
        )
        told = rehearse(plan)
        verdicts = {
            url: with_hosts(lint(raw), raw, workspace_id=request.workspace.id, url=url)
            for url, raw in plan.documents.items()
            if raw is not None
        }
        bill = None
        if to := body.get("to"):
            bill = bill_of(
                told,
                workspace_id=request.workspace.id,
                currency=request.workspace.currency,
                direction=plan.direction,
                to=to,
            )
        return Response(as_json(told, verdicts, bill))


# The body is what the serializer let through.
def _body(request: Call) -> dict[str, Any]:
    """Read the body: a rehearsal, or the document alone."""
    if request.body.lstrip()[:1] == b"<":
        return {"document": request.body}
    return parse(request, RehearseBody)


# The body is what the serializer let through.
def _plan(body: dict[str, Any]) -> Plan:
    others = body.get("documents", {})
    if len(others) > DOCUMENTS_MAX:
        raise BadRequest(fields=[("documents", f"at most {DOCUMENTS_MAX} documents")])
    url = body.get("url", URL)
    documents = {urljoin(url, at): _raw(it, f"documents.{at}") for at, it in others.items()}
    return Plan(
        documents={**documents, url: _raw(body["document"], "document")},
        inputs=tuple(Input(**it) for it in body.get("inputs", ())),
        url=url,
        fallback_url=urljoin(url, body.get("fallback_url", "")) if "fallback_url" in body else "",
        direction=body.get("direction", "outbound"),
        pauses=body.get("pauses", False),
    )


def _raw(value: object, path: str) -> bytes | None:
    """Return a document as a server would send it; raises BadRequest for one that is none."""
    if value is None or isinstance(value, bytes):
        return value
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except RecursionError:
        raise BadRequest(fields=[(path, "nested too deeply")]) from None
    raw = text.encode(errors="surrogatepass")
    if len(raw) > BYTES_MAX:
        raise BadRequest(fields=[(path, f"at most {BYTES_MAX // 1024} KiB")])
    return raw
