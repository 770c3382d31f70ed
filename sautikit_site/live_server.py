"""The live process: one ASGI server for streams and WebSockets on an inherited socket."""

from __future__ import annotations

import socket
import sys

import uvicorn


def main() -> None:
    """Serve the socket whose descriptor is the only argument."""
    config = uvicorn.Config(
        "sautikit_site.asgi:application",
        access_log=False,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
