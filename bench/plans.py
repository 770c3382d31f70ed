"""Plans of hot queries: what reads a whole table or sorts a heap of rows is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        names.append(found[1])
        return f"${len(names)}"

    prepared = PARAMETER.sub(number, sql) if values else sql
    given = [values[name] for name in names] if isinstance(values, Mapping) else list(values)
    with connection.cursor() as cursor:
        written = ", ".join(Literal(each).as_string(cursor.connection) for each in given)
        execute = f"EXECUTE kept ({written})" if given else "EXECUTE kept"
        cursor.execute(f"PREPARE kept AS {prepared}")
        for _ in range(PLANNED_EACH_TIME):
            cursor.execute(execute)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {execute}")
        found = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE kept")
    return [f"kept: {told}" for told in _judge(found, rows_max)]


# The plan is JSON, read already or not.
def _judge(found: Any, rows_max: int) -> list[str]:
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return [told for node in _nodes(plan) for told in _faults_of(node, rows_max)]


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
