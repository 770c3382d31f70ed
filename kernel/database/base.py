"""The database engine named in the settings."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import debug_transaction
from psycopg.adapt import Transformer

from kernel.database.trips import Statement, ask, travel

if TYPE_CHECKING:
    # The stubs do not know whose cursor Django's is.
    DjangosCursor = psycopg.Cursor[Any]
else:
    DjangosCursor = ServerBindingCursor

BEGIN, COMMIT = b"BEGIN", b"COMMIT"


class Cursor(DjangosCursor):
    """Runs a statement under Django's rules, at a third of the cost of the wrapper that Django puts around."""

    # Set by the connection's wrapper as soon as there is one.
    wrapper: DatabaseWrapper

    def __enter__(self) -> Cursor:
        return self

    # Nothing is held that needs closing: the rows are here, and the next statement needs no reset.
    def __exit__(self, *_failure: object) -> None:
        pass

    # Statements and values are what psycopg takes.
    def execute(self, query: Any, params: Any = None, **options: Any) -> Cursor:
        """Run one statement, behind those that wait for it. Raises the errors of django.db."""
        wrapper = self.wrapper
        if wrapper.needs_rollback:
            wrapper.validate_no_broken_transaction()
        try:
            if params and not options:
                self._ask(query, params)
            else:
                # Without values it may be several statements, which libpq pipelines do not take.
                wrapper.send_waiting()
                super().execute(query, params, **options)
        except psycopg.Error:
            with wrapper.wrap_database_errors:
                raise
        return self

    def executemany(self, *arguments: Any, **options: Any) -> None:
        self.wrapper.send_waiting()
        super().executemany(*arguments, **options)

    # A context manager of psycopg.
    def copy(self, *arguments: Any, **options: Any) -> Any:
        self.wrapper.send_waiting()
        return super().copy(*arguments, **options)

    def converted(self, query: Any, params: Any) -> Any:
        """Return a statement with its values as PostgreSQL takes them."""
        self._reset()
        self._tx = Transformer(self)
        return self._convert_query(query, params)

    # A result of libpq.
    def take(self, result: Any) -> None:
        """Have the rows of a result."""
        self._set_results([result])

    def _ask(self, query: Any, params: Any) -> None:
        converted = self.converted(query, params)
        if self.wrapper.waiting:
            self.wrapper.send(converted, self)
        else:
            self.take(ask(self._conn, converted))


class Soon:
    """The rows of a statement that waits for the next one, or for whoever reads them."""

    def __init__(self, wrapper: DatabaseWrapper, cursor: Cursor) -> None:
        self._wrapper = wrapper
        self._cursor = cursor

    # Rows are as many-typed as their columns.
    def fetchall(self) -> list[Any]:
        return self._arrived().fetchall()  # type: ignore[no-any-return]

    # As above.
    def fetchone(self) -> Any:
        return self._arrived().fetchone()

    # A cursor of psycopg.
    def _arrived(self) -> Any:
        if self._cursor.pgresult is None:
            self._wrapper.send_waiting()
        return self._cursor


class DatabaseWrapper(PostgresWrapper):
    """Django's own, with thinner cursors, and fewer trips to the server.

    A transaction begins with its first statement, statements that nobody waits for go with the next one
    or with the COMMIT, and a kept connection is looked at before it is asked `SELECT 1`.
    """

    # What goes with the next statement of this transaction, each with who takes its rows.
    waiting: list[tuple[Statement, Cursor | None]]

    def cursor(self) -> Any:
        """Return a cursor of ours or, where statements are watched, one of Django's."""
        if self._is_watched:
            return super().cursor()
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        return self.create_cursor()

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            # A cursor of the server is declared by psycopg.
            self.send_waiting()
        return super().create_cursor(name)

    @property
    def _is_watched(self) -> bool:
        return bool(self.execute_wrappers or self.queries_logged)

    # Values are what psycopg takes.
    def soon(self, query: str, params: Any) -> Any:
        """Run a statement with the next one, at the latest with the COMMIT; return who has its rows then.

        Its error comes from the statement that it goes with. Whoever watches statements sees it at once.
        """
        if not self.in_atomic_block or self._is_watched:
            cursor = self.cursor()
            cursor.execute(query, params)
            return cursor
        if self.needs_rollback:
            self.validate_no_broken_transaction()
        cursor = self.create_cursor()
        self.waiting.append((cursor.converted(query, params), cursor))
        return Soon(self, cursor)

    def send_waiting(self) -> None:
        """Send what waits now. Raises the errors of django.db."""
        if self.waiting:
            with self.wrap_database_errors:
                self.send()

    def send(self, statement: Statement | None = None, cursor: Cursor | None = None) -> None:
        """Send what waits, and a statement behind it; give the rows to those that take them."""
        sent, self.waiting = self.waiting, []
        if statement is not None:
            sent.append((statement, cursor))
        results = travel(self.connection, [each for each, _ in sent])
        for (_, taker), result in zip(sent, results, strict=True):
            if taker is not None:
                taker.take(result)

    # A parameter and a connection of Django's.
    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = type("Cursor", (Cursor,), {"wrapper": self})
        # Transactions are begun and ended here.
        connection.autocommit = True
        self.waiting = []
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:
        self.waiting = [] if autocommit else [(BEGIN, None)]

    def _commit(self) -> None:
        if self.connection is None:
            return
        if self._is_empty():
            self.waiting = []
            return
        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            self.send(COMMIT)

    def _is_empty(self) -> bool:
        """Say whether this transaction has asked nothing, so that it need not begin either."""
        return (BEGIN, None) in self.waiting and all(
            isinstance(each, bytes) for each, _ in self.waiting
        )

    def _rollback(self) -> None:
        self.waiting = []
        super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self.waiting = []
        super()._close()  # type: ignore[misc]

    def _savepoint(self, sid: str) -> None:
        self._mark(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._mark(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        """Forget what waits since the savepoint; what was sent since is rolled back there."""
        mark = (self.ops.savepoint_create_sql(sid).encode(), None)
        if mark in self.waiting:
            del self.waiting[self.waiting.index(mark) + 1 :]
            return
        self.waiting = []
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _mark(self, command: str) -> None:
        if self._is_watched:
            with self.cursor() as cursor:
                cursor.execute(command)
        else:
            self.waiting.append((command.encode(), None))

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
