"""First uses done before the first call: they would stall a tick by a quarter of a second."""

from __future__ import annotations

import gc
import sys

import numpy as np

from telephony.engine import sdp
from telephony.engine.capture import is_voice
from telephony.engine.codec import CODECS, FRAME
from telephony.engine.playout import Playout

# The SIP thread may hold the interpreter this long before the tick gets its turn.
SWITCH_SECONDS = 0.001


def warm_up() -> None:
    """Run every numpy path once and take the start-up objects out of garbage collection."""
    sys.setswitchinterval(SWITCH_SECONDS)
    playout = Playout()
    tone = (np.sin(np.arange(FRAME)) * 9000).astype(np.int16)
    for codec in CODECS:
        for step in range(8):
            playout.push(step * FRAME, codec.decode(codec.encode(tone)))
            np.column_stack((playout.pull(), tone)).tobytes()
    is_voice(tone)
    remote = sdp.parse(sdp.offer(host="127.0.0.1", port=4000, session=1))
    sdp.answer(remote, host="127.0.0.1", port=4000, session=1)
    gc.collect()
    gc.freeze()
