"""What the pages are visited with: who looks, and the addresses of what was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(slots=True)
class Scene:
    """Sessions by the name of who holds them, and parts of addresses by what they name."""

    sessions: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    # Who did all this, as the audit log names them.
    actor: str = ""

    # A session holds whatever its readers put there.
    def sign_in(self, who: str, user: User | None, **entries: Any) -> None:
        """Give somebody a session, with or without a person in it."""
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        if user is not None:
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = _BACKEND
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.update(entries)
        session.save()
        self.sessions[who] = session.session_key

    def name(self, **parts: object) -> None:
        """Remember parts of addresses."""
        self.parts |= {name: str(part) for name, part in parts.items()}
