"""The resource layer of the Python SDK: types, resources for both kinds of client, and the verbs."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from docs.sdk.model import DOCUMENT, MARK, Field, Kind, Model, Surface, answer, snake, title
from docs.sdk.operations import Operation

FOLDER = Path(settings.BASE_DIR) / "sdks" / "python" / "sautikit"
WIDTH = 96
# A choice of more than this many words is documented, not typed.
CHOICES_MAX = 12
PLAIN = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "any": "Any",
    "action": "NestedAction", "bytes": "bytes",
}  # fmt: skip


def files(found: Surface) -> dict[Path, str]:
    """Return the generated files of the SDK with their text."""
    return {
        FOLDER / "types.py": _types(found),
        FOLDER / "resources.py": _resources(found, is_async=False),
        FOLDER / "async_resources.py": _resources(found, is_async=True),
        FOLDER / "sauti.py": _functions(found),
        FOLDER / "verbs.py": _builder(found),
    }


def _head(doc: str, *imports: str) -> list[str]:
    lines = [f'"""{doc}\n\n{MARK}\n"""', "", "from __future__ import annotations", ""]
    return [*lines, *imports, ""]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _name(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _type(kind: Kind, *, given: bool = False) -> str:
    """Return the type of a value as it is read, or as it is given."""
    shown = _bare(kind, given=given)
    return f"{shown} | None" if kind.nullable and shown != "Any" else shown


def _bare(kind: Kind, *, given: bool) -> str:
    if kind.values and len(kind.values) <= CHOICES_MAX:
        return f"Literal[{', '.join(json.dumps(it, ensure_ascii=False) for it in kind.values)}]"
    if kind.base == "time":
        return "str | datetime" if given else "str"
    if kind.base == "list" and kind.item:
        inside = _type(kind.item, given=given)
        return f"Sequence[{inside}]" if given else f"list[{inside}]"
    if kind.base == "map" and kind.item:
        return f"{'Mapping' if given else 'dict'}[str, {_type(kind.item, given=given)}]"
    if kind.base == "union":
        return " | ".join(dict.fromkeys(_bare(it, given=given) for it in kind.parts))
    if kind.model:
        return f"types.{kind.model}" if given else kind.model
    return PLAIN[kind.base]


def _types(found: Surface) -> str:
    lines = _head(
        "What the API answers, as typed dictionaries.",
        "from typing import Any, Literal, TypedDict, Union",
    )
    for model in (*found.replies.values(), *found.inputs.values()):
        lines += ["", *_dictionary(model.name, model.fields, model.doc), ""]
    for verb in sorted(found.verbs, key=lambda it: it.name not in found.nested):
        name = f"{title(verb.name)}Attributes"
        lines += ["", *_dictionary(name, verb.fields, verb.doc), ""]
        lines += ["", f"{title(verb.name)}Action = TypedDict("]
        lines += [f'    "{title(verb.name)}Action", {{"{verb.name}": {name}}}', ")", ""]
    actions = ", ".join(f"{title(verb.name)}Action" for verb in found.verbs)
    lines += ["", *_wrapped("Action = Union[", actions.split(", "), "]", ""), ""]
    nested = [f"{title(name)}Action" for name in found.nested]
    lines += ["# What may be heard while keys are collected."]
    lines += [*_wrapped("NestedAction = Union[", nested, "]", ""), ""]
    lines += ["", "class VoiceDocument(TypedDict):", '    """What a voice URL answers."""', ""]
    return _text([*lines, "    actions: list[Action]"])


def _dictionary(name: str, fields: tuple[Field, ...], doc: str) -> list[str]:
    """Declare an object; what may be absent stands in a part of its own."""
    if any(keyword.iskeyword(it.name) or not it.name.isidentifier() for it in fields):
        # A keyword as a name cannot be written as an attribute.
        pairs = [f'    "{it.name}": "{_quoted(it)}",' for it in fields]
        return [f"{name} = TypedDict(", f'    "{name}",', "    {", *(f"    {it}" for it in pairs),
                "    },", ")"]  # fmt: skip
    always = [it for it in fields if it.required]
    sometimes = [it for it in fields if not it.required]
    if not sometimes:
        return _class(name, "TypedDict", always, doc)
    if not always:
        return _class(name, "TypedDict, total=False", sometimes, doc)
    first = _class(f"_{name}", "TypedDict", always, "")
    return [*first, "", "", *_class(name, f"_{name}, total=False", sometimes, doc)]


def _quoted(it: Field) -> str:
    return _type(it.kind).replace('"', "'")


def _class(name: str, base: str, fields: list[Field], doc: str) -> list[str]:
    lines = [f"class {name}({base}):"]
    if doc:
        lines += [*_docstring(doc, "    "), ""]
    for it in fields:
        if it.doc:
            lines += _comment(it.doc, "    #: ")
        lines.append(f"    {it.name}: {_type(it.kind)}")
    return lines if fields or doc else [*lines, "    pass"]


def _docstring(text: str, pad: str) -> list[str]:
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if len(text) + len(pad) + 6 <= WIDTH:
        return [f'{pad}"""{text}"""']
    rows = _fill(text, WIDTH - len(pad) - 3)
    return [f'{pad}"""{rows[0]}', *(f"{pad}{row}" for row in rows[1:]), f'{pad}"""']


def _comment(text: str, mark: str) -> list[str]:
    return [f"{mark}{row}" for row in _fill(text, WIDTH - len(mark))]


def _fill(text: str, width: int) -> list[str]:
    rows = [""]
    for word in text.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _wrapped(before: str, parts: list[str], after: str, pad: str) -> list[str]:
    """Put parts between brackets on one line, or each on its own when they do not fit."""
    line = f"{pad}{before}{', '.join(parts)}{after}"
    if len(line) <= WIDTH + 4:
        return [line]
    return [f"{pad}{before}", *(f"{pad}    {part}," for part in parts), f"{pad}{after}"]


def _resources(found: Surface, *, is_async: bool) -> str:
    kind = "AsyncResource" if is_async else "Resource"
    base = "async_resource" if is_async else "resource"
    pages = "AsyncPages" if is_async else "Pages"
    doc = "What the API offers, one class for each noun"
    lines = _head(
        f"{doc}, for {'asyncio' if is_async else 'threads'}.",
        "from collections.abc import Mapping, Sequence",
        "from datetime import datetime",
        "from typing import Any, Literal",
        "",
        "from sautikit import types",
        *sorted([f"from sautikit.{base} import {kind}", f"from sautikit.pages import {pages}"]),
        "from sautikit.wire import UNSET, Unset, given, quoted",
        "",
        "__all__ = [",
        *(f'    "{title(name)}",' for name, _ in found.resources()),
        '    "Resources",',
        "]",
    )
    for resource, group in found.resources():
        lines += ["", f"class {title(resource)}({kind}):"]
        lines.append(f'    """The routes of {resource.replace("_", " ")}."""')
        for it in group:
            lines += ["", *_method(found, it, is_async=is_async)]
        lines.append("")
    lines += ["", "class Resources:", '    """Every noun of the API."""', ""]
    return _text([*lines, *(f"    {name}: {title(name)}" for name, _ in found.resources())])


def _method(found: Surface, it: Operation, *, is_async: bool) -> list[str]:
    before = "async def" if is_async and not it.rows else "def"
    result = _result(found, it, is_async=is_async)
    arguments = ["self", *(f"{_name(name)}: str" for name in it.inside_path)]
    if it.body == DOCUMENT:
        arguments.append("document: types.VoiceDocument | Mapping[str, Any]")
    named = [_argument(each) for each in _ordered(_inputs(found, it))]
    if it.takes_key:
        named.append("idempotency_key: str | None = None")
    arguments += ["*", *named] if named else []
    scope = f" Scope: {it.scope}." if it.scope else ""
    lines = _wrapped(f"{before} {it.verb}(", arguments, f") -> {result}:", "    ")
    lines += _docstring(f"{it.summary}.{scope}", "        ")
    return [*lines, *_body(found, it, result, is_async=is_async)]


def _inputs(found: Surface, it: Operation) -> tuple[Field, ...]:
    if it.body and it.body != DOCUMENT:
        return found.bodies[it.body].fields
    return found.queries[it.id]


def _ordered(fields: tuple[Field, ...]) -> list[Field]:
    return sorted(fields, key=lambda it: not it.required)


def _argument(it: Field) -> str:
    shown = _type(it.kind, given=True)
    if it.required:
        return f"{_name(it.name)}: {shown}"
    if it.kind.nullable:
        return f"{_name(it.name)}: {shown} | Unset = UNSET"
    return f"{_name(it.name)}: {shown} | None = None"


def _result(found: Surface, it: Operation, *, is_async: bool) -> str:
    if it.is_redirect:
        return f"types.{it.reply} | dict[str, str]"
    if it.rows:
        pages = "AsyncPages" if is_async else "Pages"
        return f"{pages}[types.{found.row(it).model}, types.{it.reply}]"
    return f"types.{answer(it)}" if it.reply else "None"


def _body(found: Surface, it: Operation, result: str, *, is_async: bool) -> list[str]:
    path = _path(it)
    inputs = _inputs(found, it)
    lines, arguments = _given(inputs, "body" if it.body and it.body != DOCUMENT else "query"), []
    if it.body == DOCUMENT:
        arguments.append("body=document")
    elif inputs:
        arguments.append("form=body" if it.is_form else "body=body" if it.body else "query=query")
    if it.takes_key:
        arguments.append("key=idempotency_key or True")
    if it.unwraps:
        arguments.append(f'inside="{it.unwraps}"')
    wait = "await " if is_async else ""
    if it.rows:
        told = [path, "query", f'"{it.rows}"', f'"{it.cursor}"']
        return [*lines, *_wrapped("return self._pages(", told, ")", "        ")]
    before = f"{wait}self._ask("
    if result != "None":
        before = f"reply: {result} = {before}"
    asked = _wrapped(before, [f'"{it.method}"', path, *arguments], ")", "        ")
    return [*lines, *asked, *(["        return reply"] if result != "None" else [])]


def _path(it: Operation) -> str:
    text = it.path
    for name in it.inside_path:
        text = text.replace(f"{{{name}}}", f"{{quoted('{name}', {_name(name)})}}")
    return f'{"f" if it.inside_path else ""}"{text}"'


def _given(inputs: tuple[Field, ...], what: str) -> list[str]:
    if not inputs:
        return []
    plain = [f'"{it.name}": {_name(it.name)}' for it in inputs if not it.kind.nullable]
    nullable = [f'"{it.name}": {_name(it.name)}' for it in inputs if it.kind.nullable]
    parts = [plain, nullable] if nullable else [plain]
    line = f"        {what} = given({', '.join(_braced(each) for each in parts)})"
    if len(line) <= WIDTH + 4:
        return [line]
    rows = [row for each in parts for row in _wrapped("{", each, "},", "            ")]
    return [f"        {what} = given(", *rows, "        )"]


def _braced(pairs: list[str]) -> str:
    return f"{{{', '.join(pairs)}}}"


def _functions(found: Surface) -> str:
    lines = _head(
        "One function for each verb of a voice document: `sauti.say(...)`, `sauti.hangup()`.",
        "from collections.abc import Sequence",
        "from typing import Literal, overload",
        "",
        "from sautikit.documents import exactly_one, one",
        "from sautikit.types import (",
        *(f"    {name}," for name in sorted(["NestedAction", *_action_types(found)])),
        ")",
    )
    for verb in found.verbs:
        for either in verb.either:
            lines += ["", "@overload", *_signature(verb, "", f"{title(verb.name)}Action", either)]
            lines += ["    ...", ""]
        lines += ["", *_signature(verb, "", f"{title(verb.name)}Action")]
        lines += _docstring(verb.doc, "    ")
        attributes = [f'"{it.name}": {snake(it.name)}' for it in verb.fields]
        if verb.either:
            pairs = [f"{snake(it)}={snake(it)}" for it in verb.either]
            lines.append(f'    exactly_one("{verb.name}", {", ".join(pairs)})')
        lines += _wrapped("attributes: dict[str, object] = {", attributes, "}", "    ")
        shown = f"{title(verb.name)}Action"
        lines.append(f'    made: {shown} = one("{verb.name}", attributes)')
        lines += ["    return made", ""]
    return _text(lines)


def _action_types(found: Surface) -> list[str]:
    return [f"{title(verb.name)}Action" for verb in found.verbs]


def _signature(verb: Model, receiver: str, result: str, either: str = "") -> list[str]:
    """Write the head of a verb; with `either`, the form that takes only this one of the choice."""
    arguments = [receiver] if receiver else []
    bare = next((it for it in verb.fields if it.required), None)
    arguments += [f"{snake(bare.name)}: {_type(bare.kind, given=True)}"] if bare else []
    named = []
    for it in verb.fields:
        if it is bare or (either and it.name in verb.either and it.name != either):
            continue
        must = it.required or it.name == either
        mark = "" if must else " | None = None"
        named.append((must, f"{snake(it.name)}: {_type(it.kind, given=True)}{mark}"))
    named.sort(key=lambda each: not each[0])
    arguments += ["*", *(shown for _, shown in named)] if named else []
    pad = "    " if receiver else ""
    return _wrapped(f"def {snake(verb.name)}(", arguments, f") -> {result}:", pad)


def _builder(found: Surface) -> str:
    lines = _head(
        "The verbs of a voice document as words that follow each other.",
        "from collections.abc import Sequence",
        "from typing import Any, Literal, TypeVar, overload",
        "",
        "from sautikit import sauti",
        "from sautikit.types import Action, NestedAction",
        "",
        'Me = TypeVar("Me", bound="Verbs")',
    )
    lines += ["", "class Verbs:", '    """What `voice()` can be told."""', ""]
    lines += ["    def __init__(self) -> None:", "        self.actions: list[Action] = []"]
    for verb in found.verbs:
        for either in verb.either:
            lines += [
                "",
                "    @overload",
                *_signature(verb, "self: Me", "Me", either),
                "        ...",
            ]
        lines += ["", *_signature(verb, "self: Me", "Me")]
        lines += _docstring(verb.doc, "        ")
        bare = next((it for it in verb.fields if it.required), None)
        passed = [snake(it.name) if it is bare else f"{snake(it.name)}={snake(it.name)}"
                  for it in sorted(verb.fields, key=lambda it: it is not bare)]  # fmt: skip
        function = f"sauti.{snake(verb.name)}"
        if verb.either:
            # Which of its forms is meant is checked when it runs.
            lines.append(f"        {snake(verb.name)}: Any = {function}")
            function = snake(verb.name)
        call = _wrapped(f"self.actions.append({function}(", passed, "))", "        ")
        lines += [*call, "        return self"]
    return _text(lines)
