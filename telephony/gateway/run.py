"""The life of the gateway: start engines, keep their leases, hear them, tell them, stop them."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from calls import services as calls
from kernel import ready
from kernel.bell import Listener
from telephony import orders
from telephony import places as known
from telephony.gateway import apply as applying
from telephony.gateway import dispatch, recovery
from telephony.gateway.child import Child
from telephony.gateway.places import Place, places
from telephony.models import Engine

log = logging.getLogger(__name__)

HOST = socket.gethostname()
RENEW_SECONDS = 2.0
CLOCK_SECONDS = 1.0
POLL_SECONDS = 0.25
RETRY_SECONDS = 0.2
ATTEMPTS_MAX = 5
# A short drain: the supervisor gives the whole process ten seconds.
DRAIN_SECONDS = 4.0
# A child that dies at once is not started in a tight circle.
RESTART_SECONDS = (0.0, 0.5, 2.0)
SETTLED_SECONDS = 10.0


class Gateway:
    """The engines of this machine and the threads around them."""

    def __init__(self) -> None:
        self._places = places()
        # Places that get no engine now: drained, or nodes that another machine drives.
        self._closed: set[str] = set()
        self._children: dict[UUID, Child] = {}
        self._legs: dict[UUID, set[str]] = {}
        self._stopping = threading.Event()
        self._finished = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Recover what was left, start the engines and say so when they listen."""
        recovery.recover_all()
        known.forget(HOST, [place.name for place in self._places])
        self._drain()
        for place in self._places:
            self._thread(f"engine-{place.index}", partial(self._keep, place))
        self._thread("orders", self._send_orders)
        self._thread("lease", lambda: self._every(RENEW_SECONDS, self._renew))
        self._thread("clock", lambda: self._every(CLOCK_SECONDS, self._tick))
        self._thread("announce", self._announce)

    def stop(self) -> None:
        """Drain the engines for a moment, end them, and wait until all they said is stored."""
        self._stopping.set()
        for child in list(self._children.values()):
            child.drain()
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._children and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in list(self._children.values()):
            child.process.terminate()
        for thread in self._threads:
            if thread.name.startswith("engine-"):
                thread.join(timeout=5)
        self._finished.set()

    def _thread(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep(self, place: Place) -> None:
        """Run one engine after another in this place."""
        quick_deaths = 0
        while not self._stopping.is_set():
            if place.name in self._closed:
                self._stopping.wait(CLOCK_SECONDS)
                continue
            started = time.monotonic()
            try:
                self._run_once(place)
            except Exception:
                # Whatever went wrong with one engine, its place gets another.
                log.exception("engine place %d", place.index)
            lived = time.monotonic() - started
            quick_deaths = 0 if lived > SETTLED_SECONDS else quick_deaths + 1
            wait = RESTART_SECONDS[min(max(0, quick_deaths - 1), len(RESTART_SECONDS) - 1)]
            self._stopping.wait(wait)

    def _run_once(self, place: Place) -> None:
        child = Child(place)
        self._insist(child.row)
        self._legs[child.id] = set()
        self._children[child.id] = child
        for line in child.lines():
            self._hear(child, line)
        self._children.pop(child.id, None)
        code = child.close()
        if not self._stopping.is_set():
            log.error("engine %s of place %d died with code %s", child.id, place.index, code)
        self._insist(lambda: recovery.recover(child.row()))
        self._legs.pop(child.id, None)

    def _hear(self, child: Child, line: applying.Line) -> None:
        """Store one event, however long the database is away, and let the engine forget it."""
        if line["kind"] == "hello":
            self._insist(lambda: child.listens_on(line["sip_port"]))
            return
        self._count(child.id, line)
        attempt = 0
        while True:
            try:
                applying.apply(child.id, line)
                break
            except Engine.DoesNotExist:
                self._insist(child.row)
            except (OperationalError, InterfaceError):
                self._lose_connection()
            except Exception:
                attempt += 1
                log.exception("event of engine %s (attempt %d)", child.id, attempt)
                if attempt >= ATTEMPTS_MAX:
                    self._insist(lambda: applying.skip(child.id, line))
                    break
                time.sleep(RETRY_SECONDS)
        child.send({"kind": "ack", "seq": line["seq"]})

    def _count(self, engine_id: UUID, line: applying.Line) -> None:
        if line["kind"] == "room_linked":
            # A link between two engines is no leg.
            return
        legs = self._legs[engine_id]
        legs.discard(line["leg"]) if line["kind"] == "ended" else legs.add(line["leg"])

    def _choose(self) -> UUID | None:
        """Name the ready engine with the fewest legs."""
        ready_ones = [
            each
            for each in self._children.values()
            if each.is_ready.is_set() and not each.is_draining
        ]
        if not ready_ones:
            return None
        return min(ready_ones, key=lambda child: len(self._legs[child.id])).id

    def _send_orders(self) -> None:
        """Send orders as soon as they are rung, and every moment in case a ring was lost."""
        listener = Listener(orders.BELL)
        while not self._finished.is_set():
            try:
                found = None
                while found is None or len(found) == dispatch.BATCH:
                    found = dispatch.claim(list(self._children), self._choose)
                    self._deliver(found)
            except (OperationalError, InterfaceError):
                self._lose_connection()
            except Exception:
                log.exception("orders were not sent")
            listener.wait(POLL_SECONDS)

    def _deliver(self, found: list[dispatch.Order]) -> None:
        for order in found:
            child = self._children.get(order.engine_id)
            if child is None:
                # Its death is being recovered, which ends the leg.
                continue
            if order.line["kind"] == "originate":
                self._legs[child.id].add(order.line["leg"])
            child.send(order.line)

    def _renew(self) -> None:
        for child in list(self._children.values()):
            try:
                child.renew()
            except (OperationalError, InterfaceError):
                # The others have leases of their own to keep.
                self._lose_connection()

    def _drain(self) -> None:
        """Do what operators say about the places of this machine, and leave others their nodes."""
        drained = known.draining(HOST)
        nodes = [place.name for place in self._places if place.node is not None]
        self._closed = drained | known.taken(HOST, nodes)
        for child in list(self._children.values()):
            if child.place.name in drained and not child.is_draining:
                child.drain()

    def _tick(self) -> None:
        """Buy talk time or say that it ends, close what was lost, and tell its voice documents."""
        self._drain()
        calls.extend_due()
        calls.warn_due()
        for leg_id in calls.sweep_lost_legs():
            with transaction.atomic():
                calls.lock_parent(leg_id)
                call, _leg = calls.lock_leg(leg_id)
                applying.close_document(leg_id, call)
        recovery.close_forgotten()

    def _announce(self) -> None:
        """Say that we can serve: every place has an engine that listens, or a node is there."""
        needed = len([place for place in self._places if place.node is None]) or 1
        while not self._stopping.is_set():
            children = list(self._children.values())
            if sum(child.is_ready.is_set() for child in children) >= needed:
                ready.announce("engine")
                return
            time.sleep(0.05)

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        while not self._finished.wait(seconds):
            close_old_connections()
            try:
                work()
            except (OperationalError, InterfaceError):
                self._lose_connection()
            except Exception:
                log.exception("the clock of the gateway")

    def _insist(self, work: Callable[[], object]) -> None:
        """Do a piece of database work, again and again while the database is away."""
        while True:
            try:
                work()
                return
            except DatabaseError:
                if self._finished.is_set():
                    return
                self._lose_connection()

    def _lose_connection(self) -> None:
        log.warning("the database is away; trying again")
        connection.close()
        time.sleep(RETRY_SECONDS)
