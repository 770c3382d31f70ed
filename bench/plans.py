"""Plans of hot queries: what reads a whole table or sorts a heap of rows is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

# The tables that grow; a scan of a small one is the right plan.
BIG = frozenset({"kernel_event", "webhooks_delivery", "webhooks_attempt"})
SORTED_MAX = 1_000

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
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return [told for node in _nodes(plan) for told in _faults_of(node, rows_max)]


def faults_of_rows(rows: QuerySet[Model], *, rows_max: int) -> list[str]:
    """Judge the query that a list runs."""
    return faults(*rows.query.sql_with_params(), rows_max=rows_max)


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
