"""The verifiers that our page prints, each run as printed by its own language, over every vector."""

import json
import re

import pytest

from sautikit_site import toolchains
from tests.webhooks.vectors import printed, vectors

NODE = """
const { isOurs } = await import(process.argv[1]);
let text = "";
for await (const part of process.stdin) text += part;
const wrong = JSON.parse(text).filter(
  ([body, header, secret, passes]) => isOurs(Buffer.from(body, "hex"), header, secret) !== passes,
);
console.log(JSON.stringify(wrong));
"""
PHP = """
$wrong = [];
foreach (json_decode(stream_get_contents(STDIN)) as $row) {
    [$body, $header, $secret, $passes] = $row;
    if (isOurs(hex2bin($body), $header, $secret) !== $passes) {
        $wrong[] = $row;
    }
}
echo json_encode($wrong);
"""
GO = """package main

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


def in_python(_folder, rows):
    names: dict = {}
    exec(printed("Python"), names)
    return [
        [body, header, secret, passes]
        for body, header, secret, passes in rows
        if names["is_ours"](bytes.fromhex(body), header, secret) is not passes
    ]


def in_node(folder, rows, node):
    module = folder / "verify.mjs"
    module.write_text(printed("Node.js"))
    program = ("--input-type=module", "-e", NODE, module)
    return json.loads(node.run(*program, stdin=json.dumps(rows)))


def in_newest_node(folder, rows):
    return in_node(folder, rows, toolchains.node())


def in_oldest_node(folder, rows):
    return in_node(folder, rows, toolchains.oldest_node())


def in_php(folder, rows):
    program = folder / "verify.php"
    program.write_text(f"<?php\ndeclare(strict_types=1);\n{printed('PHP')}{PHP}")
    return json.loads(toolchains.php().run(program, stdin=json.dumps(rows)))


def in_go(folder, rows):
    (folder / "webhooks").mkdir()
    (folder / "go.mod").write_text("module example.test\n\ngo 1.21\n")
    (folder / "webhooks" / "verify.go").write_text(printed("Go"))
    (folder / "main.go").write_text(GO)
    go = toolchains.go()
    return json.loads(go.run("run", ".", cwd=folder, stdin=json.dumps(rows), seconds=300))


@pytest.mark.timeout(330)
@pytest.mark.parametrize("language", [in_python, in_newest_node, in_oldest_node, in_php, in_go])
def test_the_verifier_of_our_page_agrees_on_every_vector(language, tmp_path):
    rows = vectors()
    assert len(rows) > 300
    assert language(tmp_path, rows) == []


@pytest.mark.parametrize("tab", ["Python", "Node.js", "PHP", "Go"])
def test_a_verifier_is_fifteen_lines(tab):
    function = re.search(r"^(?:export )?(?:def|function|func) .*", printed(tab), re.M | re.S)
    assert len(function[0].strip().splitlines()) <= 15
