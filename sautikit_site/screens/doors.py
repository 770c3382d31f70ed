"""The processes that answer a browser, on free ports: web, live and the sandbox."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sautikit_site import crew, embedded


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the pages are, and what every process of this small platform was told."""

    url: str
    smtp_port: int
    environment: dict[str, str]


@contextlib.contextmanager
def opened(environment: Mapping[str, str]) -> Iterator[Doors]:
    """Serve an installation whose servers run already, for as long as the block lasts."""
    variables = {**environment, **_addresses()}
    with crew.working(variables, "sandbox", "live", "web"):
        yield Doors(variables["PUBLIC_URL"], int(variables["SANDBOX_SMTP_PORT"]), variables)


def _addresses() -> dict[str, str]:
    web, live, http, smtp, sip, engine = (embedded.free_port() for _ in range(6))
    public = f"http://127.0.0.1:{web}"
    trunk = {"name": "sandbox", "host": "127.0.0.1", "port": sip, "prefixes": ["+254"]}
    trunk |= {"username": "sautikit", "password": "sandbox", "mode": "both"}
    return {
        "PUBLIC_URL": public,
        "CALLBACK_URL": public,
        "LIVE_URL": f"http://127.0.0.1:{live}",
        "WEB_PORT": str(web),
        "LIVE_PORT": str(live),
        "SANDBOX": "1",
        "TEST_CARRIER": "1",
        "SANDBOX_URL": f"http://127.0.0.1:{http}",
        "SANDBOX_SMTP_PORT": str(smtp),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
        "SANDBOX_SIP_PORT": str(sip),
        "SIP_PORT": str(engine),
        "SIP_TRUNKS": json.dumps([trunk]),
        "DARAJA_BASE_URL": f"http://127.0.0.1:{http}",
        "DARAJA_CONSUMER_KEY": "key",
        "DARAJA_CONSUMER_SECRET": "secret",
        "DARAJA_SHORTCODE": "600000",
        "DARAJA_PASSKEY": "passkey",
    }
