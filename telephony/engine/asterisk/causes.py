"""Q.850 causes and SIP codes, each in the words of the other."""

from __future__ import annotations

NORMAL = 16
_TO_SIP = {
    1: 404,
    2: 404,
    3: 404,
    16: 487,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 403,
    22: 410,
    23: 410,
    26: 404,
    27: 502,
    28: 484,
    29: 501,
    31: 480,
    58: 488,
    65: 488,
    79: 501,
    88: 488,
    102: 504,
    111: 500,
    127: 500,
}
# Each of these makes Asterisk answer with just that code.
_TO_CAUSE = {
    403: 21,
    404: 1,
    408: 18,
    410: 22,
    480: 19,
    484: 28,
    486: 17,
    488: 58,
    500: 127,
    502: 27,
    503: 42,
    504: 42,
    600: 17,
    603: NORMAL,
    604: 1,
}
SILENT = 503


def sip_code(cause: int, heard: object) -> int:
    """Return the code of a refusal: the one that came over the wire, else what the cause means."""
    if isinstance(heard, int) and 300 <= heard <= 699:
        return heard
    return _TO_SIP.get(cause, SILENT)


def cause_of(code: int) -> int:
    """Return the cause that lets Asterisk refuse a caller with this code, or with 480."""
    return _TO_CAUSE.get(code, _TO_CAUSE[480])
