"""Judge a signature as a customer's server should, in words that help to find the mistake."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from kernel import signing

TOLERANCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """`matched`, `late`, `unreadable` or `different`; who signed, and how old the signature is."""

    word: str
    signer: str = ""
    age_seconds: int = 0


def judge(
    header: str, body: str, secrets: Mapping[str, str], *, now: float | None = None
) -> Verdict:
    """Compare the header with the body under each secret; `secrets` gives each a name.

    A form sends line ends as CRLF, so both forms of the body are tried.
    """
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    marks = [value for name, _, value in pairs if name == "v1"]
    if len(stamps) != 1 or not stamps[0].isdecimal() or len(stamps[0]) > 12 or not marks:
        return Verdict("unreadable")
    age = int((time.time() if now is None else now) - int(stamps[0]))
    bodies = {body.encode(), body.replace("\r\n", "\n").encode()}
    for secret, signer in secrets.items():
        wanted = [signing.signature(secret, each, int(stamps[0])) for each in bodies]
        if any(signing.same(mark, each) for mark in marks for each in wanted):
            word = "matched" if abs(age) <= TOLERANCE_SECONDS else "late"
            return Verdict(word, signer, age)
    return Verdict("different", age_seconds=age)
