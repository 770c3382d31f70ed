"""Group commit: charges that meet in one process are booked by one statement, each with its own answer.

A charge that meets no other goes by itself, as before. Those that meet are handed to one thread with one
connection: while its statement runs, whoever comes waits for the next one, which takes them all. What the
statement leaves out is booked by itself, so nobody fails or waits long because of another.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import close_old_connections, connection

from wallet.services import sql

log = logging.getLogger(__name__)

MOST: Final = 100
# A statement waits this part of the last one's time for those whom that one answered.
PATIENCE: Final = 0.2
PATIENCE_MAX: Final = 0.002
# Without work for so long the thread ends, and its connection with it.
IDLE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One charge, in the order of the SQL function's arrays."""

    posting_id: UUID
    workspace_id: UUID
    mode: str
    kind: str
    key: str
    net_minor: int
    vat_minor: int
    contra: str
    description: str
    number_id: UUID | None
    call_id: UUID | None


@dataclass(frozen=True, slots=True)
class Booked:
    """A charge that was booked together with others."""

    balance_after_minor: int
    currency: str


Answers = dict[UUID, Booked]


@dataclass(slots=True)
class _Place:
    """One waiting caller; its lock opens when it is answered."""

    asked: Asked
    answer: Booked | None = None
    is_answered: threading.Lock = field(default_factory=threading.Lock)


class Writer:
    """The queue of a process and the thread that books it, round by round."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._enough = threading.Condition(self._guard)
        self._waiting: list[_Place] = []
        self._callers = 0
        self._wanted = 1
        self._is_running = False

    @contextmanager
    def meeting(self) -> Iterator[bool]:
        """Count a caller in, and say whether there is another one at this moment."""
        with self._guard:
            self._callers += 1
            meets = self._callers > 1
        try:
            yield meets
        finally:
            with self._guard:
                self._callers -= 1

    def book(self, asked: Asked) -> Booked | None:
        """Book a charge with others; None when it has to go by itself. Not inside a transaction."""
        mine = _Place(asked)
        mine.is_answered.acquire()
        with self._guard:
            self._waiting.append(mine)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="wallet-writer", daemon=True).start()
            elif len(self._waiting) >= self._wanted:
                self._enough.notify()
        mine.is_answered.acquire()
        return mine.answer

    def _run(self) -> None:
        """Book round after round; every caller of a round is answered, whatever happens to it."""
        try:
            patience, expected = IDLE_SECONDS, 1
            while round_ := self._gather(expected, patience):
                began = time.monotonic()
                try:
                    self._book(round_)
                finally:
                    for each in round_:
                        each.is_answered.release()
                patience = min(PATIENCE_MAX, (time.monotonic() - began) * PATIENCE)
                expected = len(round_) + len(self._waiting)
        except BaseException:
            self._give_up()
            raise
        finally:
            connection.close()

    def _give_up(self) -> None:
        """Send everybody on by themselves; the next who meets another starts a new thread."""
        with self._guard:
            left, self._waiting, self._is_running = self._waiting, [], False
        for each in left:
            each.is_answered.release()

    def _gather(self, expected: int, patience: float) -> list[_Place]:
        """Wait a moment for those who are expected, then as long as it takes for anybody."""
        with self._guard:
            self._wait_for(min(expected, MOST), patience)
            self._wait_for(1, IDLE_SECONDS)
            round_, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            self._is_running = bool(round_)
            return round_

    def _wait_for(self, wanted: int, seconds: float) -> None:
        self._wanted = wanted
        self._enough.wait_for(lambda: len(self._waiting) >= wanted, seconds)

    def _book(self, round_: list[_Place]) -> None:
        close_old_connections()
        try:
            answers = charge_many([each.asked for each in round_])
        except Exception as problem:
            # One of them is wrong, or the database is away: each will find out by itself.
            log.warning("%d charges are booked one by one: %s", len(round_), problem)
            return
        for each in round_:
            each.answer = answers.get(each.asked.posting_id)


def charge_many(batch: list[Asked], *, may_wait: bool = True) -> Answers:
    """Book the plain ones of some charges in one statement. Locks their wallets.

    A wallet that is in use is waited for, briefly, only when all are of that one.
    """
    is_one_wallet = may_wait and len({(each.workspace_id, each.mode) for each in batch}) == 1
    columns = ([getattr(each, name) for each in batch] for name in Asked.__slots__)
    rows = sql.rows("wallet_charge_many", *columns, is_one_wallet)
    return {row["posting_id"]: Booked(row["balance_after"], row["currency"]) for row in rows}


writer = Writer()


def _start_anew() -> None:
    """A forked process has no thread that books, and nobody who waits for one."""
    global writer
    writer = Writer()


os.register_at_fork(after_in_child=_start_anew)
