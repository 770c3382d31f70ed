"""Bodies, our headers over them, and what a verifier must say of each."""

from __future__ import annotations

import re
import time
from pathlib import Path

from kernel import ids, signing
from webhooks import sender

PAGE = Path(__file__).parents[2] / "docs" / "pages" / "webhooks.md"
OLD, NEW = ids.webhook_secret(), ids.webhook_secret()
BODIES = {
    "ascii": b'{"event":"call.completed","data":{"cost_minor":235}}',
    "utf-8": '{"name":"Wanjikũ","emoji":"🎉"}'.encode(),
    "escapes": b'{"a":"\\u00e9\\n\\"","b":1e3}',
    "spaces": b'{ "a" : 1 ,\n\t"b" : [ ] }',
    "short": b"1",
    "dots": b'{"t":"1.2.3","v1":"."}',
    "large": b'{"x":"' + b"k" * 60_000 + b'"}',
}
JUNK = (
    "", ",", "=", "t", "t=", "v1=", "t=,v1=", "t=x,v1=é", "v1=00", "t=1e9,v1=zz", "t=1;v1=00",
    "t=99999999999999999999999,v1=00", "__proto__=1,v1=00", "v1=00,t=1,t=2",
)  # fmt: skip


def parcel(body, *secrets, url=""):
    return sender.Parcel(
        delivery_id=ids.uuid7(), token=ids.uuid7(), lane="", endpoint_id=None, attempts_made=0,
        url=url, event_id=str(ids.uuid7()), kind="call.completed", body=body, secrets=list(secrets),
    )  # fmt: skip


def headers(body, *secrets):
    return sender.headers(parcel(body, *secrets))


def changed(body):
    """The same body with a space behind it, and with one bit of one byte turned, at every place of a short one."""
    places = range(len(body)) if len(body) < 100 else (0, len(body) // 2, len(body) - 1)
    turned = [body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :] for at in places]
    return [body + b" ", *turned]


def printed(tab):
    """The code that our page shows in this tab."""
    found = re.search(rf"```\w+ tab={re.escape(tab)}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found, tab
    return found[1]


def vectors():
    """[body as hex, header, secret, whether it must pass]"""
    rows = []
    for body in BODIES.values():
        header = headers(body, NEW, OLD)["X-Sautikit-Signature"]
        rows += [[body.hex(), header, secret, True] for secret in (NEW, OLD)]
        rows += [[other.hex(), header, NEW, False] for other in changed(body)]
        rows.append([body.hex(), header, ids.webhook_secret(), False])
        rows.append([body.hex(), f"{header},v2=00", NEW, True])
        rows += [[body.hex(), junk, NEW, False] for junk in JUNK]
        for moment, passes in ((-200, True), (-301, False), (400, False)):
            stamp = int(time.time()) + moment
            rows.append([body.hex(), signing.signature_header([NEW], body, stamp), NEW, passes])
    return rows
