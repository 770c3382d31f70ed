"""The whole OpenAPI document: made from the code, written to docs/openapi.yaml, served from there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from docs import payloads
from docs.naming import GROUPS
from docs.openapi import shared_refusals
from kernel import errors, shapes
from kernel.shapes import Shape

FILE = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
API_URL = "https://api.sautikit.com"
CONTACT = {
    "name": "Sautikit",
    "url": f"{API_URL}/developers",
    "email": "developers@sautikit.com",
}
ABOUT = """Programmable voice in Kenya: buy a number, place and answer calls, pay by the second from a
prepaid wallet. Amounts are integers in minor units (100 is KES 1.00), times are RFC 3339 in UTC,
phone numbers are E.164. Every refusal has the same envelope and a code with a page of its own."""
ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": shapes.said(shapes.TEXT, "Stable; decide on it."),
                "message": shapes.said(shapes.TEXT, "A sentence for people; it may change."),
                "request_id": shapes.said(shapes.TEXT, "Quote it to support."),
                "doc_url": shapes.said(shapes.URL, "The page of this code."),
                "fields": shapes.listing(
                    {
                        "type": "object",
                        "properties": {"path": shapes.TEXT, "message": shapes.TEXT},
                        "required": ["path", "message"],
                    }
                ),
            },
            "required": ["code", "message", "request_id", "doc_url"],
        }
    },
    "required": ["error"],
}
SECURITY = {
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key: `tsk_live_…` or `tsk_test_…`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sk_session",
        "description": "The console's session, from our own pages only.",
    },
}
REPLAY = {
    "Idempotent-Replay": {
        "description": "`true` when this is the stored reply of an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Dumper(yaml.SafeDumper):
    """Plain YAML: no anchors, texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def document() -> dict[str, Any]:
    """Return the document as the code declares it now."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    schemas: dict[str, Shape] = {**made["components"]["schemas"], "Error": ERROR}
    webhooks = payloads.section(schemas.__setitem__)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Sautikit API",
            "version": "v1",
            "description": ABOUT,
            "contact": CONTACT,
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "servers": [{"url": API_URL}],
        "tags": [{"name": name, "description": GROUPS[name]} for name in _tags(made["paths"])],
        "paths": {path: _in_order(made["paths"][path]) for path in sorted(made["paths"])},
        "webhooks": {name: webhooks[name] for name in sorted(webhooks)},
        "components": {
            "schemas": {name: _honest(schemas[name]) for name in sorted(schemas)},
            "responses": shared_refusals(),
            "examples": _examples(),
            "headers": REPLAY,
            "securitySchemes": SECURITY,
        },
    }
    return _without_unused(whole)


def text() -> str:
    """Return the document as the file holds it."""
    head = "# Generated from the code by `manage.py generate`; do not edit.\n"
    return head + yaml.dump(
        document(), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100
    )


def served() -> str:
    """Return the file with this installation as its server."""
    return FILE.read_text().replace(API_URL, settings.PUBLIC_URL)


@functools.cache
def read() -> dict[str, Any]:
    """Return the file as data; the pages are made from it."""
    loaded: dict[str, Any] = yaml.load(FILE.read_text(), Loader)  # noqa: S506  The safe one, in C.
    return loaded


def _tags(paths: dict[str, Any]) -> list[str]:
    return sorted({tag for item in paths.values() for it in item.values() for tag in it["tags"]})


# The document is JSON.
def _honest(shape: Any) -> Any:
    """Leave out defaults that stand for "not given" and that nobody may send."""
    if isinstance(shape, list):
        return [_honest(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    kept = {name: _honest(each) for name, each in shape.items()}
    # A property may be called default; only a value is one.
    if isinstance(kept.get("default"), (str, int, list)) and not _may_be_sent(kept):
        del kept["default"]
    return kept


def _may_be_sent(shape: Shape) -> bool:
    default = shape["default"]
    if isinstance(default, list):
        return len(default) >= shape.get("minItems", 0) and "anyOf" not in shape
    if isinstance(default, str):
        return re.search(shape.get("pattern", ""), default) is not None
    return bool(default >= shape.get("minimum", default))


# The document is JSON.
def _without_unused(whole: dict[str, Any]) -> dict[str, Any]:
    """Leave out the responses and examples that nothing points at."""
    components = whole["components"]
    while True:
        named = set(_references(whole))
        unused = [
            (kind, name)
            for kind in ("responses", "examples")
            for name in components[kind]
            if f"#/components/{kind}/{name}" not in named
        ]
        if not unused:
            return whole
        for kind, name in unused:
            del components[kind][name]


# The document is JSON.
def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)


def _in_order(item: dict[str, Any]) -> dict[str, Any]:
    order = ("get", "post", "put", "patch", "delete")
    return {method: item[method] for method in order if method in item}


def _examples() -> dict[str, Any]:
    found = {}
    for code, problem in sorted(errors.registry().items()):
        error = {
            "code": code,
            "message": problem.message,
            "request_id": "req_5f0c2d9a4b7e8f1a2b3c4d5e",
            "doc_url": f"{API_URL}/developers/errors/{code}",
        }
        found[code] = {"value": {"error": error}}
    return found
