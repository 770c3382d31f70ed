"""The database engine named in the settings."""

from __future__ import annotations

import select
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from django.db import ProgrammingError
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import debug_transaction
from psycopg.pq.abc import PGresult

from kernel.database.trips import Command, ask, travel
from kernel.database.values import Statement, Values

if TYPE_CHECKING:
    # The stubs do not know whose cursor Django's is.
    DjangosCursor = psycopg.Cursor[Any]
else:
    DjangosCursor = ServerBindingCursor

BEGIN, COMMIT = b"BEGIN", b"COMMIT"


class Column(NamedTuple):
    """What a cursor's description says of a column, as PEP 249 has it."""

    name: str
    type_code: int
    display_size: None
    internal_size: int
    precision: None = None
    scale: None = None
    null_ok: None = None


class Cursor:
    """Runs statements with values under Django's rules, at a fifth of the cost of its cursor.

    Whatever else a cursor can do is left to one of Django's.
    """

    __slots__ = ("_at", "_djangos", "_wrapper", "result")

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        self._wrapper = wrapper
        # What came for the last statement, once it has come, and how many of its rows were fetched.
        self.result: PGresult | None = None
        self._at = 0
        # A cursor of Django's: untyped, as its stubs are.
        self._djangos: Any = None

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    # Whatever Django's cursor has.
    def __getattr__(self, name: str) -> Any:
        if self._djangos is None:
            self._djangos = self._wrapper.djangos_cursor()
        return getattr(self._djangos, name)

    # Statements and values are what psycopg takes; a cursor is returned.
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run one statement, behind those that wait for it. Raises the errors of django.db."""
        wrapper = self._wrapper
        if wrapper.needs_rollback:
            wrapper.validate_no_broken_transaction()
        if not params or options or not isinstance(query, str):
            # Without values it may be several statements, which libpq's pipelines do not take.
            self._djangos = self._djangos or wrapper.djangos_cursor()
            return self._djangos.execute(query, params, **options)
        self.close()
        try:
            statement = wrapper.values.statement(query, params)
            if wrapper.waiting:
                wrapper.send(statement, self)
            else:
                self.result = ask(wrapper.connection, statement)
        except psycopg.Error:
            with wrapper.wrap_database_errors:
                raise
        return self

    # A row is as many-typed as its columns.
    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(iter(self.fetchmany(1)), None)

    # As above.
    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows, at most so many."""
        return self._fetch(size)

    # As above.
    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return self._fetch(None)

    @property
    def rowcount(self) -> int:
        """The rows that came, or that were changed."""
        if self._djangos is not None:
            return int(self._djangos.rowcount)
        result = self._arrived()
        return result.ntuples if result.nfields else result.command_tuples or 0

    @property
    def description(self) -> Sequence[Any] | None:
        """The columns of the rows that came; None without any."""
        if self._djangos is not None:
            columns: Sequence[Any] | None = self._djangos.description
            return columns
        result = self._arrived()
        return [
            Column((result.fname(at) or b"").decode(), result.ftype(at), None, result.fsize(at))
            for at in range(result.nfields)
        ] or None

    def close(self) -> None:
        """Forget what came."""
        if self._djangos is not None:
            self._djangos.close()
            self._djangos = None
        self.result, self._at = None, 0

    def _fetch(self, size: int | None) -> list[Any]:
        if self._djangos is not None:
            rows: list[Any] = (
                self._djangos.fetchall() if size is None else self._djangos.fetchmany(size)
            )
            return rows
        result = self._arrived()
        if not result.nfields:
            raise ProgrammingError("the last statement returns no rows")
        first, count = self._at, result.ntuples
        self._at = count if size is None else min(count, first + size)
        with self._wrapper.wrap_database_errors:
            return self._wrapper.values.rows(result, first, self._at)

    def _arrived(self) -> PGresult:
        """Return what came for the statement, which may wait for others still."""
        if self.result is None:
            self._wrapper.send_waiting()
        if self.result is None:
            raise ProgrammingError("no result: nothing was executed")
        return self.result


class ThoroughCursor(DjangosCursor):
    """Django's own, for what has no values, is watched, or is more than one statement."""

    # Set by the connection's wrapper as soon as there is one.
    wrapper: DatabaseWrapper

    # Statements and values are what psycopg takes.
    def execute(self, *arguments: Any, **options: Any) -> Any:
        self.wrapper.send_waiting()
        return super().execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> None:
        self.wrapper.send_waiting()
        super().executemany(*arguments, **options)

    # A context manager of psycopg.
    def copy(self, *arguments: Any, **options: Any) -> Any:
        self.wrapper.send_waiting()
        return super().copy(*arguments, **options)


class DatabaseWrapper(PostgresWrapper):
    """Django's own, with thinner cursors, and fewer trips to the server.

    A transaction begins with its first statement, statements that nobody waits for go with the next one
    or with the COMMIT, and a kept connection is looked at before it is asked `SELECT 1`.
    """

    # What goes with the next statement of this transaction, each with who takes its rows.
    waiting: list[tuple[Statement | Command, Cursor | None]]
    # The adapters of the connection.
    values: Values

    def cursor(self) -> Any:
        """Return a cursor of ours or, where statements are watched, one of Django's."""
        if self._is_watched:
            return self.djangos_cursor()
        self.close_if_health_check_failed()
        if self.connection is None:
            self.ensure_connection()
        self.validate_thread_sharing()
        return Cursor(self)

    # What Django's stubs call a cursor.
    def djangos_cursor(self) -> Any:
        """Return a cursor of Django's, with all it can do."""
        return super().cursor()

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
        cursor = Cursor(self)
        with self.wrap_database_errors:
            self.waiting.append((self.values.statement(query, params), cursor))
        return cursor

    def send_waiting(self) -> None:
        """Send what waits now. Raises the errors of django.db."""
        if self.waiting:
            with self.wrap_database_errors:
                self.send()

    def send(
        self, statement: Statement | Command | None = None, cursor: Cursor | None = None
    ) -> None:
        """Send what waits, and a statement behind it; give the rows to those that take them."""
        sent, self.waiting = self.waiting, []
        if statement is not None:
            sent.append((statement, cursor))
        results = travel(self.connection, [each for each, _ in sent])
        for (_, taker), result in zip(sent, results, strict=True):
            if taker is not None:
                taker.result = result

    # A parameter and a connection of Django's.
    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = type("Cursor", (ThoroughCursor,), {"wrapper": self})
        self.values = Values(connection)
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
