"""The sandbox process: three doors (HTTP, SMTP, SIP) on one event loop."""

import asyncio
import signal
from collections.abc import Callable

from aiohttp import web

from sandbox.carrier.carrier import Carrier
from sandbox.config import Config
from sandbox.daraja.pushes import Pushes
from sandbox.daraja.routes import Daraja
from sandbox.mailbox import Mailbox
from sandbox.phones import Phones
from sandbox.store import open_store

SHUTDOWN_SECONDS = 1.0


async def serve(config: Config, *, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; calls `ready` once every door is open."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    if config.everything:
        await serve_everything(config, ready, stopping)
    else:
        await serve_fixed_numbers(config, ready, stopping)


async def serve_everything(
    config: Config, ready: Callable[[], None], stopping: asyncio.Event
) -> None:
    """Open all doors."""
    store = open_store(config.folder)
    phones, mailbox = Phones(), Mailbox(store)
    phones.pushes = pushes = Pushes(store, phones.changed, shortcode=config.daraja.shortcode)
    phones.carrier = carrier = Carrier(config, phones.changed)
    daraja = Daraja(store, config.daraja, pushes)
    runner = await open_http(config, [*daraja.routes(), *phones.routes(), *mailbox.routes()])
    smtp = await mailbox.listen(config.host, config.smtp_port)
    await carrier.listen()
    pushes.resume()
    ready()
    await stopping.wait()
    pushes.stop()
    smtp.close()
    await carrier.stop()
    await runner.cleanup()


async def serve_fixed_numbers(
    config: Config, ready: Callable[[], None], stopping: asyncio.Event
) -> None:
    """Open the carrier alone, for the test numbers of a live platform."""
    carrier = Carrier(config, changed=lambda _: None)
    await carrier.listen()
    ready()
    await stopping.wait()
    await carrier.stop()


async def open_http(config: Config, routes: list[web.AbstractRouteDef]) -> web.AppRunner:
    """Open the HTTP door."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, config.host, config.http_port).start()
    return runner
