"""One request of a guide as a program in each language, under the names that its SDK has for it."""

from __future__ import annotations

import functools
import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from docs import document
from docs.samples import ALL
from docs.sdk import go, model
from docs.sdk.operations import Operation

# What stands in the environment of a program and not in its text.
GIVEN: Final = re.compile(r"\$([A-Z_]+)")


# The body is JSON.
@dataclass(frozen=True, slots=True)
class Snippet:
    """A request: the operation as the OpenAPI document names it, and what is sent."""

    operation: str
    # Which field of the reply the program prints.
    shows: str
    body: Mapping[str, Any]
    path: tuple[str, ...] = ()
    # The type that the Go SDK has for a field that is no plain one.
    go_types: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


SNIPPETS: Final[Mapping[str, Snippet]] = {
    "one": Snippet(
        "calls.create",
        "call_id",
        {
            "from": "+254200000000",
            "to": ["+254712345678"],
            "client_request_id": "reminder-0712345678",
        },
        go_types={"to": "OneOrMore"},
        key="reminder-2026-11-23-0712345678",
    ),
    "mute": Snippet(
        "conferences.commands.create",
        "command",
        {"command": "mute", "participant": "HD_24d73b4518bc"},
        path=("support-4711",),
    ),
    "supervise": Snippet(
        "calls.supervision",
        "supervision_id",
        {
            "mode": "listen",
            "supervisor": {"type": "phone", "number": "+254722000000"},
            "label": "Team lead",
        },
        path=("$CALL_ID",),
        go_types={"supervisor": "SupervisorBody"},
    ),
    "tier": Snippet("storage.tier.replace", "tier_gb", {"tier_gb": 50}),
    "invite": Snippet("invitations.create", "id", {"email": "dada@example.com", "role": "member"}),
    "token": Snippet(
        "webrtc.token",
        "endpoint",
        {"client_name": "alice", "phone_number": "+254200000000"},
    ),
    "credential": Snippet(
        "numbers.sip_credentials.create", "username", {"label": "Reception"}, path=("$NUMBER_ID",)
    ),
}


def tabs(name: str) -> str:
    """Return a request as programs, as fences that a page shows as tabs beside its curl line."""
    it = SNIPPETS[name]
    operation = _operations()[it.operation]
    written = {"node": _node, "python": _python, "php": _php, "go": _go}
    languages = {"node": ("js", "mjs"), "python": ("python", "py"), "php": ("php", "php")}
    fences = []
    for sdk in ALL:
        language, ending = languages.get(sdk.folder, (sdk.folder, sdk.folder))
        code = written[sdk.folder](it, operation)
        fences.append(f"```{language} {name}.{ending} tab={sdk.title}\n{code}```")
    return "\n\n".join(fences)


@functools.cache
def _operations() -> dict[str, Operation]:
    return {it.id: it for it in model.surface(document.read()).operations}


def _node(it: Snippet, operation: Operation) -> str:
    body = {model.camel(name): value for name, value in it.body.items()}
    body |= {"idempotencyKey": it.key} if it.key else {}
    given = [_given(value, "process.env.{}") or json.dumps(value) for value in it.path]
    inside = ",\n".join(f"  {name}: {_js(value)}" for name, value in body.items())
    call = f"{model.camel(operation.resource)}.{model.camel(operation.verb)}"
    return f"""import {{ SautikitClient }} from "@sautikit/node";

const sautikit = new SautikitClient();
const told = await sautikit.{call}({", ".join([*given, "{"])}
{inside},
}});
console.log(told.{it.shows});
"""


def _python(it: Snippet, operation: Operation) -> str:
    body = {f"{name}_" if keyword.iskeyword(name) else name: v for name, v in it.body.items()}
    body |= {"idempotency_key": it.key} if it.key else {}
    given = [_given(value, 'os.environ["{}"]') or json.dumps(value) for value in it.path]
    lines = [*given, *(f"{name}={json.dumps(value)}" for name, value in body.items())]
    inside = "".join(f"    {line},\n" for line in lines)
    imports = "import os\n\n" if any("os.environ" in line for line in given) else ""
    call = f"{operation.resource}.{operation.verb}"
    return f"""{imports}from sautikit import Sautikit

sautikit = Sautikit()
told = sautikit.{call}(
{inside})
print(told["{it.shows}"])
"""


def _php(it: Snippet, operation: Operation) -> str:
    body = {model.camel(name): value for name, value in it.body.items()}
    body |= {"idempotencyKey": it.key} if it.key else {}
    given = [_given(value, "getenv('{}')") or _php_value(value) for value in it.path]
    lines = [*given, *(f"{name}: {_php_value(value)}" for name, value in body.items())]
    inside = "".join(f"    {line},\n" for line in lines)
    call = f"{model.camel(operation.resource)}->{model.camel(operation.verb)}"
    return f"""<?php

require 'vendor/autoload.php';

$sautikit = new Sautikit\\Client();
$told = $sautikit->{call}(
{inside});
echo $told->{model.camel(it.shows)}, "\\n";
"""


def _go(it: Snippet, operation: Operation) -> str:
    given = [_given(value, 'os.Getenv("{}")') or json.dumps(value) for value in it.path]
    names = {name: go.name(name) for name in it.body}
    width = max(len(each) for each in names.values()) + 1
    rows = [
        f"\t\t{names[name] + ':':<{width}} {_go_value(value, it.go_types.get(name, ''))},"
        for name, value in it.body.items()
    ]
    key = f", sautikit.IdempotencyKey({json.dumps(it.key)})" if it.key else ""
    uses = ["context", "fmt", "log", *(["os"] if any("os." in each for each in given) else [])]
    imports = "\n".join(f'\t"{each}"' for each in uses)
    call = f"client.{go.name(operation.resource)}.{go.name(operation.verb)}"
    first = ", ".join(["context.Background()", *given, f"sautikit.{go.params_name(operation)}{{"])
    inside = "\n".join(rows)
    return f"""package main

import (
{imports}

	"github.com/sautikit/go"
)

func main() {{
	client, err := sautikit.New()
	if err != nil {{
		log.Fatal(err)
	}}
	told, err := {call}({first}
{inside}
	}}{key})
	if err != nil {{
		log.Fatal(err)
	}}
	fmt.Println(told.{go.name(it.shows)})
}}
"""


def _given(value: str, form: str) -> str:
    found = GIVEN.fullmatch(value)
    return form.format(found[1]) if found else ""


# A value is JSON.
def _js(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{model.camel(name)}: {_js(each)}" for name, each in value.items())
        return f"{{ {inside} }}"
    return json.dumps(value)


def _php_value(value: Any) -> str:
    if isinstance(value, dict):
        return f"[{', '.join(f'{_php_value(k)} => {_php_value(v)}' for k, v in value.items())}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_php_value, value))}]"
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def _go_value(value: Any, named: str) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{go.name(k)}: {_go_value(v, '')}" for k, v in value.items())
        return f"sautikit.{named}{{{inside}}}"
    if isinstance(value, list):
        return f"sautikit.{named}{{{', '.join(map(json.dumps, value))}}}"
    return json.dumps(value)
