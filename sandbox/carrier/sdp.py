"""Session descriptions: read the other side's audio line, write ours."""

import ipaddress
import time
from dataclasses import dataclass

from sandbox.carrier.g711 import CODECS, PCMA, PCMU, Codec

EVENT_PAYLOAD_TYPE = 101


@dataclass(frozen=True, slots=True)
class Audio:
    """Where the other side wants its audio, in which law, and its type for key presses."""

    host: str
    port: int
    codec: Codec
    event_payload_type: int | None


class SdpError(ValueError):
    """The description is broken, or names no audio that we can speak."""


def read_audio(text: str) -> Audio:
    """Read a description; a host name is refused, because to look it up would stop all media."""
    host, port, offered, event_type = "", 0, [], None
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("c="):
            host = line.split()[-1]
        elif line.startswith("m=audio "):
            words = line.split()
            port, offered = number(words[1]), [number(word) for word in words[3:]]
        elif line.startswith("a=rtpmap:") and "telephone-event/8000" in line:
            event_type = number(line.removeprefix("a=rtpmap:").split()[0])
    codec = next((CODECS[kind] for kind in offered if kind in CODECS), None)
    if codec is None or not 0 < port < 65536:
        raise SdpError("no G.711 audio")
    try:
        ipaddress.ip_address(host)
    except ValueError as problem:
        raise SdpError("the host is no address") from problem
    return Audio(host, port, codec, event_type)


def number(word: str) -> int:
    try:
        return int(word.split("/")[0])
    except ValueError as problem:
        raise SdpError(f"{word!r} is no number") from problem


def write_audio(host: str, port: int, answer_to: Audio | None = None) -> str:
    """Describe our audio; an answer names only what the offer had and we chose."""
    codecs = [answer_to.codec] if answer_to else [PCMA, PCMU]
    event_type = answer_to.event_payload_type if answer_to else EVENT_PAYLOAD_TYPE
    kinds = [codec.payload_type for codec in codecs] + ([event_type] if event_type else [])
    version = int(time.time())
    lines = [
        "v=0",
        f"o=carrier {version} {version} IN IP4 {host}",
        "s=sandbox",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, kinds))}",
        *(f"a=rtpmap:{codec.payload_type} {codec.name}/8000" for codec in codecs),
    ]
    if event_type:
        lines += [f"a=rtpmap:{event_type} telephone-event/8000", f"a=fmtp:{event_type} 0-16"]
    return "\r\n".join([*lines, "a=ptime:20", "a=sendrecv", ""])
