"""Wake-ups through Valkey: hints that make waiting short, never facts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

_thread = threading.local()


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """Return this process's connection pool to Valkey."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True
    )


# The class of the connection is the pool's choice.
def own_connection() -> Any:
    """Make a connection for one thread, past the pool: it counts also those of threads long over."""
    pool = client().connection_pool
    return pool.connection_class(**pool.connection_kwargs)


# One command on every request's way; the reply is what Valkey answered.
def ask(*command: str | int) -> Any:
    """Run a command on this thread's own connection, at a third of the pool's cost.

    Tries once, so that a Valkey that is away costs no time. Raises redis.RedisError.
    """
    connection = getattr(_thread, "connection", None)
    if connection is None:
        connection = _thread.connection = own_connection()
    try:
        connection.send_command(*command)
        return connection.read_response()
    except redis.ResponseError:
        raise
    except redis.RedisError:
        connection.disconnect()
        raise


def tell(*commands: Sequence[str | int | bytes]) -> None:
    """Run commands whose answers nobody reads, on this thread's own connection that gives none.

    Raises redis.RedisError.
    """
    connection = getattr(_thread, "told", None)
    try:
        if connection is None or _is_over(connection):
            connection = own_connection()
            connection.connect()
            connection.send_command("CLIENT", "REPLY", "OFF")
            _thread.told = connection
        connection.send_packed_command(connection.pack_commands(commands))
    except redis.RedisError:
        _thread.told = None
        raise


# The class of the connection is the pool's choice.
def _is_over(connection: Any) -> bool:
    """Say whether a connection that has nothing to say can be read: then it has ended."""
    try:
        return bool(connection.can_read(0))
    except redis.RedisError:
        return True


class Rings(dict[tuple[str, str], None]):
    """The rings that wait for a transaction, by channel and text: equal ones ring once."""

    def __call__(self) -> None:
        _publish(list(self))


def ring(channel: str, text: str = "") -> None:
    """Publish after the current transaction commits; a lost ring costs one polling interval."""
    connection = transaction.get_connection()
    around = set(connection.savepoint_ids)
    for savepoints, waiting, _is_robust in connection.run_on_commit:
        # Those inside a savepoint that is rolled back would ring for nobody.
        if isinstance(waiting, Rings) and savepoints <= around:
            waiting[channel, text] = None
            return
    transaction.on_commit(Rings({(channel, text): None}), robust=True)


def ring_now(channel: str, text: str = "") -> None:
    """Publish without waiting for a transaction."""
    _publish([(channel, text)])


def _publish(rings: list[tuple[str, str]]) -> None:
    """Ring in one go; a connection that broke since the last ring is made anew."""
    commands = [("PUBLISH", f"bell:{channel}", text) for channel, text in rings]
    for last in (False, True):
        try:
            tell(*commands)
            return
        except redis.RedisError as problem:
            if last:
                log.warning("bells not rung: %s: %s", rings, problem)


class Listener:
    """Waits for rings on some channels; without Valkey it simply sleeps the time out."""

    def __init__(self, *channels: str) -> None:
        self._channels = [f"bell:{channel}" for channel in channels]
        self._subscription: redis.client.PubSub | None = None

    def wait(self, timeout_seconds: float) -> list[str]:
        """Return the texts that rang, as soon as one rings or the time is out."""
        try:
            return self._wait(timeout_seconds)
        except redis.RedisError as problem:
            log.warning("bell not heard: %s", problem)
            self._subscription = None
            time.sleep(timeout_seconds)
            return []

    def _wait(self, timeout_seconds: float) -> list[str]:
        if self._subscription is None:
            pubsub = client().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            self._subscription = pubsub
            self._subscription.subscribe(*self._channels)
        deadline = time.monotonic() + timeout_seconds
        texts: list[str] = []
        while (left := deadline - time.monotonic()) > 0:
            message = self._subscription.get_message(timeout=0 if texts else left)
            if message is not None:
                texts.append(message["data"])
            elif texts:
                return texts
        return texts
