"""The resource layer of the Node SDK: a table of routes and the types of what goes in and comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

from docs.sdk.operations import Operation, operations
from telephony import grammar

FOLDER = Path(settings.BASE_DIR) / "sdks" / "node" / "lib"
HEAD = "// Made by `manage.py generate` from the API description. Do not edit.\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


# The document is JSON: its reader knows what stands where.
def files(whole: dict[str, Any]) -> dict[Path, str]:
    """Return the generated files of the SDK with their text."""
    found = operations(whole)
    schema: Any = grammar.schema()
    verbs = schema["properties"]["actions"]["items"]["properties"]
    return {
        FOLDER / "routes.js": _routes(found),
        FOLDER / "verbs.js": _verbs(verbs),
        FOLDER / "api.d.ts": _types(whole, found, verbs),
    }


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)


def _resources(found: list[Operation]) -> Iterable[tuple[str, list[Operation]]]:
    for resource, group in groupby(found, lambda it: it.resource):
        yield resource, list(group)


def _routes(found: list[Operation]) -> str:
    lines = [HEAD, '"use strict";\n', "module.exports = {"]
    for resource, group in _resources(found):
        lines.append(f"  {_camel(resource)}: {{")
        lines += [f"    {_camel(it.verb)}: {_route(it)}," for it in group]
        lines.append("  },")
    return "\n".join([*lines, "};\n"])


def _route(it: Operation) -> str:
    facts = {
        "method": it.method,
        "path": it.path,
        "body": bool(it.body),
        "form": it.is_form,
        "query": bool(it.query),
        "key": it.takes_key,
        "redirect": it.is_redirect,
        "rows": it.rows,
        "cursor": it.cursor,
    }
    told = [f"{name}: {json.dumps(value)}" for name, value in facts.items() if value]
    return f"{{ {', '.join(told)} }}"


# A verb's schema is JSON.
def _verbs(verbs: dict[str, Any]) -> str:
    """Name each verb, the attribute that may be given as a bare text, and those of which one is given."""
    rows = []
    for name, it in verbs.items():
        facts = {"bare": next(iter(it.get("required", [])), ""), "either": _either(it)}
        told = [f"{word}: {json.dumps(value)}" for word, value in facts.items() if value]
        rows.append(f"  {name}: {{ {', '.join(told)} }}," if told else f"  {name}: {{}},")
    return "\n".join([HEAD, '"use strict";\n', "module.exports = {", *rows, "};\n"])


# A verb's schema is JSON.
def _either(verb: dict[str, Any]) -> list[str]:
    """Return the attributes of which exactly one is given."""
    return [it["required"][0] for it in verb.get("oneOf", []) if it.get("required")]


# The document is JSON: its reader knows what stands where.
def _types(whole: dict[str, Any], found: list[Operation], verbs: dict[str, Any]) -> str:
    schemas = whole["components"]["schemas"]
    bodies = sorted({it.body for it in found if it.body and it.body != "VoiceDocument"})
    # What stands inside of a body keeps the names of the API.
    used = _reached(schemas, [it.reply for it in found] + _spoken_of(schemas, bodies))
    parts = [HEAD, 'import type { Page, RequestOptions } from "./index";\n']
    parts += [_interface(name, schemas[name]) for name in sorted(used)]
    parts += [_interface(f"{name}Params", schemas[name], camel=True) for name in bodies]
    parts += [_attributes(_verb_type(name), it) for name, it in verbs.items()]
    parts.append(_document(verbs))
    for resource, group in _resources(found):
        methods = "".join(_method(it) for it in group)
        parts.append(f"export interface {_title(resource)}Resource {{\n{methods}}}\n")
    names = [f"  readonly {_camel(it)}: {_title(it)}Resource;\n" for it, _ in _resources(found)]
    parts.append(f"export interface Resources {{\n{''.join(names)}}}\n")
    return "\n".join(parts)


def _title(name: str) -> str:
    camel = _camel(name)
    return camel[0].upper() + camel[1:]


def _verb_type(name: str) -> str:
    return f"{_title(name)}Attributes"


def _document(verbs: dict[str, Any]) -> str:
    actions = "".join(f"  | {{ {name}: {_verb_type(name)} }}\n" for name in verbs)
    return (
        f"export type VoiceAction =\n{actions.rstrip()};\n\n"
        "export interface VoiceDocument {\n  actions: VoiceAction[];\n}\n"
    )


def _reached(schemas: dict[str, Any], names: list[str]) -> set[str]:
    """Return the named schemas and all that they speak of."""
    found: set[str] = set()
    waiting = [name for name in names if name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _spoken_of(schemas, [name])
    return found


# The document is JSON: its reader knows what stands where.
def _spoken_of(schemas: dict[str, Any], names: list[str]) -> list[str]:
    return re.findall(r"#/components/schemas/(\w+)", json.dumps([schemas[it] for it in names]))


def _method(it: Operation) -> str:
    arguments = [f"{_camel(name)}: string" for name in it.inside_path]
    if it.body:
        name = it.body if it.body == "VoiceDocument" else f"{it.body}Params"
        key = " & { idempotencyKey?: string }" if it.takes_key else ""
        arguments.append(f"params{'' if it.needs_body else '?'}: {name}{key}")
    elif it.query:
        must = any(each.get("required") for each in it.query)
        arguments.append(f"params{'' if must else '?'}: {_query(it)}")
    arguments.append("options?: RequestOptions")
    scope = f" Scope: {it.scope}." if it.scope else ""
    return f"  /** {it.summary}.{scope} */\n  {_camel(it.verb)}({', '.join(arguments)}): {_result(it)};\n"


def _query(it: Operation) -> str:
    fields = [
        f"{_camel(each['name'])}{'' if each.get('required') else '?'}: {_type(each['schema'])}"
        for each in it.query
    ]
    return f"{{ {'; '.join(fields)} }}"


def _result(it: Operation) -> str:
    if it.is_redirect:
        return f'Promise<{{ status: "ready"; url: string }} | {it.reply}>'
    if it.id == "calls.read":
        return "Promise<Call & CallReply>"
    if it.rows:
        return f'Page<{it.reply}, {it.reply}["{it.rows}"][number]>'
    return f"Promise<{it.reply or 'void'}>"


# A verb's schema is JSON.
def _attributes(name: str, verb: dict[str, Any]) -> str:
    """Declare a verb; where one of several attributes is given, a type for each of them."""
    either = _either(verb)
    if not either:
        return _interface(name, verb)
    shared = {word: it for word, it in verb["properties"].items() if word not in either}
    forms = []
    for chosen in either:
        others = "".join(f"; {word}?: never" for word in either if word != chosen)
        forms.append(f"  | {{ {chosen}: {_type(verb['properties'][chosen])}{others} }}")
    rest = _record({**verb, "properties": shared}, 0)
    return "\n".join([f"export type {name} = {rest} & (", *forms, ");\n"])


def _interface(name: str, schema: dict[str, Any], *, camel: bool = False) -> str:
    if "properties" not in schema:
        return f"export type {name} = {_type(schema)};\n"
    return f"export interface {name} {_record(schema, 0, camel=camel)}\n"


def _record(schema: dict[str, Any], depth: int, *, camel: bool = False) -> str:
    pad = "  " * (depth + 1)
    lines = ["{"]
    for name, it in schema["properties"].items():
        if text := it.get("description"):
            lines.append(f"{pad}/** {' '.join(text.replace('*/', '').split())} */")
        mark = "" if name in schema.get("required", []) else "?"
        shown = _camel(name) if camel else name
        shown = shown if re.fullmatch(r"[A-Za-z_$][\w$]*", shown) else json.dumps(shown)
        lines.append(f"{pad}{shown}{mark}: {_type(it, depth + 1)};")
    return "\n".join([*lines, f"{'  ' * depth}}}"])


def _type(schema: dict[str, Any], depth: int = 0) -> str:
    """Return the TypeScript type of a JSON schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(_type(each, depth) for each in schema[word]))
    if schema.get("format") == "binary":
        return "Uint8Array"
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value) for value in values)
    kinds = schema.get("type", "object" if "properties" in schema else "")
    if isinstance(kinds, list):
        parts = [_type({**schema, "type": kind}, depth) for kind in kinds]
        return " | ".join(dict.fromkeys(parts))
    return _single(kinds, schema, depth)


def _single(kind: str, schema: dict[str, Any], depth: int) -> str:
    if kind == "array":
        inner = _type(schema.get("items", {}), depth)
        return f"Array<{inner}>"
    if kind == "object" and "properties" in schema:
        return _record(schema, depth)
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"Record<string, {_type(more, depth) if isinstance(more, dict) else 'unknown'}>"
    return PLAIN.get(kind, "null" if kind == "null" else "unknown")
