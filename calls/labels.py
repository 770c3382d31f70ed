"""The caller's own label of a call, `client_request_id`: what is accepted and where it is echoed."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kernel.errors import BadRequest

LENGTH_MAX = 5000
QUERY_BYTES_MAX = 2048
RESERVED = ("mcp:", "broadcast:")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# These would be mangled by the consumers of a callback, so such labels stay in our own reply.
REPLY_ONLY = re.compile(r"[\s,{}\[\]()\"'`]")


def check(label: str | None) -> str | None:
    """Return the label unchanged; raises BadRequest when it cannot be one."""
    if label is None or label == "":
        return None
    if len(label) > LENGTH_MAX:
        _refuse(f"must be at most {LENGTH_MAX} characters")
    if CONTROL.search(label):
        _refuse("must not contain control characters")
    if label.startswith(RESERVED):
        _refuse(f"must not begin with {' or '.join(RESERVED)}, which are reserved")
    return label


def echoed(label: str | None) -> str | None:
    """Return the label for callback and event bodies, or None when it is for our reply only."""
    return None if label is None or REPLY_ONLY.search(label) else label


def with_label(url: str, label: str | None) -> str:
    """Put `clientRequestId` on a callback URL, unless it is too long or not to be echoed."""
    text = echoed(label)
    if text is None or len(quote(text, safe="")) > QUERY_BYTES_MAX:
        return url
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query, True) if pair[0] != "clientRequestId"]
    query = urlencode([*pairs, ("clientRequestId", text)])
    return urlunsplit(parts._replace(query=query))


def _refuse(reason: str) -> None:
    raise BadRequest(fields=[("client_request_id", reason)])
