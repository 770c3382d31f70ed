"""The Unix socket through which `live` brings browsers that it has recognised."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import WSMsgType, web

from telephony.browser.exchange import Exchange
from telephony.browser.line import Line

HEARTBEAT_SECONDS = 20.0
MESSAGE_BYTES_MAX = 64 * 1024

EXCHANGE = web.AppKey("exchange", Exchange)


async def open_door(exchange: Exchange, path: Path) -> web.AppRunner:
    """Listen where only our own user can connect."""
    app = web.Application()
    app[EXCHANGE] = exchange
    app.router.add_get("/lines/{address}", _serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    await web.UnixSite(runner, str(path)).start()
    path.chmod(0o600)
    return runner


async def _serve(request: web.Request) -> web.StreamResponse:
    """Serve one browser until it leaves."""
    exchange = request.app[EXCHANGE]
    line_socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MESSAGE_BYTES_MAX)
    await line_socket.prepare(request)
    line = Line(request.match_info["address"], line_socket)
    writer = exchange.spawn(line.write())
    exchange.join(line)
    try:
        async for message in line_socket:
            if message.type == WSMsgType.TEXT:
                # Setting up sound takes a moment, in which the browser may hang up.
                exchange.spawn(exchange.obey(line, json.loads(message.data)))
    finally:
        exchange.leave(line)
        writer.cancel()
    return line_socket
