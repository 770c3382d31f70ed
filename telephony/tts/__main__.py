"""The speech process: ``python -m telephony.tts``."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path

from django.conf import settings

from kernel import ready
from telephony.tts.server import serve


def main() -> None:
    """Serve on TTS_SOCKET and keep the speech under VAR_DIR."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    asyncio.run(
        serve(
            socket_path=Path(settings.TTS_SOCKET),
            folder=Path(settings.VAR_DIR) / "media" / "speech",
            on_ready=partial(ready.announce, "tts"),
        )
    )


if __name__ == "__main__":
    main()
