"""Two verbs at once, one step at a time: every way in which one may be overtaken by the other.

The first is held after each of its statements that may lock something, its transaction open; the
second runs until it is over or waits for a lock of the first; then the first goes on. Two verbs that
take two locks in opposite orders meet in one of these ways for certain, and PostgreSQL says so.
"""

from __future__ import annotations

import re
import threading
import time
from itertools import count

from django.db import OperationalError, connection

LOCKS = re.compile(r"INSERT|UPDATE|DELETE|wallet_|pg_advisory", re.IGNORECASE)
PATIENCE_SECONDS = 30
WAITS_FOR_SOMEBODY = "SELECT cardinality(pg_blocking_pids(%s)) > 0"


class Second(threading.Thread):
    """The verb that runs while the first is held, on a connection of its own."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self.act, self.pid, self.problem = act, None, None

    def run(self):
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            self.act()
        except Exception as problem:
            self.problem = problem
        finally:
            connection.close()

    def run_as_far_as_it_can(self):
        """Start, and return when the verb is over or waits for a lock."""
        self.start()
        end = time.monotonic() + PATIENCE_SECONDS
        while self.is_alive() and not (self.pid and self._waits()):
            assert time.monotonic() < end, "neither over nor waiting"
            time.sleep(0.001)

    def _waits(self):
        with connection.cursor() as cursor:
            cursor.execute(WAITS_FOR_SOMEBODY, [self.pid])
            return cursor.fetchone()[0]


class Hold:
    """Holds the first verb after its statement of that place, once, while the second runs."""

    def __init__(self, place, second):
        self.left, self.second, self.statement = place, second, ""

    def __call__(self, execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not self.statement and connection.in_atomic_block and LOCKS.search(sql):
            self.left -= 1
            if not self.left:
                self.statement = sql
                self.second.run_as_far_as_it_can()
        return found


def every_way(make, *, may_raise=(), judge=None):
    """Let two verbs meet in every way; returns how many ways there were.

    `make(round)` makes a fresh world and gives both, `judge(round)` looks at what they left. A
    deadlock, and anything that is not one of the problems they may raise, fails with the statement
    after which the first was overtaken.
    """
    for place in count(1):
        first, act = make(place)
        second = Second(act)
        hold = Hold(place, second)
        problem = None
        with connection.execute_wrapper(hold):
            try:
                first()
            except Exception as raised:
                problem = raised
        if not hold.statement:
            assert problem is None or isinstance(problem, may_raise), repr(problem)
            return place - 1
        second.join(PATIENCE_SECONDS)
        assert not second.is_alive()
        for raised in (problem, second.problem):
            if raised is not None and not isinstance(raised, may_raise):
                kind = "deadlock" if isinstance(raised, OperationalError) else "problem"
                raise AssertionError(f"{kind} after {hold.statement[:200]}: {raised}") from raised
        if judge:
            judge(place)
    raise AssertionError("a verb has an end")
