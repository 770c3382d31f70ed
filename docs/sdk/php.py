"""The resource layer of the PHP SDK: models, resources and the verbs, one class a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from docs.sdk.model import DOCUMENT, MARK, Field, Kind, Model, Surface, answer, camel, title
from docs.sdk.operations import Operation

FOLDER = Path(settings.BASE_DIR) / "sdks" / "php" / "src"
# Nothing else stands in these.
GENERATED = (FOLDER / "Model", FOLDER / "Resource")
WIDTH = 110
PLAIN = {
    "string": "string", "integer": "int", "number": "float", "boolean": "bool", "any": "mixed",
    "list": "array", "map": "array", "action": "Action",
    "bytes": "string",
}  # fmt: skip


def files(found: Surface) -> dict[Path, str]:
    """Return the generated files of the SDK with their text."""
    models, resources = GENERATED
    made = {models / f"{it.name}.php": _model(it) for it in found.replies.values()}
    for name, group in found.resources():
        made[resources / f"{title(name)}Resource.php"] = _resource(found, name, group)
    made[resources / "Resources.php"] = _resources(found)
    made[FOLDER / "Voice" / "Sauti.php"] = _functions(found)
    made[FOLDER / "Voice" / "Verbs.php"] = _builder(found)
    return made


def _file(namespace: str, imports: Iterable[str], lines: Iterable[str]) -> str:
    used = [f"use {it};" for it in sorted(set(imports))]
    head = ["<?php", "", f"// {MARK}", "", "declare(strict_types=1);", ""]
    gap = [""] if used else []
    return "\n".join([*head, f"namespace {namespace};", "", *used, *gap, *lines]) + "\n"


def _type(kind: Kind, *, given: bool = False) -> str:
    """Return the declared type of a value as it is read, or as it is given."""
    shown = _bare(kind, given=given)
    if not kind.nullable or shown == "mixed":
        return shown
    return f"{shown}|null" if "|" in shown else f"?{shown}"


def _bare(kind: Kind, *, given: bool) -> str:
    if kind.base == "time":
        return "\\DateTimeInterface|string" if given else "\\DateTimeImmutable"
    if kind.base == "union":
        return "|".join(dict.fromkeys(_bare(it, given=given) for it in kind.parts))
    if kind.model:
        return "array" if given else kind.model
    return PLAIN[kind.base]


def _hint(kind: Kind) -> str:
    """Return the type as documentation has it: with what a list holds and which words there are."""
    if kind.values and len(kind.values) <= 12:
        return "|".join(f"'{it}'" if isinstance(it, str) else str(it) for it in kind.values)
    if kind.base == "list" and kind.item:
        return f"list<{_hint(kind.item)}>"
    if kind.base == "map" and kind.item:
        return f"array<string, {_hint(kind.item)}>"
    if kind.base == "union":
        return "|".join(_hint(it) for it in kind.parts)
    return kind.model or _bare(kind, given=False)


def _doc(it: Field, mark: str) -> list[str]:
    """Document a field when its name and declared type do not say everything."""
    hint = _hint(it.kind)
    is_plain = hint == _bare(it.kind, given=False)
    if is_plain and not it.doc:
        return []
    null = "|null" if it.kind.nullable else ""
    return [f"{mark} {hint}{null} ${camel(it.name)} {it.doc}".rstrip()]


def _comment(lines: list[str], pad: str) -> list[str]:
    told = [each.replace("*/", "") for each in lines]
    if len(told) == 1:
        return [f"{pad}/** {told[0]} */"]
    return [f"{pad}/**", *(f"{pad} * {each}".rstrip() for each in told), f"{pad} */"]


def _model(model: Model) -> str:
    fields = sorted(model.fields, key=lambda it: not it.required)
    told = [line for it in fields for line in _doc(it, "@param")]
    lines = _comment([model.doc or f"{model.name}, as the API answers it."], "")
    lines += [f"final class {model.name} extends Model", "{"]
    lines += _comment([*told, "@param array<string, mixed> $raw As it came."], "    ")
    lines.append("    public function __construct(")
    for it in fields:
        shown = _type(it.kind)
        if not it.required and not it.kind.nullable and shown != "mixed":
            shown = f"{shown}|null" if "|" in shown else f"?{shown}"
        lines.append(
            f"        public readonly {shown} ${camel(it.name)}{'' if it.required else ' = null'},"
        )
    lines += [
        "        array $raw = [],",
        "    ) {",
        "        parent::__construct($raw);",
        "    }",
        "",
    ]
    lines += ["    public static function fromArray(array $data): self", "    {"]
    lines.append("        return new self(")
    lines += [f"            {camel(it.name)}: {_read(it)}," for it in fields]
    lines += ["            raw: $data,", "        );", "    }", "}"]
    return _file("Sautikit\\Model", ["Sautikit\\Internal\\Model"], lines)


def _read(it: Field) -> str:
    value = f"$data['{it.name}']"
    may_miss = it.kind.nullable or not it.required
    made = _made(it.kind, value)
    if made == value:
        return f"{value} ?? null" if may_miss else value
    return f"isset({value}) ? {made} : null" if may_miss else made


def _made(kind: Kind, value: str) -> str:
    if kind.base == "time":
        return f"new \\DateTimeImmutable({value})"
    if kind.base == "model":
        return f"{kind.model}::fromArray({value})"
    if kind.base == "list" and kind.item and kind.item.base == "model":
        return f"array_map({kind.item.model}::fromArray(...), {value})"
    return value


def _resource(found: Surface, name: str, group: list[Operation]) -> str:
    imports = ["Sautikit\\Internal\\Resource"]
    lines = _comment([f"The routes of {name.replace('_', ' ')}."], "")
    lines += [f"final class {title(name)}Resource extends Resource", "{"]
    for position, it in enumerate(group):
        if position:
            lines.append("")
        lines += _method(found, it)
        imports += _imports(found, it)
    return _file("Sautikit\\Resource", imports, [*lines, "}"])


def _imports(found: Surface, it: Operation) -> list[str]:
    names = [f"Sautikit\\Model\\{answer(it)}"] if it.reply else []
    if it.rows:
        names += ["Sautikit\\Pages", f"Sautikit\\Model\\{found.row(it).model}"]
    if it.is_redirect:
        names.append("Sautikit\\ReadyFile")
    if it.body == DOCUMENT:
        names.append("Sautikit\\Voice\\Document")
    if any(_can_be_omitted(each) for each in _inputs(found, it)):
        names.append("Sautikit\\Omit")
    return names


def _inputs(found: Surface, it: Operation) -> tuple[Field, ...]:
    if it.body and it.body != DOCUMENT:
        return found.bodies[it.body].fields
    return found.queries[it.id]


def _can_be_omitted(it: Field) -> bool:
    """Tell whether null is a value of its own, different from leaving the field out."""
    return it.kind.nullable and not it.required


def _method(found: Surface, it: Operation) -> list[str]:
    inputs = sorted(_inputs(found, it), key=lambda each: not each.required)
    arguments = [f"string ${camel(name)}" for name in it.inside_path]
    arguments += ["Document|array $document"] if it.body == DOCUMENT else []
    arguments += [_argument(each) for each in inputs]
    arguments += ["?string $idempotencyKey = null"] if it.takes_key else []
    scope = f" Scope: {it.scope}." if it.scope else ""
    told = [line for each in inputs for line in _told(found, each)]
    if it.rows:
        told.append(f"@return Pages<{found.row(it).model}, {it.reply}>")
    lines = _comment([f"{it.summary}.{scope}", *([""] if told else []), *told], "    ")
    head = f"    public function {camel(it.verb)}("
    line = f"{head}{', '.join(arguments)}): {_result(it)}"
    if len(line) <= WIDTH:
        lines += [line, "    {"]
    else:
        lines += [head, *(f"        {each}," for each in arguments), f"    ): {_result(it)} {{"]
    return [*lines, *_body(inputs, it), "    }"]


def _told(found: Surface, it: Field) -> list[str]:
    """Document an argument; an object is given as an array, whose shape is said."""
    if not it.kind.model:
        return _doc(it, "@param")
    marks = [
        f"{each.name}{'' if each.required else '?'}: {_hint(each.kind)}"
        for each in found.inputs[it.kind.model].fields
    ]
    return [f"@param array{{{', '.join(marks)}}} ${camel(it.name)} {it.doc}".rstrip()]


def _argument(it: Field) -> str:
    shown = _type(it.kind, given=True)
    name = f"${camel(it.name)}"
    if it.required:
        return f"{shown} {name}"
    if _can_be_omitted(it):
        return f"{_bare(it.kind, given=True)}|null|Omit {name} = Omit::It"
    return f"{shown}|null {name} = null" if "|" in shown else f"?{shown} {name} = null"


def _result(it: Operation) -> str:
    if it.is_redirect:
        return f"ReadyFile|{it.reply}"
    if it.rows:
        return "Pages"
    return answer(it) or "void"


def _body(inputs: list[Field], it: Operation) -> list[str]:
    path = f"'{it.path}'"
    for name in it.inside_path:
        path = path.replace(f"{{{name}}}", f"' . self::quoted('{name}', ${camel(name)}) . '")
    path = path.removesuffix(" . ''")
    what, lines = ("body" if it.body else "query"), []
    passed = "form" if it.is_form else what
    if inputs:
        pairs = [f"            '{each.name}' => ${camel(each.name)}," for each in inputs]
        keeps = [f"'{each.name}'" for each in inputs if each.kind.nullable]
        after = f"], [{', '.join(keeps)}]);" if keeps else "]);"
        lines = [f"        ${what} = self::given([", *pairs, f"        {after}", ""]
    if it.rows:
        told = f"{path}, $query, {it.reply}::fromArray(...), '{camel(it.rows)}', '{it.cursor}'"
        return [*lines, f"        return $this->pages({told});"]
    arguments = [f"'{it.method}'", path, *([f"{passed}: ${what}"] if inputs else [])]
    if it.body == DOCUMENT:
        arguments.append("body: $document")
    if it.takes_key:
        arguments.append("key: $idempotencyKey ?? true")
    asked = f"$this->ask({', '.join(arguments)})"
    if it.is_redirect:
        asked = asked.replace("->ask", "->file")
        return [*lines, f"        $reply = {asked};", "",
                f"        return $reply instanceof ReadyFile ? $reply : {it.reply}::fromArray($reply);"]  # fmt: skip
    if not it.reply:
        return [*lines, f"        {asked};"]
    if it.unwraps:
        return [*lines, f"        return {answer(it)}::fromArray({asked}['{it.unwraps}']);"]
    return [*lines, f"        return {it.reply}::fromArray({asked});"]


def _resources(found: Surface) -> str:
    lines = [*_comment(["Every noun of the API."], ""), "abstract class Resources", "{"]
    names = [name for name, _ in found.resources()]
    lines += [f"    public readonly {title(it)}Resource ${camel(it)};" for it in names]
    lines += ["", "    protected function __construct(Sender $sender)", "    {"]
    lines += [f"        $this->{camel(it)} = new {title(it)}Resource($sender);" for it in names]
    return _file("Sautikit\\Resource", ["Sautikit\\Internal\\Sender"], [*lines, "    }", "}"])


def _functions(found: Surface) -> str:
    about = "One function for each verb of a voice document: `Sauti::say('Habari.')`."
    lines = [*_comment([about], ""), "final class Sauti", "{"]
    for position, verb in enumerate(found.verbs):
        if position:
            lines.append("")
        lines += [*_verb_head(verb, "public static function", "Action")]
        either = [f"'{it}' => ${it}" for it in verb.either]
        if either:
            lines += [f"        Action::exactlyOne('{verb.name}', [{', '.join(either)}]);", ""]
        lines.append(f"        return new Action('{verb.name}', [")
        lines += [f"            '{it.name}' => ${it.name}," for it in verb.fields]
        lines += ["        ]);", "    }"]
    return _file("Sautikit\\Voice", [], [*lines, "}"])


def _verb_head(verb: Model, before: str, result: str) -> list[str]:
    fields = sorted(verb.fields, key=lambda it: not it.required)
    told = [line for it in fields for line in _doc(it, "@param")]
    lines = _comment([verb.doc, *([""] if told else []), *told], "    ")
    lines.append(f"    {before} {verb.name}(")
    for it in fields:
        shown = _type(it.kind, given=True)
        optional = f"{shown}|null" if "|" in shown else f"?{shown}"
        lines.append(
            f"        {shown} ${it.name},"
            if it.required
            else f"        {optional} ${it.name} = null,"
        )
    if fields:
        return [*lines, f"    ): {result} {{"]
    return [*lines[:-1], f"    {before} {verb.name}(): {result}", "    {"]


def _builder(found: Surface) -> str:
    about = "The verbs of a voice document as words that follow each other."
    lines = [*_comment([about], ""), "trait Verbs", "{"]
    for verb in found.verbs:
        fields = sorted(verb.fields, key=lambda it: not it.required)
        passed = ", ".join(f"${it.name}" for it in fields)
        lines += _verb_head(verb, "public function", "static")
        lines += [f"        return $this->add(Sauti::{verb.name}({passed}));", "    }", ""]
    lines += ["    abstract protected function add(Action $action): static;", "}"]
    return _file("Sautikit\\Voice", [], lines)
