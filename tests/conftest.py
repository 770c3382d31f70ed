"""What every test gets: its own database, a fresh Valkey, and no way out but loopback."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from django.conf import settings

from sautikit_site.pytest_services import (
    browser_type_launch_args,
    django_db_setup,
    free_port,
    fresh_valkey,
    stack,
)

__all__ = ["browser_type_launch_args", "django_db_setup", "free_port", "fresh_valkey", "stack"]


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse any connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_up_when_asked_for() -> None:
    """Spare each test client the walk over all static files that a server makes once."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> None:
    """Spare each operator of a test the slowness that is there against those who guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: Any) -> Generator[None, Any, Any]:
    """Let a test run its own event loop after a browser test on the same worker.

    The browser driver leaves its loop marked as running in the thread for the whole session. The
    mark is lifted for the whole of a test, fixtures included: Django keeps other connections
    where a loop runs, and a test must not meet both.
    """
    loop = asyncio._get_running_loop()
    if loop is None or {"page", "browser", "context", "playwright"} & set(item.fixturenames):
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
