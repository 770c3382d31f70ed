"""Early media: what somebody who is called says before the answer, heard by who has them called."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from telephony.engine.bridge import ringback
from telephony.engine.codec import Pcm
from telephony.engine.legs import Leg
from telephony.engine.switchboard import Switchboard

# What the end of a called leg leads to is on its way for a moment.
PAUSE_SECONDS = 1.0


@dataclass(eq=False)
class Preview:
    """One way: the caller hears, and is not heard."""

    called: Leg
    caller: Leg
    # The ringing tone that this took the place of.
    tone: str | None

    def carry(self, leg: Leg, frame: Pcm) -> Pcm:
        """Take one frame that the called leg said to the caller."""
        if self.caller.bridge is None:
            self.caller.media.voice = frame
        return frame

    def press(self, leg: Leg, key: str) -> None:
        """Ignore keys before the answer."""


class Previews:
    """Who hears whom before the answer; of several who are called the first to speak is heard."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        # By the caller's leg.
        self._previews: dict[str, Preview] = {}
        self._loop = asyncio.get_running_loop()

    def begin(self, called: Leg) -> None:
        """Let the caller hear a leg that speaks before it answers, in place of the ringing tone."""
        caller = self._board.find(called.called_for or "")
        if caller is None or caller.id in self._previews or caller.bridge is not None:
            return
        tone = None
        if caller.answered_at is not None:
            if not caller.media.player.is_ringing:
                # Something else is said to them.
                return
            tone = caller.media.player.stop()
        elif caller.is_undecided:
            caller.wire.progress(caller.id, caller.describe())
            # The answer says the same once more.
            caller.version -= 1
            caller.media.speak()
        preview = Preview(called, caller, tone)
        self._previews[caller.id] = preview
        called.joints.append(preview)
        called.media.want(preview)

    def end(self, leg: Leg) -> None:
        """Part a leg that is answered, or over, from who heard it; who still waits hears it ring."""
        for preview in list(self._previews.values()):
            if leg not in (preview.called, preview.caller):
                continue
            del self._previews[preview.caller.id]
            preview.called.joints.remove(preview)
            preview.called.media.unwant(preview)
            if preview.tone and leg is preview.called:
                self._loop.call_later(PAUSE_SECONDS, self._ring, preview.caller.id, preview.tone)

    def _ring(self, caller_id: str, tone: str) -> None:
        """Let a caller whom nothing else happened to hear it ring again."""
        caller = self._board.find(caller_id)
        if caller is None or caller_id in self._previews or caller.joints:
            return
        if caller.media.player.playing is None and caller.loading is None:
            caller.media.player.start(tone, ringback(caller.media.codec))
