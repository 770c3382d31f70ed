"""How the parts of the OpenAPI document are called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kernel.shapes import TEXT, UUID, Shape

STATUS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted; it goes on.",
    204: "Done; no body.",
    302: "Follow `Location`, without your key.",
}
VERBS = {"PATCH": "update", "PUT": "replace", "DELETE": "delete"}
# Forms that older clients use; they stay, and new code has the other.
OLDER = frozenset(
    {
        "/v1/calls/originate",
        "/v1/numbers/available/claim",
        "/v1/numbers/{inventory_id}/claim",
        "/v1/wallet",
    }
)
TAGS = {
    "numbers": "Numbers",
    "calls": "Calls",
    "do-not-call": "Calls",
    "voice": "Calls",
    "recordings": "Calls",
    "uploads": "Calls",
    "storage": "Calls",
    "wallet": "Wallet",
    "topups": "Wallet",
    "webhooks": "Webhooks",
    "events": "Webhooks",
    "listeners": "Webhooks",
    "api-keys": "API keys",
    "workspace": "Workspace",
    "members": "Workspace",
    "invitations": "Workspace",
    "audit": "Workspace",
    "auth": "Sign-in",
    "cli": "Sign-in",
    "public": "Pricing",
    "webrtc": "Phones",
    "sip": "Phones",
}


# In the order of the reference.
GROUPS = {
    "Numbers": "Provision and manage Kenyan voice numbers: local Nairobi numbers, billed monthly in KES.",
    "Calls": "Place outbound calls, follow them while they run, and read what they cost.",
    "Conferences": "Rooms where several callers hear each other, and what you do with them.",
    "Phones": "Tokens of phones in a browser.",
    "Wallet": "Your prepaid KES balance, topped up by an M-Pesa prompt, and every movement of it.",
    "Webhooks": "Endpoints of yours, and what was sent to them.",
    "API keys": "Keys are made and revoked by other keys, or in the console.",
    "Workspace": "The workspace behind the key.",
    "Sign-in": "What the console and the command line use to sign people in; a program uses a key.",
    "Pricing": "What things cost, for everyone to read.",
}
PATH_ABOUT = {
    "call_id": "The UUID or the `HD_…` session id of the call.",
    "room": "The name of the room, or its id.",
}


def tag(path: str) -> str:
    """Return the heading a path stands under."""
    first = segments(path)[0]
    return TAGS.get(first, first.replace("-", " ").capitalize())


def segments(path: str) -> list[str]:
    """Return the words of a path without /v1 and without its parameters."""
    parts = path.removeprefix("/v1").strip("/").split("/")
    return [part for part in parts if not part.startswith("{")]


def path_names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def path_shape(name: str) -> Shape:
    """Ids are UUIDs; a call is named by its session id too."""
    return UUID if name.endswith("_id") and name != "call_id" else TEXT


def path_about(name: str) -> str:
    """Say what stands in a path."""
    return PATH_ABOUT.get(name) or f"The id of the {name.removesuffix('_id').replace('_', ' ')}."


def operation_id(method: str, path: str, *, answers_list: bool) -> str:
    """Return `calls.create`, `calls.list`, `calls.hangup` …, unlike any other of the document."""
    words = [word.replace("-", "_") for word in segments(path)]
    base = ".".join(words)
    names = path_names(path)
    if method == "GET":
        return f"{base}.{'list' if answers_list else 'read'}"
    if method != "POST":
        return f"{base}.{VERBS[method]}"
    # A verb as the last word: numbers.claim, calls.hangup. One word is a collection.
    if len(words) == 1 or words[-1].endswith("s"):
        return f"{base}.create"
    is_older_form = path == "/v1/numbers/{inventory_id}/claim"
    return f"{base}.by_{names[0]}" if is_older_form else base


def serializer_name(serializer: type[Any]) -> str:
    """Return `ClaimInput` for ClaimView.Body, and a top-level serializer's own name."""
    outer, _, inner = serializer.__qualname__.partition(".")
    return f"{outer.removesuffix('View')}Input" if inner else outer


def said_about(doc: str) -> tuple[str, str]:
    """Return the first part of the first sentence, and everything that is said."""
    text = " ".join(doc.split())
    return re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0].rstrip(".;:"), text


def lift(shape: Shape, register: Callable[[str, Shape], None]) -> Shape:
    """Replace every titled shape by a reference, inner ones first, and register what it was."""
    lifted = {name: _lift_value(value, register) for name, value in shape.items()}
    title = lifted.pop("title", None)
    # A property may be called title; only a shape's own title is text.
    if not isinstance(title, str):
        return lifted if title is None else {**lifted, "title": title}
    register(title, lifted)
    return {"$ref": f"#/components/schemas/{title}"}


# A shape holds whatever JSON holds.
def _lift_value(value: Any, register: Callable[[str, Shape], None]) -> Any:
    if isinstance(value, dict):
        return lift(value, register)
    if isinstance(value, list):
        return [_lift_value(each, register) for each in value]
    return value
