"""The program that places one call, in every language, with the numbers of whoever looks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from docs import samples

# What the programs of the READMEs say; a line that names an address not given is left out.
FROM = "+254200000000"
TO = "+254712345678"
VOICE_URL = "https://your-app.example.com/voice"
LABEL = "order-1042"
E164 = re.compile(r"\+[1-9]\d{6,14}")
ADDRESS = re.compile(r"https?://[!-~]{1,2000}")
# What would end a quoted text in one of the languages, or begin something in it.
UNSAFE = "\"'\\$`"


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the name of its tab, its language and its file."""

    tab: str
    fence: str
    file: str
    code: str


@dataclass(frozen=True, slots=True)
class Call:
    """The call that the programs place. What cannot be said in a program is the example instead."""

    from_e164: str = ""
    to_e164: str = ""
    voice_url: str = ""


def programs(call: Call, api_url: str) -> list[Program]:
    """Return the call in curl and in the language of every SDK; each is whole and runs."""
    return [_curl(call, api_url), *(_filled(call, sdk) for sdk in samples.ALL)]


def _curl(call: Call, api_url: str) -> Program:
    body = {"from": _number(call.from_e164, FROM), "to": _number(call.to_e164, TO)}
    if url := _address(call.voice_url):
        body["voice_callback_url"] = url
    code = (
        f"curl -X POST {api_url}/v1/calls \\\n"
        '  -H "Authorization: Bearer $SAUTIKIT_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{json.dumps(body)}'\n"
    )
    return Program("curl", "sh", "place.sh", code)


def _filled(call: Call, sdk: samples.Sdk) -> Program:
    sample = next(it for it in samples.samples(sdk.folder) if it.topic == "place")
    url = _address(call.voice_url)
    unwanted = [LABEL] if url else [LABEL, VOICE_URL]
    lines = sample.code.splitlines(keepends=True)
    kept = "".join(line for line in lines if not any(word in line for word in unwanted))
    code = (
        kept.replace(FROM, _number(call.from_e164, FROM))
        .replace(TO, _number(call.to_e164, TO))
        .replace(VOICE_URL, url)
    )
    return Program(sdk.title, sample.fence, sample.file, code)


def _number(typed: str, example: str) -> str:
    return typed if E164.fullmatch(typed) else example


def _address(typed: str) -> str:
    """Return an address that no quotes of any language can end; nothing for one that is none."""
    if not ADDRESS.fullmatch(typed):
        return ""
    return "".join(f"%{ord(each):02X}" if each in UNSAFE else each for each in typed)
