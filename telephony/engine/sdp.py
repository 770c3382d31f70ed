"""Session descriptions: what a peer may offer, and what we answer."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from telephony.engine.codec import CODECS, Codec

DTMF_PAYLOAD_TYPE = 101
HOLD = "0.0.0.0"
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
MIRROR = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
MAX_LINES = 200


class DescriptionError(ValueError):
    """The description cannot be used; the SIP answer is 488."""


@dataclass(frozen=True)
class Remote:
    """The usable part of a peer's description: where its audio is and how it is coded."""

    host: str
    port: int
    codec: Codec
    dtmf: int | None
    direction: str
    media: tuple[str, ...]
    audio: int

    @property
    def listens(self) -> bool:
        """Return whether the peer wants to hear us."""
        return self.host != HOLD and self.direction in ("sendrecv", "recvonly")


@dataclass
class _Section:
    line: str
    host: str | None = None
    direction: str | None = None
    names: dict[int, str] = field(default_factory=dict)


def parse(text: str) -> Remote:
    """Return the first audio stream of a description; DescriptionError when there is none for us."""
    try:
        session, sections = _read(text)
        return _choose(session, sections)
    except DescriptionError:
        raise
    except (ValueError, IndexError) as error:
        raise DescriptionError(f"unreadable description: {error}") from error


def _read(text: str) -> tuple[_Section, list[_Section]]:
    session = current = _Section("")
    sections: list[_Section] = []
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise DescriptionError("description too long")
    for line in lines:
        name, _, value = line.strip().partition("=")
        if name == "m":
            current = _Section(value)
            sections.append(current)
        elif name == "c":
            current.host = value.split()[2]
        elif name == "a":
            _read_attribute(current, value)
    return session, sections


def _read_attribute(section: _Section, value: str) -> None:
    if value in DIRECTIONS:
        section.direction = value
    elif value.startswith("rtpmap:"):
        payload_type, _, name = value[7:].partition(" ")
        section.names[int(payload_type)] = name.strip().upper()


def _choose(session: _Section, sections: list[_Section]) -> Remote:
    for index, section in enumerate(sections):
        kind, port, protocol, *formats = section.line.split()
        if kind != "audio" or protocol != "RTP/AVP" or port == "0":
            continue
        host = _literal(section.host or session.host)
        codec = _codec([int(each) for each in formats], section.names)
        direction = section.direction or session.direction or "sendrecv"
        lines = tuple(each.line for each in sections)
        dtmf = _dtmf(section.names)
        return Remote(host, _port(port), codec, dtmf, direction, lines, index)
    raise DescriptionError("no audio stream")


def _literal(host: str | None) -> str:
    # A host name here would be resolved by the kernel on the media thread and stop every call.
    address = ipaddress.IPv4Address(host or "")
    if address.is_multicast or address == ipaddress.IPv4Address("255.255.255.255"):
        raise DescriptionError("not a unicast address")
    return str(address)


def _port(text: str) -> int:
    port = int(text.partition("/")[0])
    if not 1024 <= port <= 65535:
        raise DescriptionError("port out of range")
    return port


def _codec(formats: list[int], names: dict[int, str]) -> Codec:
    for payload_type in formats:
        for codec in CODECS:
            if payload_type == codec.payload_type:
                return codec
    raise DescriptionError("no common codec")


def _dtmf(names: dict[int, str]) -> int | None:
    for payload_type, name in names.items():
        if name.startswith("TELEPHONE-EVENT/8000") and 96 <= payload_type <= 127:
            return payload_type
    return None


def offer(*, host: str, port: int, session: int, version: int = 1) -> str:
    """Return our offer: both laws, A-law first, and telephone-event."""
    formats = [codec.payload_type for codec in CODECS]
    media = _audio(port, formats, DTMF_PAYLOAD_TYPE, "sendrecv")
    return _document(host, session, version, [media])


def answer(remote: Remote, *, host: str, port: int, session: int, version: int = 1) -> str:
    """Return our answer to an offer: one codec, other streams refused, direction mirrored."""
    offered = "sendonly" if remote.host == HOLD else remote.direction
    direction = MIRROR.get(offered, "sendrecv")
    media = [_refused(line) for line in remote.media]
    media[remote.audio] = _audio(port, [remote.codec.payload_type], remote.dtmf, direction)
    return _document(host, session, version, media)


def _refused(line: str) -> str:
    kind, _, protocol, *formats = line.split()
    return f"m={kind} 0 {protocol} {' '.join(formats)}\r\n"


def _audio(port: int, formats: list[int], dtmf: int | None, direction: str) -> str:
    names = [f"a=rtpmap:{each.payload_type} {each.name}/8000" for each in CODECS]
    lines = [name for name in names if int(name[9:].split()[0]) in formats]
    if dtmf is not None:
        lines += [f"a=rtpmap:{dtmf} telephone-event/8000", f"a=fmtp:{dtmf} 0-15"]
        formats = [*formats, dtmf]
    head = f"m=audio {port} RTP/AVP {' '.join(map(str, formats))}"
    return "\r\n".join([head, *lines, "a=ptime:20", f"a={direction}"]) + "\r\n"


def _document(host: str, session: int, version: int, media: list[str]) -> str:
    origin = f"o=- {session} {version} IN IP4 {host}"
    head = ["v=0", origin, "s=-", f"c=IN IP4 {host}", "t=0 0"]
    return "\r\n".join(head) + "\r\n" + "".join(media)
