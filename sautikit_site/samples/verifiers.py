"""The verifiers of signatures that a page prints, each run as printed by its own language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from sautikit_site import toolchains
from sautikit_site.toolchains import Tool

# [body as hex, header, secret, whether it must pass]
Row = list[Any]
NODE: Final = """
const { isOurs } = await import(process.argv[1]);
let text = "";
for await (const part of process.stdin) text += part;
const wrong = JSON.parse(text).filter(
  ([body, header, secret, passes]) => isOurs(Buffer.from(body, "hex"), header, secret) !== passes,
);
console.log(JSON.stringify(wrong));
"""
PHP: Final = """
$wrong = [];
foreach (json_decode(stream_get_contents(STDIN)) as $row) {
    [$body, $header, $secret, $passes] = $row;
    if (isOurs(hex2bin($body), $header, $secret) !== $passes) {
        $wrong[] = $row;
    }
}
echo json_encode($wrong);
"""
GO: Final = """package main

import (
	"encoding/hex"
	"encoding/json"
	"os"

	"example.test/webhooks"
)

func main() {
	var rows [][4]any
	if err := json.NewDecoder(os.Stdin).Decode(&rows); err != nil {
		panic(err)
	}
	wrong := [][4]any{}
	for _, row := range rows {
		body, err := hex.DecodeString(row[0].(string))
		if err != nil {
			panic(err)
		}
		if webhooks.IsOurs(body, row[1].(string), row[2].(string)) != row[3].(bool) {
			wrong = append(wrong, row)
		}
	}
	json.NewEncoder(os.Stdout).Encode(wrong)
}
"""


def in_python(code: str, _folder: Path, rows: list[Row]) -> list[Row]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  Our own page printed it.
    return [
        [body, header, secret, passes]
        for body, header, secret, passes in rows
        if names["is_ours"](bytes.fromhex(body), header, secret) is not passes
    ]


def in_node(code: str, folder: Path, rows: list[Row], node: Tool | None = None) -> list[Row]:
    module = folder / "verify.mjs"
    module.write_text(code)
    program = ("--input-type=module", "-e", NODE, module)
    return _wrong((node or toolchains.oldest_node()).run(*program, stdin=json.dumps(rows)))


def in_php(code: str, folder: Path, rows: list[Row]) -> list[Row]:
    program = folder / "verify.php"
    program.write_text(f"<?php\ndeclare(strict_types=1);\n{code}{PHP}")
    return _wrong(toolchains.php().run(program, stdin=json.dumps(rows)))


def in_go(code: str, folder: Path, rows: list[Row]) -> list[Row]:
    (folder / "webhooks").mkdir()
    (folder / "go.mod").write_text("module example.test\n\ngo 1.21\n")
    (folder / "webhooks" / "verify.go").write_text(code)
    (folder / "main.go").write_text(GO)
    go = toolchains.go()
    return _wrong(go.run("run", ".", cwd=folder, stdin=json.dumps(rows), seconds=300))


BY_LANGUAGE: Final[Mapping[str, Callable[[str, Path, list[Row]], list[Row]]]] = {
    "python": in_python,
    "js": in_node,
    "php": in_php,
    "go": in_go,
}


def _wrong(said: str) -> list[Row]:
    found: list[Row] = json.loads(said)
    return found
