"""The database engine named in the settings."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor


class Cursor(ServerBindingCursor):
    """Runs a statement under Django's rules, at half the cost of the wrapper that Django puts around."""

    # Set by the connection's wrapper as soon as there is one.
    wrapper: DatabaseWrapper

    def __enter__(self) -> Cursor:
        return self

    # Nothing is held that needs closing: the rows are here, and the next statement needs no reset.
    def __exit__(self, *_failure: object) -> None:
        pass

    # Statements and values are what psycopg takes.
    def execute(self, query: Any, params: Any = None, **options: Any) -> Cursor:
        """Run one statement. Raises the errors of django.db."""
        wrapper = self.wrapper
        if wrapper.needs_rollback:
            wrapper.validate_no_broken_transaction()
        try:
            # The stubs do not know whose cursor this is.
            super().execute(query, params, **options)  # type: ignore[misc]
        except psycopg.Error:
            with wrapper.wrap_database_errors:
                raise
        return self


class DatabaseWrapper(PostgresWrapper):
    """Django's own, with thinner cursors; a kept connection is looked at before it is asked `SELECT 1`."""

    def cursor(self) -> Any:
        """Return a cursor of ours or, where statements are watched, one of Django's."""
        if self.execute_wrappers or self.queries_logged:
            return super().cursor()
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        return self.create_cursor()

    # A parameter and a connection of Django's.
    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = type("Cursor", (Cursor,), {"wrapper": self})
        return connection

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
