"""The database engine named in the settings."""

from __future__ import annotations

import select

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper


class DatabaseWrapper(PostgresWrapper):
    """Django's own, but a kept connection is looked at before it is asked `SELECT 1`."""

    def is_usable(self) -> bool:
        """Say whether the connection still stands; called once per request.

        A server that went away has closed its end, which makes the socket readable. Silence on a
        connection that nobody asked anything means it stands; anything else is worth the question.
        """
        if self.connection is None or self.connection.closed:
            return False
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN)
        if not look.poll(0):
            return True
        usable: bool = super().is_usable()
        return usable
