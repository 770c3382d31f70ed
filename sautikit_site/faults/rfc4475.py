"""The torture test messages of RFC 4475, section 3, by the names that it gives them.

In `rfc4475.json` lines end with LF, on the wire with CRLF; each character is one byte. `@SDP@` is the
session description that most of them carry, `@word*20@` what the RFC repeats so often, `@hex:3082@`
bytes as they are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

_SDP: Final = """\
v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""
_REPEATED: Final = re.compile(r"@(\w+)\*(\d+)@")
_BYTES: Final = re.compile(rb"@hex:([0-9A-F]+)@")
_TEXTS: Final[dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text())


def _on_the_wire(text: str) -> bytes:
    whole = _REPEATED.sub(lambda it: it[1] * int(it[2]), text.replace("@SDP@", _SDP))
    raw = whole.replace("\n", "\r\n").encode("latin-1")
    return _BYTES.sub(lambda it: bytes.fromhex(it[1].decode()), raw)


MESSAGES: Final[dict[str, bytes]] = {name: _on_the_wire(text) for name, text in _TEXTS.items()}
