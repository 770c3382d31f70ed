"""`sautikit voice`: judge a voice document, and rehearse what a caller would hear."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sautikit import types
from sautikit.cli.exits import DONE, FAILED, MISUSED, Stop
from sautikit.cli.line import Group, Line
from sautikit.cli.words import money, plain, seconds

KINDS = ("digits", "silence", "recorded", "dialled", "left", "hangup")
DIGITS = set("0123456789*#")


def add(group: Group) -> None:
    """Put the commands on the line."""
    voice = group.group("voice", "judge and rehearse voice documents, JSON or XML")
    lint = voice.command(
        "lint",
        "say what is wrong with documents, and how to mend it",
        judge,
        examples=("sautikit voice lint menu.json", "sautikit voice lint - < menu.xml"),
    )
    lint.add_argument("file", metavar="FILE", nargs="+", help="a document; - is standard input")
    lint.add_argument(
        "--mended", action="store_true", help="print the document as it was probably meant"
    )
    play = voice.command(
        "rehearse",
        "print what a caller would hear, with nobody called and nothing charged",
        rehearse,
        examples=(
            "sautikit voice rehearse menu.json --input digits:1 --answer /choice=choice.json",
        ),
    )
    play.add_argument("file", metavar="FILE", help="the first document; - is standard input")
    play.add_argument(
        "--input", dest="inputs", metavar="WHAT", action="append", type=one_input, default=[],
        help="what the caller does, one after the other: digits:12, silence, recorded:8, "
        "dialled:answered:30, dialled:busy, left:20, hangup:5",
    )  # fmt: skip
    play.add_argument(
        "--answer", dest="answers", metavar="ADDRESS=FILE", action="append", default=[],
        help="what your server answers at another address, such as /choice=choice.json",
    )  # fmt: skip
    play.add_argument("--direction", choices=("inbound", "outbound"))
    play.add_argument("--to", metavar="NUMBER", help="who would be called: prices the call")
    play.add_argument(
        "--pauses", action="store_true", help="stop where the caller would have to do something"
    )


# An input of the API.
def one_input(text: str) -> dict[str, Any]:
    """Read what a caller does, such as digits:12 or dialled:answered:30."""
    kind, *rest = text.split(":")
    if kind not in KINDS:
        raise argparse.ArgumentTypeError(f"must begin with one of {', '.join(KINDS)}")
    told: dict[str, Any] = {"kind": kind}
    for part in rest:
        if kind == "digits" and set(part) <= DIGITS:
            told["digits"] = part
        elif part.isdigit():
            told["seconds"] = int(part)
        elif kind == "dialled":
            told["status"] = part
        else:
            raise argparse.ArgumentTypeError(f"{part!r} says nothing about {kind}")
    return told


def judge(line: Line) -> int:
    """Judge every file; FAILED when a call could not run one of them."""
    is_fine = True
    for name in line.options.file:
        raw = contents(name)
        verdict = line.client.request("POST", "/v1/voice/validate", body=raw)
        is_fine = is_fine and verdict["valid"]
        if line.options.mended and not line.out.as_json:
            line.out.say(verdict.get("mended") or raw.decode(errors="replace"))
            continue
        line.out.say("\n".join(findings(name, verdict)), file=name, **verdict)
    return DONE if is_fine else FAILED


# A verdict of the API.
def findings(name: str, verdict: dict[str, Any]) -> list[str]:
    """Write a finding a line, as compilers do."""
    lines = []
    for fault in verdict["errors"]:
        lines.append(f"{name}: {plain(fault['where'])}: {plain(fault['message'])}")
        if fault["mend"]:
            lines.append(f"    {plain(fault['mend'])}")
    for warning in verdict["warnings"]:
        lines.append(f"{name}: {plain(warning['where'])}: warning: {plain(warning['message'])}")
    return [*lines, f"{name}: {'a call can run it' if verdict['valid'] else 'no call can run it'}"]


def rehearse(line: Line) -> int:
    """Play the documents with the script; FAILED unless the call would come to a good end."""
    options = line.options
    told = line.client.voice.rehearse(
        document=contents(options.file).decode(errors="replace"),
        documents=dict(_answer(it) for it in options.answers) or None,
        inputs=options.inputs or None,
        direction=options.direction,
        to=options.to,
        pauses=options.pauses or None,
    )
    line.out.say("\n".join(story(told)), **told)
    is_good = told["outcome"] == "completed" or (options.pauses and told["outcome"] == "waiting")
    return DONE if is_good and not told["failure_code"] else FAILED


def story(told: types.Rehearsal) -> list[str]:
    """Write the rehearsal as a time line."""
    lines = [
        f"{seconds(step['at_seconds']):>5}  {step['kind']:<18} {plain(step['says'])}"
        for step in told["steps"]
    ]
    for read in told["documents"]:
        for fault in read["errors"]:
            lines.append(
                f"{plain(read['url'])}: {plain(fault['where'])}: {plain(fault['message'])}"
            )
    lines.append(f"{seconds(told['lasts_seconds']):>5}  {ending(told)}")
    if told["cost"] is not None:
        cost = money(told["cost"]["cost_minor"], told["cost"]["currency"])
        lines.append(f"       It would cost {cost}.")
    if told["unused_inputs"]:
        lines.append(f"       {told['unused_inputs']} inputs were not used.")
    return lines


def ending(told: types.Rehearsal) -> str:
    """Say how it ended, and what is missing when it could not go on."""
    if told["needs"] is not None:
        needs = told["needs"]
        fields = " ".join(f"{name}={value}" for name, value in needs["fields"].items())
        said = f"{needs['method']} {needs['url']} {fields}".strip()
        return f"needs an answer: {plain(said)}. Give it with --answer."
    if told["waiting_for"] is not None:
        return f"waits for the caller: give --input {plain(told['waiting_for']['kind'])}"
    ended = f", ended by the {told['ended_by']}" if told["ended_by"] else ""
    failed = f" ({told['failure_code']})" if told["failure_code"] else ""
    return f"{told['outcome'].replace('_', ' ')}{ended}{failed}"


def contents(name: str) -> bytes:
    """Read a file, or standard input. Raises Stop when there is no such file."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as problem:
        told = f"{name} cannot be read: {problem.strerror}."
        raise Stop(told, code="no_file", status=MISUSED) from problem


def _answer(text: str) -> tuple[str, str]:
    address, separator, name = text.partition("=")
    if not separator or not address:
        raise Stop("Write --answer ADDRESS=FILE.", code="bad_answer", status=MISUSED)
    return address, contents(name).decode(errors="replace")
