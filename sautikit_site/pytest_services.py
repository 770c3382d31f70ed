"""Throw-away PostgreSQL and Valkey for a test run, a database per worker, and one whole stack.

Loaded with ``-p``: it starts both servers while it is imported, because settings are read right
after that. Tests work as the role ``app``; only set-up and cleaning are done by the superuser.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg import sql

from sautikit_site import embedded, pytest_order
from sautikit_site.bootstrap import ROOT, environ
from sautikit_site.throwaway import Stack, running_stack

_TEMPLATE = "template_sautikit"
_WORKER = environ.get("PYTEST_XDIST_WORKER", "main")
_platforms = contextlib.ExitStack()


def _start_servers() -> None:
    """Start both servers in a temporary folder and leave their addresses to the workers."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-tests-"))
    postgres = embedded.Postgres(folder, fast=True)
    valkey = embedded.Valkey(folder, durable=False)
    running = [(server, embedded.start(server)) for server in (postgres, valkey)]
    environ["SAUTIKIT_TEST_FOLDER"] = str(folder)
    environ["SAUTIKIT_TEST_POSTGRES"] = str(postgres.socket_folder)
    environ["SAUTIKIT_TEST_VALKEY"] = valkey.url
    here = os.getpid()

    def finish() -> None:
        # A forked child inherits this exit handler but not the servers.
        if os.getpid() != here:
            return
        for server, process in running:
            embedded.stop(server, process, seconds=5)
        for each in {folder, postgres.home}:
            shutil.rmtree(each, ignore_errors=True)

    atexit.register(finish)


def _url(role: str, database: str) -> str:
    return f"postgresql://{role}@/{database}?host={environ['SAUTIKIT_TEST_POSTGRES']}"


def _declare_environment() -> None:
    """Give settings what a test run needs; the worker's database is made when a test wants it."""
    folder = Path(environ["SAUTIKIT_TEST_FOLDER"]) / _WORKER
    folder.mkdir(exist_ok=True)
    number = int("".join(filter(str.isdigit, _WORKER)) or 0) % 16
    environ.update(
        DATABASE_URL=_url(embedded.APP, f"test_{_WORKER}"),
        MIGRATION_DATABASE_URL=_url(embedded.OWNER, f"test_{_WORKER}"),
        REDIS_URL=re.sub(r"/\d+$", f"/{number}", environ["SAUTIKIT_TEST_VALKEY"]),
        VAR_DIR=str(folder),
        SECRET_KEY="tests-only-" + "k" * 50,
        PEPPER="tests-only-" + "p" * 50,
        DEBUG="0",
        SANDBOX="1",
        TEST_CARRIER="1",
        PUBLIC_URL="http://testserver",
        LIVE_URL="http://testserver",
        CALLBACK_URL="http://testserver",
        TTS_SOCKET=str(folder / "tts.sock"),
    )
    environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


if _WORKER == "main" and "SAUTIKIT_TEST_FOLDER" not in environ:
    _start_servers()
_declare_environment()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Long stories are for `manage.py faults wallet --property`."""
    parser.addoption("--long-stories", action="store_true", help="200 stories of money, 300 steps")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send every test of the whole stack to one worker, so that there is only one stack."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stack"))
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Copy the migrated template for this worker and clean it quickly after committing tests."""
    _build_template()
    name = sql.Identifier(f"test_{_WORKER}")
    with _superuser("postgres") as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        template = sql.Identifier(_TEMPLATE)
        owner = sql.Identifier(embedded.OWNER)
        statement = "CREATE DATABASE {} TEMPLATE {} OWNER {}"
        admin.execute(sql.SQL(statement).format(name, template, owner))
    _replace_flush(_make_reset())
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()


def _superuser(database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(_url(embedded.SUPERUSER, database), autocommit=True)


def _build_template() -> None:
    """Migrate one database as the owner; the first worker does it, the others wait."""
    with open(Path(environ["SAUTIKIT_TEST_FOLDER"]) / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _superuser("postgres") as admin:
            known = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
            if admin.execute(known, [_TEMPLATE]).fetchone():
                return
            # The cluster's own database already has the default privileges the roles need.
            admin.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE sautikit OWNER owner")
            _migrate(_url(embedded.OWNER, _TEMPLATE))
            admin.execute(f"ALTER DATABASE {_TEMPLATE} IS_TEMPLATE true")


def _migrate(url: str) -> None:
    """Migrate in a process of its own, so this one never holds the owner's connection."""
    variables = {**environ, "DATABASE_URL": url, "MIGRATION_DATABASE_URL": url}
    variables |= {"SAUTIKIT_NO_VENV": "1", "SAUTIKIT_SUPERVISED": "1"}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        pytest.exit(f"The migrations failed:\n{done.stdout}{done.stderr}", returncode=1)


# Empties the tables that hold rows and puts back what the migrations had put in. As a replica the
# session fires no trigger, so append-only tables and foreign keys do not stand in the way.
_RESET = """
CREATE SCHEMA baseline;
CREATE FUNCTION baseline.columns_of(t regclass) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = t AND attnum > 0 AND NOT attisdropped AND attgenerated = '' $$;
CREATE TABLE baseline.tables AS SELECT format('public.%I', relname) AS name, relname AS short,
  false AS filled FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;
DO $$ DECLARE t record; filled boolean; BEGIN
  FOR t IN SELECT * FROM baseline.tables LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', t.name) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE baseline.%I AS TABLE %s', 'rows_' || t.short, t.name);
      UPDATE baseline.tables SET filled = true WHERE name = t.name;
    END IF;
  END LOOP; END $$;
CREATE FUNCTION baseline.reset() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record; used boolean; list text; BEGIN
  FOR t IN SELECT * FROM baseline.tables LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', t.name) INTO used;
    IF used THEN EXECUTE format('DELETE FROM %s', t.name); END IF;
    IF t.filled THEN
      list := baseline.columns_of(t.name::regclass);
      EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM baseline.%I', t.name, list, list,
                     'rows_' || t.short);
    END IF;
  END LOOP; END $$;
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'
"""


def _make_reset() -> Callable[[], None]:
    admin = _superuser(f"test_{_WORKER}")
    admin.execute(_RESET)
    admin.execute("SET session_replication_role = replica")
    admin.execute("SET lock_timeout = '10s'")

    def reset() -> None:
        # A thread that a test left inside a transaction would hold its locks for ever.
        admin.execute(_END_OTHERS)
        admin.execute("SELECT baseline.reset()")

    return reset


def _replace_flush(reset: Callable[[], None]) -> None:
    """Django would TRUNCATE as the role `app`, which rightly may not."""
    from django.test import TransactionTestCase

    def teardown(self: TransactionTestCase) -> None:
        reset()

    setattr(TransactionTestCase, "_fixture_teardown", teardown)  # noqa: B010  It is private.


@pytest.fixture(autouse=True)
def fresh_valkey() -> None:
    """Forget rate limits, heartbeats and wake-ups of the test before."""
    _valkey().flushdb()


@functools.cache
def _valkey() -> Any:
    import redis

    return redis.Redis.from_url(environ["REDIS_URL"])


@pytest.fixture
def free_port() -> Callable[[], int]:
    return embedded.free_port


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Start one real `manage.py up` on free ports and a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-stack-"))
    _platforms.callback(shutil.rmtree, folder, ignore_errors=True)
    yield _platforms.enter_context(running_stack(folder, ENGINE_TAP_DIR=str(folder / "taps")))
    _platforms.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop the stack after the last test that needs it: all its processes would share our cores."""
    if nextitem is not None and "stack" not in getattr(nextitem, "fixturenames", ()):
        _platforms.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Drive the system's Chromium and let it phone nobody."""
    quiet = [
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-first-run", "--disable-quic", "--disable-gpu", "--no-sandbox",
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    ]  # fmt: skip
    chromium = environ.get("CHROMIUM") or shutil.which("chromium") or _missing("chromium")
    behind = pytest_order.standing_back(chromium, tmp_path_factory.mktemp("browser"))
    return {**browser_type_launch_args, "executable_path": behind, "args": quiet}


def _missing(program: str) -> NoReturn:
    pytest.fail(f"{program} is not installed: sudo python3 manage.py system_packages")
