"""Throw-away servers for a bench: durable PostgreSQL, Valkey, migrations, and a web process."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kernel import env
from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT


@contextlib.contextmanager
def throwaway() -> Iterator[dict[str, str]]:
    """Yield the environment of a fresh installation that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-bench-"))
    postgres, valkey = embedded.Postgres(folder), embedded.Valkey(folder)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for server in (postgres, valkey):
            stack.callback(embedded.stop, server, embedded.start(server))
        chosen = variables(folder, postgres, valkey)
        environment = env.child_environment(**chosen)
        owner = environment | {"DATABASE_URL": chosen["MIGRATION_DATABASE_URL"]}
        run = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(run, cwd=ROOT, env=owner, check=True)
        yield environment


def variables(folder: Path, postgres: embedded.Postgres, valkey: embedded.Valkey) -> dict[str, str]:
    """Return the settings of an installation on these servers, without the limits of a laptop."""
    return {
        "DATABASE_URL": postgres.url(embedded.APP),
        "MIGRATION_DATABASE_URL": postgres.url(embedded.OWNER),
        "REDIS_URL": valkey.url,
        "VAR_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(32),
        "PEPPER": secrets.token_hex(32),
        "SANDBOX": "1",
        "TEST_CARRIER": "1",
        "DEBUG": "0",
        "SAUTIKIT_NO_VENV": "1",
        "SAUTIKIT_READY_FILE": "",
        "SIP_TRUNKS": '[{"name":"bench","host":"127.0.0.1","port":9,"prefixes":["+254"],"mode":"both"}]',
        "ALLOW_PRIVATE_TARGETS": "1",
        "CALLS_PER_SECOND": "1000000",
        "CONCURRENT_CALLS_MAX": "100000000",
        "API_KEY_REQUESTS_PER_SECOND": "1000000",
        "API_KEY_BURST": "1000000",
        "PGBENCH": str(embedded.postgres_binaries() / "pgbench"),
        "PGBENCH_HOST": str(postgres.socket_folder),
        "DJANGO_SETTINGS_MODULE": "sautikit_site.settings",
    }


@contextlib.contextmanager
def web(environment: dict[str, str]) -> Iterator[int]:
    """Run the web process as `up` does and yield its port."""
    port = embedded.free_port()
    command = [
        sys.executable, "-m", "gunicorn", "-c", "python:sautikit_site.gunicorn", "--access-logfile",
        "/dev/null", "--bind", f"127.0.0.1:{port}", "sautikit_site.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("the web process did not start")
