"""What the sandbox process is told once, when it starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SAME_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class DarajaApp:
    """The one Daraja application the simulator knows."""

    consumer_key: str
    consumer_secret: str
    shortcode: str
    passkey: str


@dataclass(frozen=True, slots=True)
class Config:
    """Addresses, credentials and the folder of the sandbox."""

    host: str
    http_port: int
    smtp_port: int
    sip_port: int
    engine_port: int
    trunk_users: dict[str, str]
    daraja: DarajaApp
    folder: Path
    everything: bool


def from_settings(settings: Any) -> Config:  # Any: Django's settings object has no type.
    """Read the Django settings into a Config."""
    address = urlsplit(settings.SANDBOX_URL)
    return Config(
        host=address.hostname or "127.0.0.1",
        http_port=address.port or 80,
        smtp_port=int(settings.SANDBOX_SMTP_PORT),
        sip_port=int(settings.SANDBOX_SIP_PORT),
        engine_port=int(settings.SIP_PORT),
        trunk_users=trunk_users(settings.SIP_TRUNKS, int(settings.SANDBOX_SIP_PORT)),
        daraja=DarajaApp(
            consumer_key=settings.DARAJA_CONSUMER_KEY,
            consumer_secret=settings.DARAJA_CONSUMER_SECRET,
            shortcode=str(settings.DARAJA_SHORTCODE),
            passkey=settings.DARAJA_PASSKEY,
        ),
        folder=Path(settings.VAR_DIR) / "sandbox",
        everything=bool(settings.SANDBOX),
    )


def trunk_users(trunks: list[dict[str, Any]], sip_port: int) -> dict[str, str]:
    """Pick the users and passwords of the trunks that point at our carrier."""
    return {
        trunk["username"]: trunk.get("password", "")
        for trunk in trunks
        if trunk.get("username")
        and trunk.get("host") in SAME_MACHINE
        and int(trunk.get("port") or 5060) == sip_port
    }
