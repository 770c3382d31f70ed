"""What every SDK offers: each route of the API under the name it has in code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Where the rule below gives a name nobody would guess.
NAMES = {
    "calls.actions.create": "calls.actions",
    "calls.supervision": "calls.supervise",
    "calls.supervision.delete": "calls.stop_supervision",
    "calls.supervision.read": "calls.get_supervision",
    "calls.supervision.update": "calls.set_supervision_mode",
    "conferences.commands.create": "conferences.command",
    "numbers.delete": "numbers.release",
    "numbers.sip_credentials.create": "numbers.create_sip_credential",
    "numbers.sip_credentials.delete": "numbers.delete_sip_credential",
    "numbers.sip_credentials.rotate": "numbers.rotate_sip_credential",
    "public.pricing.read": "pricing.get",
    "wallet.alert.confirm": "alert_subscribers.confirm",
    "wallet.alert.subscribers.create": "alert_subscribers.create",
    "wallet.alert.subscribers.delete": "alert_subscribers.delete",
    "wallet.alert.subscribers.list": "alert_subscribers.list",
    "webhooks.deliveries.read": "webhooks.delivery",
    "webhooks.deliveries.retry": "webhooks.retry_delivery",
    "webrtc.token": "webrtc.mint_token",
    "webrtc.token.create": "webrtc.mint_token",
}
FORM = "multipart/form-data"
# Replies that wrap what was asked for.
UNWRAPPED = {"calls.read": "call"}
# The browser's session, the command line's own stream, and the older forms of other routes.
LEFT_OUT = re.compile(
    r"auth\.|cli\.|listeners\.|sip\.token|events\.trigger|calls\.originate|numbers\.claim\.|numbers\.available\.claim"
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: its name as resource and verb, what it takes, and the schema of its reply."""

    id: str
    resource: str
    verb: str
    method: str
    path: str
    summary: str
    scope: str
    inside_path: tuple[str, ...]
    # Each as the document describes it.
    query: tuple[dict[str, Any], ...] = field(repr=False)
    body: str
    needs_body: bool
    takes_key: bool
    # The body is a form with a file.
    is_form: bool
    reply: str
    is_redirect: bool
    # The list that a page holds and the parameter that asks for the next; empty for what has no pages.
    rows: str
    cursor: str
    # The field of the reply that is the result, when the others only repeat it.
    unwraps: str


# The document is JSON: its reader knows what stands where.
def operations(document: dict[str, Any]) -> list[Operation]:
    """Return every operation of the SDKs, by resource and verb."""
    found = sorted(_read(document), key=lambda it: (it.resource, it.verb))
    names = [(it.resource, it.verb) for it in found]
    assert len(set(names)) == len(names), "two routes have one name"
    return found


def _read(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if LEFT_OUT.match(told["operationId"]) or told.get("deprecated"):
                continue
            if method == "put" and "patch" in methods:
                continue
            yield _operation(document, method, path, told)


def _operation(document: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> Operation:
    resource, verb = _name(told["operationId"]).rsplit(".", 1)
    parameters = told.get("parameters", [])
    query = tuple(it for it in parameters if it["in"] == "query")
    reply = _schema(_success(told))
    rows, cursor = _page(document, reply, {it["name"] for it in query})
    return Operation(
        id=told["operationId"],
        resource=resource,
        verb=verb,
        method=method.upper(),
        path=path,
        summary=told["summary"],
        scope=told.get("x-scope", ""),
        inside_path=tuple(re.findall(r"{(\w+)}", path)),
        query=query,
        body=_schema(told.get("requestBody", {})),
        needs_body=told.get("requestBody", {}).get("required", False),
        is_form=FORM in told.get("requestBody", {}).get("content", {}),
        takes_key=any(it["name"] == "Idempotency-Key" for it in parameters),
        reply=reply,
        is_redirect="302" in told["responses"],
        rows=rows,
        cursor=cursor,
        unwraps=UNWRAPPED.get(told["operationId"], ""),
    )


def _name(operation_id: str) -> str:
    """Turn calls.stats.read into calls.stats, numbers.routing.update into numbers.set_routing."""
    if operation_id in NAMES:
        return NAMES[operation_id]
    *nouns, verb = operation_id.split(".")
    if len(nouns) == 1:
        return f"{nouns[0]}.{'get' if verb == 'read' else 'update' if verb == 'replace' else verb}"
    resource, noun = nouns[0], "_".join(nouns[1:])
    if verb in ("read", "list"):
        return f"{resource}.{noun}"
    return f"{resource}.{'set' if verb in ('update', 'replace') else verb}_{noun}"


def _success(told: dict[str, Any]) -> dict[str, Any]:
    codes = sorted(code for code in told["responses"] if code.startswith("2"))
    return told["responses"][codes[0]] if codes else {}


def _schema(part: dict[str, Any]) -> str:
    content: dict[str, Any] = next(iter(part.get("content", {}).values()), {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]


def _page(document: dict[str, Any], reply: str, query: set[str]) -> tuple[str, str]:
    """Name the list that a page holds and the parameter that asks for the next page."""
    properties = document["components"]["schemas"].get(reply, {}).get("properties", {})
    cursor = next((name for name in ("cursor", "after") if name in query), "")
    if not cursor or "next_cursor" not in properties:
        return "", ""
    return next(name for name, it in properties.items() if it.get("type") == "array"), cursor
