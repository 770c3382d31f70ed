"""Samples that are no programs, judged by what they are: JSON, XML, HTTP, settings, a prompt."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

import jsonschema

from docs import document, library, payloads
from kernel import env, errors, events
from sautikit_site.samples.found import Sample
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.xml_form import parse_xml


class Wrong(Exception):
    """A sample does not do, or is not, what its page says."""


def check_json(text: str) -> None:
    """Check a voice document, an event, a refusal, or the body of a reply, whichever it is."""
    body = json.loads(text)
    if "actions" in body:
        if not parse_json(text.encode()).actions:
            raise Wrong("the document has no actions")
    elif "error" in body:
        _check_error(body)
    elif "event_id" in body:
        _check_event(body)
    else:
        _check_reply(body)


def check_xml(text: str) -> None:
    """Check a voice document in XML."""
    if not parse_xml(text.encode()).actions:
        raise Wrong("the document has no actions")


def check_http(text: str) -> None:
    """Check that a request has the headers that we send, and no other."""
    first, *lines = text.strip().splitlines()
    if not re.fullmatch(r"POST /\S+ HTTP/1\.1", first):
        raise Wrong(f"this is no request: {first}")
    names = {line.partition(":")[0] for line in lines}
    if unknown := names - set(payloads.HEADERS) - {"Content-Type"}:
        raise Wrong(f"we do not send {', '.join(sorted(unknown))}")
    check_signature(next(line for line in lines if line.startswith("X-Sautikit-Signature")))


def check_signature(text: str) -> None:
    """Check the form of the signature header."""
    if not re.fullmatch(r"X-Sautikit-Signature: t=\d{10},v1=<hex>", text.strip()):
        raise Wrong(f"our header looks different: {text}")


def check_prompt(text: str) -> None:
    """Check that the prompt is the one that the builder makes."""
    if text.strip() != library.prompt(library.TASK):
        raise Wrong("the builder makes another prompt")


def check_settings(text: str) -> None:
    """Check that each line sets a setting that there is, and that lists in JSON can be read."""
    known = env.declared()
    for word in shlex.split(text, comments=True):
        name, _, value = word.partition("=")
        if name not in known:
            raise Wrong(f"there is no setting {name}")
        if value.startswith(("[", "{")):
            json.loads(value)


CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    "json": check_json,
    "xml": check_xml,
    "http": check_http,
    "md ai-prompt.md": check_prompt,
    "sh env": check_settings,
    "txt signature-header.txt": check_signature,
}
# Files that say how a program is started: it is.
STARTED: Final = frozenset({"mcp.json"})


def check_of(sample: Sample) -> Callable[[str], None] | None:
    """Return what judges a sample that is no program; None when it is one."""
    code = sample.code
    if code.name in STARTED:
        return None
    return CHECKS.get(f"{code.language} {code.name}") or CHECKS.get(code.language)


# Bodies are JSON.
def _check_error(body: dict[str, Any]) -> None:
    _fits(body, "Error")
    code = body["error"]["code"]
    if code not in errors.registry():
        raise Wrong(f"there is no code {code}")


def _check_event(body: dict[str, Any]) -> None:
    event = events.catalogue().get(body["event"])
    if event is None:
        raise Wrong(f"there is no event {body['event']}")
    _fits(body, payloads.title(event))


def _check_reply(body: dict[str, Any]) -> None:
    """A reply has the shape of some object of the API, with no field that it does not know."""
    schemas = document.read()["components"]["schemas"]
    for name, shape in schemas.items():
        if "properties" in shape and set(body) <= set(shape["properties"]):
            try:
                _fits(body, name)
            except jsonschema.ValidationError:
                continue
            return
    raise Wrong(f"no object of the API has these fields: {', '.join(body)}")


def _fits(body: dict[str, Any], name: str) -> None:
    components = document.read()["components"]
    jsonschema.validate(body, {"$ref": f"#/components/schemas/{name}", "components": components})
