"""Plans of hot queries: what reads a whole table or sorts a heap of rows is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from psycopg.sql import Literal

# The tables that grow; a scan of a small one is the right plan.
BIG = frozenset({
    "accounts_apirequest", "calls_call", "kernel_auditentry", "kernel_event", "telephony_conference",
    "telephony_fetch", "wallet_entry", "wallet_mpesareceipt", "wallet_posting", "wallet_topup",
    "webhooks_attempt", "webhooks_delivery",
})  # fmt: skip
# Those that grow too, and are not filled where plans are judged by what they touch.
GROWING = BIG | frozenset({
    "calls_callevent", "calls_leg", "calls_recording", "telephony_command", "telephony_participant",
    "telephony_session", "telephony_stream", "telephony_supervision", "wallet_basis", "wallet_hold",
})  # fmt: skip
SORTED_MAX = 1_000
# So often a prepared query is planned anew before PostgreSQL may keep a plan.
PLANNED_EACH_TIME = 6
PARAMETER = re.compile(r"%\((\w+)\)s|%s|%%")

# A plan is the JSON that PostgreSQL writes.
Node = dict[str, Any]
Values = Sequence[object] | Mapping[str, object]


def faults(sql: str, values: Values, *, rows_max: int) -> list[str]:
    """Run the query under EXPLAIN and say what is wrong with its plan; nothing when it is right.

    No sequential scan of a table that grows, no sort of more than 1,000 rows, and no step that
    touches more than `rows_max` rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        return _judge(cursor.fetchone()[0], rows_max)


def kept_faults(sql: str, values: Values, *, rows_max: int) -> list[str]:
    """Judge the plan that a connection keeps for a query once it has run it often enough.

    PostgreSQL then plans for any values instead of those given, where that looks as cheap.
    """
    with connection.cursor() as cursor:
        execute = _prepare(cursor, sql, values)
        for _ in range(PLANNED_EACH_TIME):
            cursor.execute(execute)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {execute}")
        found = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE kept")
    return [f"kept: {told}" for told in _judge(found, rows_max)]


def unindexed(sql: str, values: Values) -> list[str]:
    """Name the growing tables that a query has to read whole, however large they are: no index helps."""
    with connection.cursor() as cursor:
        execute = _prepare(cursor, sql, values)
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {execute}")
        found = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE kept")
        cursor.execute("RESET plan_cache_mode")
        cursor.execute("RESET enable_seqscan")
    return [
        node["Relation Name"]
        for node in _nodes(_plan(found))
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    ]


# A cursor of Django's.
def _prepare(cursor: Any, sql: str, values: Values) -> str:
    """Prepare a query as `kept` and return the statement that runs it with its values."""
    given: list[object] = []

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        given.append(values[found[1]] if isinstance(values, Mapping) else values[len(given)])
        # What PostgreSQL would take for a number.
        kind = "::interval" if isinstance(given[-1], timedelta) else ""
        return f"${len(given)}{kind}"

    prepared = PARAMETER.sub(number, sql) if values else sql
    written = ", ".join(Literal(each).as_string(cursor.connection) for each in given)
    cursor.execute(f"PREPARE kept AS {prepared}")
    return f"EXECUTE kept ({written})" if given else "EXECUTE kept"


# The plan is JSON, read already or not.
def _judge(found: Any, rows_max: int) -> list[str]:
    return [told for node in _nodes(_plan(found)) for told in _faults_of(node, rows_max)]


# As above.
def _plan(found: Any) -> Node:
    plan: Node = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def faults_of_rows(rows: QuerySet[Model], *, rows_max: int) -> list[str]:
    """Judge the query that a list runs."""
    return faults(*rows.query.sql_with_params(), rows_max=rows_max)


def faults_of_visit(visit: Callable[[], object], *, rows_max: int) -> list[str]:
    """Judge every query that a whole page runs, planned for its values and for any."""
    asked: dict[str, Values] = {}

    # The arguments are those of Django's execute wrappers.
    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.split(maxsplit=1)[0].upper() in ("SELECT", "WITH"):
            asked[sql] = values or ()
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        visit()
    return [
        told
        for sql, values in asked.items()
        for judge in (faults, kept_faults)
        for told in judge(sql, values, rows_max=rows_max)
    ]


def _nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _faults_of(node: Node, rows_max: int) -> Iterator[str]:
    kind, name = node["Node Type"], node.get("Relation Name", "")
    # Rows that a filter threw away were read too.
    thrown = node.get("Rows Removed by Filter", 0)
    touched = (node["Actual Rows"] + thrown) * node["Actual Loops"]
    if kind == "Seq Scan" and name in BIG:
        yield f"a sequential scan of {name}"
    elif kind in ("Sort", "Incremental Sort") and node["Actual Rows"] > SORTED_MAX:
        yield f"a sort of {node['Actual Rows']:.0f} rows"
    elif touched > rows_max:
        yield f"{kind} touches {touched:.0f} rows of {name or 'its input'}"
