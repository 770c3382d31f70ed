"""Packets for a storm: good ones, and what seeded dice make of them."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Iterator
from typing import Final

from sautikit_site.faults.rfc4475 import MESSAGES

_METHODS: Final = ("INVITE", "OPTIONS", "INVITE", "BYE", "CANCEL", "ACK", "REGISTER", "INFO")
_BITS: Final = (
    b"\r\n", b";", b"<", b">", b"@", b"%00", b"\xff", b"999999999", b"\x00", b'"', b",,", b"  ",
    b"SIP/2.0", b"Via: ", b"Content-Length: 99\r\n", b"c=IN IP4 media.example.net\r\n",
)  # fmt: skip


class Dice:
    """Everything random of a storm, from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._sources = list(MESSAGES.values())

    def sip(self, number: int, own: int, port: int) -> bytes:
        """Return a damaged message: of the RFC, or one of a trunk in the middle of its work."""
        if self._random.random() < 0.4:
            good = _unique(self._random.choice(self._sources), number)
        else:
            good = request(_METHODS[number % len(_METHODS)], number, own, port)
        return self._damaged(good)

    def rtp(self, number: int) -> bytes:
        """Return a packet for a media port: an RTP header of any kind, or noise."""
        size = self._random.choice((0, 1, 11, 12, 13, 40, 172, 1400))
        head = struct.pack(
            "!BBHII", self._random.choice((0x80, 0x90, 0xBF, 0x00, 0xFF)), self._random.randrange(256),
            number & 0xFFFF, self._random.getrandbits(32), self._random.getrandbits(32),
        )  # fmt: skip
        data = head + self._random.randbytes(max(0, size - 12))
        return data[:size] if self._random.random() < 0.7 else self._random.randbytes(size)

    def kind(self) -> str:
        """Say whose turn it is: the trunk, a stranger, or the media port."""
        return self._random.choices(("trunk", "stranger", "media"), (5, 3, 2))[0]

    def _damaged(self, data: bytes) -> bytes:
        damaged = bytearray(data)
        for _ in range(self._random.randint(1, 6)):
            at = self._random.randrange(len(damaged))
            match self._random.randrange(6):
                case 0:
                    damaged[at] = self._random.randrange(256)
                case 1:
                    del damaged[at : at + self._random.randint(1, 20)]
                case 2:
                    damaged[at:at] = damaged[at : at + self._random.randint(1, 40)]
                case 3:
                    damaged[at:at] = self._random.choice(_BITS)
                case 4:
                    damaged = damaged[: max(at, 40)]
                case _:
                    lines = damaged.split(b"\r\n")
                    self._random.shuffle(lines)
                    damaged = bytearray(b"\r\n".join(lines))
            if len(damaged) < 2:
                break
        return bytes(damaged) or b"\x00"


def request(method: str, number: int, own: int, port: int) -> bytes:
    """Return a good request of a trunk that listens on its own port."""
    body = "\r\n".join(
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            "m=audio 6000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "",
        ]
    )  # fmt: skip
    has_body = method == "INVITE"
    head = [
        f"{method} sip:254207000001@127.0.0.1:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKstorm{number};rport",
        "Max-Forwards: 70",
        f"From: <sip:254711000001@127.0.0.1>;tag=f{number}",
        f"To: <sip:254207000001@127.0.0.1:{port}>",
        f"Call-ID: storm-{number}@127.0.0.1",
        f"CSeq: 1 {method}",
        f"Contact: <sip:254711000001@127.0.0.1:{own};transport=UDP>",
        *(["Content-Type: application/sdp"] if has_body else []),
        f"Content-Length: {len(body) if has_body else 0}",
    ]
    return "\r\n".join([*head, "", body if has_body else ""]).encode()


def answer(invite: str, own: int, port: int) -> str:
    """Return a 200 to an INVITE from a trunk on its own port, with media on another."""
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    )
    return reply(invite, "200 OK", tag=True, body=body, own=own)


def reply(
    request_text: str, status: str, *, tag: bool = False, body: str = "", own: int = 0
) -> str:
    """Return a response to a request of the engine."""
    kept = list(_headers(request_text, ("via", "from", "to", "call-id", "cseq")))
    if tag:
        kept = [f"{it};tag=far" if it.lower().startswith("to:") else it for it in kept]
    more = [f"Contact: <sip:far@127.0.0.1:{own}>", "Content-Type: application/sdp"] if body else []
    lines = [f"SIP/2.0 {status}", *kept, *more, f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines)


def _headers(text: str, names: tuple[str, ...]) -> Iterator[str]:
    for line in text.partition("\r\n\r\n")[0].split("\r\n")[1:]:
        if line.partition(":")[0].strip().lower() in names:
            yield line


def _unique(message: bytes, number: int) -> bytes:
    """Give a message a transaction of its own, or the second one would only be a repetition."""
    return re.sub(rb"branch=z9hG4bK", b"branch=z9hG4bK%d" % number, message)
