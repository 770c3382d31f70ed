"""One `up` from its first line to its last: start in order, watch, heal, stop in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sautikit_site import crew, embedded, laptop
from sautikit_site.bootstrap import ROOT, environ
from sautikit_site.console import Console
from sautikit_site.processes import PROCESSES, SERVER_STAGES, STEPS, Process, Step
from sautikit_site.supervisor import mark
from sautikit_site.supervisor.child import Child

_TICK_SECONDS: Final = 0.03
_READY_SECONDS: Final = 90.0
_LOG_BYTES_MAX: Final = 50_000_000


class Stopping(Exception):
    """Somebody asked us to stop while we were waiting for something."""


class Failed(Exception):
    """The platform cannot start."""


class Supervisor:
    """One `up`: start in order, watch, stop in order."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.began = time.monotonic()
        self.ports = laptop.Ports()
        self.url = environ.get("PUBLIC_URL") or f"http://127.0.0.1:{self.ports['WEB_PORT']}"
        self.console = Console()
        self.children: list[Child] = []
        self.settings: dict[str, str] = {}
        self.servers: dict[str, str] = {}
        self.asked_to_stop = 0

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self.console.say(f"Sautikit is at {self.url}")
        for sentence in self.ports.moved:
            self.console.say(sentence)
        (self.var / "static").mkdir(exist_ok=True)
        code = 0
        try:
            self._start()
            while True:
                self._tick()
        except Stopping:
            pass
        except Failed as problem:
            self.console.say(str(problem))
            code = 1
        finally:
            self._stop()
        return code

    # Starting

    def _start(self) -> None:
        self._start_servers()
        self.settings = laptop.environment(
            self.var, servers=self.servers, ports=self.ports.numbers()
        )
        self._tell(ready=False)
        self._take_steps()
        self.ports.release()
        for process in PROCESSES:
            if self._is_wanted(process):
                self._add(self._child(process))
        self._until_ready(self.children)
        self._tell(ready=True)
        self.console.settle()
        took = time.monotonic() - self.began
        self.console.say(
            f"Everything is ready ({took:.1f} s). Ctrl-C stops it. Logs: {self._logs()}"
        )

    def _start_servers(self) -> None:
        """Start the embedded pair, or use the servers the environment names."""
        waiting = []
        if database_url := environ.get("DATABASE_URL"):
            owner_url = environ.get("MIGRATION_DATABASE_URL") or database_url
            self.servers |= {"DATABASE_URL": database_url, "MIGRATION_DATABASE_URL": owner_url}
        else:
            postgres = embedded.Postgres(self.var)
            waiting.append(self._add(self._server(postgres)))
            self.servers["DATABASE_URL"] = postgres.url(embedded.APP)
            self.servers["MIGRATION_DATABASE_URL"] = postgres.url(embedded.OWNER)
        if redis_url := environ.get("REDIS_URL"):
            self.servers["REDIS_URL"] = redis_url
        else:
            valkey = embedded.Valkey(self.var)
            waiting.append(self._add(self._server(valkey)))
            self.servers["REDIS_URL"] = valkey.url
        self._until_ready(waiting)

    def _server(self, server: embedded.Server) -> Child:
        return Child(
            server.name,
            launch=server.launch,
            is_ready=server.is_ready,
            log=server.log,
            stage=SERVER_STAGES[server.name],
            stop_seconds=20,
            stop_signal=server.stop_signal,
            sweep=False,
            quiet=True,
        )

    def _child(self, process: Process) -> Child:
        return Child(
            process.name,
            launch=lambda: crew.launch(
                process,
                folder=self.var,
                environment=self._variables(),
                listener=self.ports.sockets[process.port] if process.port else None,
            ),
            is_ready=lambda _: crew.ready_file(self.var, process.name).exists(),
            log=crew.log_of(self.var, process.name),
            stage=process.stage,
            stop_seconds=process.stop_seconds,
            sweep=process.sweep,
        )

    def _variables(self, **more: str) -> dict[str, str]:
        return {**environ, **self.settings, "SAUTIKIT_VAR": str(self.var), **more}

    def _is_wanted(self, part: Process | Step) -> bool:
        return laptop.is_on(self.settings, "SANDBOX") or not part.only_sandbox

    def _add(self, child: Child) -> Child:
        self.children.append(child)
        with self._explained(child):
            child.start()
        self.console.state(child.name, child.state)
        return child

    @contextlib.contextmanager
    def _explained(self, child: Child) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError) as problem:
            raise Failed(f"{child.name} could not start: {problem}") from problem

    def _until_ready(self, children: list[Child]) -> None:
        """Wait for these, while everything else is watched as well."""
        warned = False
        while any(child.state != "ready" for child in children):
            self._tick()
            if not warned and time.monotonic() - self.began > _READY_SECONDS:
                warned = True
                late = ", ".join(child.name for child in children if child.state != "ready")
                self.console.say(f"Still waiting for {late}; their logs are in {self._logs()}")

    # Steps before the processes

    def _take_steps(self) -> None:
        """Migrate and seed, unless this very code already did that to this very database."""
        code, database = mark.code_mark(), self.servers["MIGRATION_DATABASE_URL"]
        if mark.read_mark(database) == code:
            return
        for step in STEPS:
            if self._is_wanted(step):
                self._take(step)
        mark.write_mark(database, code)

    def _take(self, step: Step) -> None:
        began = time.monotonic()
        self.console.state(step.name, "running")
        log = crew.log_of(self.var, step.name)
        log.unlink(missing_ok=True)
        owner = {"DATABASE_URL": self.servers["MIGRATION_DATABASE_URL"]} if step.as_owner else {}
        process = crew.spawn(step.command, log=log, environment=self._variables(**owner))
        try:
            while process.poll() is None:
                self._tick()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.returncode != 0:
            self.console.state(step.name, "failed")
            tail = log.read_text(errors="replace")[-3000:].rstrip()
            raise Failed(f"{tail}\n{step.name} failed; the whole story is in {log}")
        self.console.state(step.name, f"done in {time.monotonic() - began:.1f} s")

    # Watching

    def _tick(self) -> None:
        """Look at every child once; raises Stopping when a signal asked for it."""
        if self.asked_to_stop:
            raise Stopping
        for child in self.children:
            self._watch(child)
            for line in child.tail.news():
                if not child.quiet:
                    self.console.line(child.name, line)
            child.tail.keep_small(_LOG_BYTES_MAX)
        time.sleep(_TICK_SECONDS)

    def _watch(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.due:
                self._restart(child)
        elif child.process.poll() is not None:
            self._bury(child, child.process.returncode)
        elif child.state == "starting" and child.is_ready(child.process):
            child.state = "ready"
            self.console.state(child.name, f"ready in {child.seconds:.1f} s")

    def _restart(self, child: Child) -> None:
        try:
            child.start()
        except (OSError, RuntimeError) as problem:
            child.due = time.monotonic() + child.backoff()
            self.console.state(child.name, f"could not start: {problem}")

    def _bury(self, child: Child, code: int) -> None:
        """Say how it died and when it is due again."""
        if child.sweep:
            child.signal_group(signal.SIGKILL)
        wait = child.backoff()
        child.process, child.state = None, "dead"
        child.due = time.monotonic() + wait
        how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        last = child.tail.last_line()
        self.console.state(
            child.name, f"{how}, again in {wait:.1f} s" + (f": {last}" if last else "")
        )

    # Stopping

    def _on_signal(self, number: int, frame: Any) -> None:
        self.asked_to_stop += 1
        if self.asked_to_stop > 1:
            for child in self.children:
                if child.stage not in SERVER_STAGES.values():
                    child.signal_group(signal.SIGKILL)

    def _stop(self) -> None:
        """Stop stage by stage, each with its time, so that nobody loses what they stand on."""
        self.console.settle()
        self.console.say("Stopping.")
        (self.var / "run" / "up.json").unlink(missing_ok=True)
        for stage in sorted({child.stage for child in self.children}):
            self._stop_stage([child for child in self.children if child.stage == stage])

    def _stop_stage(self, children: list[Child]) -> None:
        alive = [child for child in children if child.process is not None]
        for child in alive:
            assert child.process is not None
            child.process.send_signal(child.stop_signal)
        began = time.monotonic()
        for child in alive:
            assert child.process is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, child.stop_seconds - (time.monotonic() - began)))
            in_time = child.process.poll() is not None
            child.signal_group(signal.SIGKILL)
            child.process.wait()
            self.console.state(child.name, "stopped" if in_time else "did not stop in time: killed")
            child.process, child.due = None, float("inf")

    # Telling

    def _tell(self, *, ready: bool) -> None:
        """Leave the addresses for the other commands of this checkout, readable by us alone."""
        told = {
            "pid": os.getpid(),
            "url": self.url,
            "live_url": self.settings["LIVE_URL"],
            "ready": ready,
            "env": self.settings,
        }
        laptop.write_private(self.var / "run" / "up.json", json.dumps(told))

    def _logs(self) -> str:
        folder = self.var / "log"
        return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
