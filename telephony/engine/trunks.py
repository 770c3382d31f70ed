"""Which side carries the trunks of an engine: our own SIP, or an Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telephony.engine.asterisk.switch import Switch
from telephony.engine.config import Config
from telephony.engine.legs import TrunkWire
from telephony.engine.sip import Listener, Stack


def open_trunks(config: Config, listener: Listener, lost: Callable[[str], None]) -> TrunkWire:
    """Return the trunk side of the configuration; `lost` is called when it is gone for good."""
    if config.asterisk is not None:
        return Switch(config.asterisk, listener, lost)
    return Stack(config, listener, asyncio.get_running_loop())
