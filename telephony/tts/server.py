"""The HTTP face of the speech process, on a Unix socket only its own machine can reach."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from telephony.tts.audio import milliseconds
from telephony.tts.cache import Cache
from telephony.tts.speaker import Speaker

log = logging.getLogger(__name__)

CHARACTERS_MAX = 5000
BODY_BYTES_MAX = 64 * 1024

SPEAKER = web.AppKey("speaker", Speaker)


async def serve(*, socket_path: Path, folder: Path, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``on_ready`` is called when the first text can be spoken."""
    speaker = Speaker(Cache(folder))
    await speaker.warm_up()
    runner = web.AppRunner(application(speaker), access_log=None)
    await runner.setup()
    socket_path.parent.mkdir(parents=True, exist_ok=True)
    socket_path.unlink(missing_ok=True)
    await web.UnixSite(runner, str(socket_path)).start()
    socket_path.chmod(0o600)
    await asyncio.to_thread(on_ready)
    try:
        await _stopped()
    finally:
        await runner.cleanup()
        socket_path.unlink(missing_ok=True)


def application(speaker: Speaker) -> web.Application:
    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app[SPEAKER] = speaker
    app.router.add_post("/speak", speak)
    app.router.add_get("/healthz", healthz)
    return app


async def speak(request: web.Request) -> web.Response:
    """Answer where the speech is and how long it plays."""
    wanted = _wanted(await request.read())
    if wanted is None:
        return web.json_response(
            {
                "message": f"text, language and voice are texts; text has 1 to {CHARACTERS_MAX} characters"
            },
            status=400,
        )
    path = await request.app[SPEAKER].speak(**wanted)
    return web.json_response({"path": str(path), "ms": milliseconds(path)})


async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "made": request.app[SPEAKER].made})


def _wanted(raw: bytes) -> dict[str, str] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    wanted = {"language": "en-KE", "voice": "woman", **body}
    if set(wanted) != {"text", "language", "voice"}:
        return None
    if not all(isinstance(value, str) for value in wanted.values()):
        return None
    text = wanted["text"].encode(errors="ignore").decode().replace("\0", "").strip()
    return {**wanted, "text": text} if 0 < len(text) <= CHARACTERS_MAX else None


async def _stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
