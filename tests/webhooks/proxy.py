"""A real nginx between two parties of a test, set up as its manual shows and on a port of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time

from sautikit_site import embedded, toolchains

# What a careful operator writes: the address of the client appended, the rest named anew.
FORWARDING = """
    proxy_pass http://127.0.0.1:{upstream};
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Real-IP $remote_addr;
"""
CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log error.log notice;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_max_body_size 2m;
  client_body_temp_path body; proxy_temp_path proxy;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ {forwarding} {extra} }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(folder, upstream, extra=""):
    """Forward to a port of this machine; gives the URL in front."""
    port = embedded.free_port()
    text = CONFIGURATION.format(
        # Workers of a root's nginx would be another user, whom the folder is closed to.
        user="user root;" if os.geteuid() == 0 else "",
        port=port,
        forwarding=FORWARDING.format(upstream=upstream),
        extra=extra,
    )
    (folder / "nginx.conf").write_text(text)
    log = folder / "error.log"
    tool = toolchains.nginx()
    process = subprocess.Popen(
        [*tool.command, "-p", str(folder), "-c", "nginx.conf", "-e", str(log)],
        stderr=subprocess.DEVNULL,
        env=tool.environment(),
        preexec_fn=embedded.child_setup(signal.SIGTERM),
    )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(process, port, log):
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nginx does not listen: {log.read_text() if log.exists() else ''}")
