"""How the web process serves: threads that wait well, and an access log that keeps secrets."""

from __future__ import annotations

import re
import signal
from typing import Any

from gunicorn.glogging import Logger

from sautikit_site.embedded import die_with_parent

worker_class = "gthread"
workers = 2
threads = 8
# The application is loaded once and shared by the workers.
preload_app = True
keepalive = 15
timeout = 60
graceful_timeout = 5
worker_tmp_dir = "/dev/shm"  # noqa: S108  The heartbeat file must never wait for a disk.
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
accesslog = "-"
errorlog = "-"
loglevel = "warning"
# The path without its query: links and callbacks may carry what must not be kept.
access_log_format = '%(m)s %(U)s %(s)s %(B)s %(M)sms "%({x-request-id}o)s"'
_SECRET_PARTS = re.compile(r"(?<=/auth/link/)(?!confirm)[^/]+|(?<=/h/)[0-9a-f]{16,}")


class QuietLogger(Logger):
    """Writes paths with the one-time tokens in them blotted out."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {**atoms, "U": _SECRET_PARTS.sub("…", atoms["U"] or "")}


logger_class = QuietLogger


def when_ready(server: Any) -> None:
    """Load every address before the workers are made: a broken one stops the start, and all share it."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns


def post_fork(server: Any, worker: Any) -> None:
    """A worker dies with its master, whatever happens to the master."""
    die_with_parent(signal.SIGKILL, worker.ppid)


def post_worker_init(worker: Any) -> None:
    """The first worker that can serve makes the process ready."""
    from kernel import ready

    ready.announce("web")
