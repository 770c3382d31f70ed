"""Statements that travel to PostgreSQL together, in libpq's pipeline: one trip, however many they are.

Protocol: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html. psycopg's own pipeline costs
more than the trips it saves; here its values and its prepared names go straight into that of libpq.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import generators
from psycopg._preparing import Key, Prepare
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from kernel.database.values import Statement

Connection = psycopg.Connection[Any]
FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED})

# A command has no values.
Command = bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was sent for a statement: how many results come for it, and what prepared it."""

    results: int
    prepared: tuple[Key, Prepare, bytes] | None = None


def travel(connection: Connection, statements: Sequence[Statement | Command]) -> list[PGresult]:
    """Send statements in one go and return the result of each; raises the error of the first."""
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        asked = [_send(connection, it) for it in statements]
        pgconn.pipeline_sync()
        results = connection.wait(_received(pgconn))
        pgconn.exit_pipeline_mode()
    except BaseException:
        # Cut off half way: nobody knows what the server still has to say.
        pgconn.finish()
        raise
    return _judge(connection, asked, results)


def ask(connection: Connection, query: Statement) -> PGresult:
    """Send one statement that has values and return its result; raises its error."""
    prepared = _names(connection)
    known, name = prepared.get(query)
    if known is not Prepare.YES:
        return travel(connection, [query])[0]
    connection.pgconn.send_query_prepared(name, query.params, query.formats)
    prepared.maybe_add_to_cache(query, known, name)
    result: PGresult
    (result,) = connection.wait(generators.execute(connection.pgconn))
    if result.status in FAILED:
        raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)
    return result


def _send(connection: Connection, query: Statement | Command) -> _Asked:
    pgconn, prepared = connection.pgconn, _names(connection)
    if isinstance(query, bytes):
        pgconn.send_query_params(query, None)
        return _Asked(1)
    known, name = prepared.get(query)
    if known is Prepare.NO:
        pgconn.send_query_params(query.query, query.params, query.types, query.formats)
    else:
        if known is Prepare.SHOULD:
            pgconn.send_prepare(name, query.query, query.types)
        pgconn.send_query_prepared(name, query.params, query.formats)
    key = prepared.maybe_add_to_cache(query, known, name)
    return _Asked(2 if known is Prepare.SHOULD else 1, (key, known, name) if key else None)


# psycopg's own: it asks no more of a statement than its text and its types.
def _names(connection: Connection) -> Any:
    return connection._prepared


def _received(pgconn: PGconn) -> Generator[Any, Any, list[PGresult]]:
    yield from generators.send(pgconn)
    results: list[PGresult] = []
    while True:
        (result,) = yield from generators.fetch_many(pgconn)
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _judge(
    connection: Connection, asked: Sequence[_Asked], results: Sequence[PGresult]
) -> list[PGresult]:
    """Return the result of each statement when all is well; raise what went wrong first when not."""
    own = []
    at = -1
    for each in asked:
        at += each.results
        own.append(results[at])
        if each.prepared:
            connection._prepared.validate(*each.prepared, [results[at]])
    for result in results:
        if result.status in FAILED:
            raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)
    if connection._prepared._to_flush:
        connection.wait(connection._prepared.maintain_gen(connection))
    return own
