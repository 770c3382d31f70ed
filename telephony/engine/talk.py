"""Prompts, keys and recordings of the legs: play, gather, record, and what a tick brings."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from telephony.engine.bridge import SILENCE, Bridge, ringback
from telephony.engine.capture import Capture, beep
from telephony.engine.clips import ClipError, Clips
from telephony.engine.codec import FRAME_SECONDS, Codec, Pcm
from telephony.engine.control import Events
from telephony.engine.dtmf import Digit
from telephony.engine.gather import Gather
from telephony.engine.legs import Leg
from telephony.engine.recorder import Recorder

TYPED_MAX = 32


class Talk:
    """What is said to a leg and what it presses; one prompt, gather or recording a leg at a time."""

    def __init__(self, events: Events, recorder: Recorder) -> None:
        self._events = events
        self._recorder = recorder
        self._clips = Clips()
        self._loader = ThreadPoolExecutor(1, "loader")
        self._loop = asyncio.get_running_loop()

    # The commands of the engine protocol that this class carries out.
    def leg_commands(self) -> dict[str, Callable[[Leg, dict[str, Any]], None]]:
        """Return what is done with a leg that lives."""
        return {
            "play": self.play,
            "gather": self.gather,
            "record_start": self.record,
            "record_stop": self.stop_record,
            "unbridge": lambda leg, _: self.unbridge(leg, "stopped"),
            "stop": lambda leg, _: self.stop(leg),
            "overlay": self.overlay,
            "send_dtmf": lambda leg, line: leg.press(line["digits"]),
        }

    def play(self, leg: Leg, line: dict[str, Any]) -> None:
        """Play files, silence or the ringing tone instead of whatever plays."""
        self.stop(leg)
        if leg.media.remote is None:
            self._events.emit("played", leg.id, id=line["id"], reason="stopped")
        elif line.get("silence_ms") is not None:
            frames = -(-int(line["silence_ms"]) // round(FRAME_SECONDS * 1000))
            leg.media.player.start(line["id"], leg.media.codec.quiet(frames))
        elif line.get("tone") == "ringback":
            leg.media.player.start(line["id"], ringback(leg.media.codec))
        else:
            self._load(leg, line["id"], line["files"])

    def overlay(self, leg: Leg, line: dict[str, Any]) -> None:
        """Say something over whatever the leg hears, which goes on more quietly; no event."""
        if leg.answered_at is None:
            return
        over = leg.media.over
        self.load(line["files"], leg.media.codec, lambda data: over.start("overlay", data))

    def play_on(self, leg: Leg, name: str, files: list[str]) -> None:
        """Play files again and again until something else plays or `hush`."""
        load, leg.loading = leg.loads, name

        def start(data: bytes) -> None:
            if leg.loads == load and data:
                leg.loading = None
                leg.media.player.start(name, data, loops=True)

        self.load(files, leg.media.codec, start)

    def hush(self, leg: Leg) -> None:
        """Stop what plays or loads, and say nothing of it."""
        leg.loads += 1
        leg.loading = None
        leg.media.player.stop()

    def gather(self, leg: Leg, line: dict[str, Any]) -> None:
        """Play the prompts, if any, and collect keys."""
        self.stop(leg)
        leg.gather = Gather(
            id=line["id"],
            num_digits=int(line.get("num_digits") or 0),
            timeout_s=float(line["timeout_s"]),
            finish_on_key=line.get("finish_on_key") or "",
        )
        now = time.monotonic()
        if self._take_typed(leg, now):
            return
        if line.get("files"):
            self._load(leg, line["id"], line["files"])
        else:
            leg.gather.prompt_ended(now)

    def record(self, leg: Leg, line: dict[str, Any]) -> None:
        """Record what the caller says from now, or from the end of the beep."""
        self.stop(leg)
        if leg.answered_at is None:
            return
        leg.typed = ""
        path = Path(line["path"])
        leg.capture = Capture(
            id=line["id"],
            file=self._recorder.file(path, channels=1, whole_only=True),
            silence_s=float(line.get("silence_s") or 0),
            max_s=float(line["max_s"]),
            finish_on_key=line.get("finish_on_key") or "",
            trim=bool(line.get("trim")),
        )
        leg.media.want(leg.capture.id)
        if line.get("beep"):
            leg.media.player.start(line["id"], beep(leg.media.codec))
        else:
            leg.capture.begun = True

    def stop_record(self, leg: Leg, line: dict[str, Any]) -> None:
        """End the recording of that name."""
        if leg.capture and leg.capture.id == line["id"]:
            self._finish_recording(leg, "stopped")

    def bridge(self, leg: Leg, other: Leg | None, line: dict[str, Any]) -> None:
        """Let two answered legs hear each other instead of whatever played, and record it."""
        sides = (leg, other)
        if other is None or any(it is None or it.answered_at is None or it.bridge for it in sides):
            self._events.emit("unbridged", leg.id, id=line["id"], reason="gone")
            return
        self.stop(leg)
        self.stop(other)
        path = line.get("path")
        file = self._recorder.file(Path(path), channels=2, whole_only=True) if path else None
        Bridge(line["id"], leg, other, file).open()
        self._events.emit("bridged", leg.id, id=line["id"], other=other.id)

    def unbridge(self, leg: Leg, reason: str) -> None:
        """Part a leg from the other one, if it has one, and say what was recorded."""
        bridge = leg.bridge
        if bridge is None:
            return
        ms, owner = bridge.close(), bridge.first.id
        if bridge.file:
            facts = {"path": str(bridge.file.path), "ms": ms, "reason": reason, "digits": ""}
            self._events.emit("recorded", owner, id=bridge.id, **facts)
        self._events.emit("unbridged", owner, id=bridge.id, reason=reason)

    def leave(self, leg: Leg) -> None:
        """Finish what a leg that ends leaves behind."""
        self._finish_recording(leg, "hangup")
        self.unbridge(leg, "hangup")

    def _finish_recording(self, leg: Leg, reason: str) -> None:
        if leg.capture is None:
            return
        capture, leg.capture = leg.capture, None
        leg.media.unwant(capture.id)
        leg.media.player.stop()
        self._events.emit(
            "recorded",
            leg.id,
            id=capture.id,
            path=str(capture.file.path),
            ms=capture.close(),
            reason=reason,
            digits=capture.digits,
        )

    def _take_typed(self, leg: Leg, now: float) -> bool:
        """Count the keys that were pressed before anybody asked, as callers who know a menu do.

        True when there were any: then the prompts are not needed. Keys that are left over wait for
        the next gather.
        """
        keys, leg.typed = leg.typed, ""
        for position, key in enumerate(keys, 1):
            assert leg.gather is not None
            if reason := leg.gather.press(key, now):
                leg.typed = keys[position:]
                self._finish(leg, reason)
                break
        return bool(keys)

    def stop(self, leg: Leg) -> None:
        """Stop whatever plays, loads, gathers or records, and say so."""
        leg.loads += 1
        if leg.capture:
            self._finish_recording(leg, "stopped")
            return
        if leg.gather:
            self._finish(leg, "stopped")
            return
        name = leg.media.player.stop() or leg.loading
        leg.loading = None
        if name is not None:
            self._events.emit("played", leg.id, id=name, reason="stopped")

    def press(self, leg: Leg, digit: Digit, now: float) -> None:
        """Take one key: report it, stop the prompt of a gather, and count it there."""
        if leg.answered_at is None:
            return
        self._events.emit(
            "digit", leg.id, digit=digit.key, source=digit.source, duration_ms=digit.duration_ms
        )
        if leg.gather:
            leg.media.player.stop()
            self._finish(leg, leg.gather.press(digit.key, now))
        elif leg.capture:
            if reason := leg.capture.press(digit.key):
                self._finish_recording(leg, reason)
        elif leg.joints:
            leg.joints[-1].press(leg, digit.key)
        else:
            leg.typed = (leg.typed + digit.key)[:TYPED_MAX]

    def tick(self, leg: Leg, now: float) -> None:
        """Do 20 ms of media and act on what it brought."""
        heard = leg.media.tick(now)
        for digit in heard.digits:
            self.press(leg, digit, now)
        if heard.played is not None:
            self._prompt_ended(leg, heard.played, now)
        if leg.gather:
            self._finish(leg, leg.gather.overdue(now))
        if heard.frame is not None:
            self._pass_on(leg, heard.frame)

    def _pass_on(self, leg: Leg, frame: Pcm) -> None:
        """Give what the far end said to whatever the leg is joined to, and to its recording."""
        said = SILENCE if leg.is_muted else frame
        for joint in tuple(leg.joints):
            said = joint.carry(leg, said)
        if leg.capture and leg.capture.begun:
            reason = leg.capture.hear(frame)
            if reason:
                self._finish_recording(leg, reason)

    def _prompt_ended(self, leg: Leg, name: str, now: float) -> None:
        if leg.gather:
            leg.gather.prompt_ended(now)
        elif leg.capture:
            leg.capture.begun = True
        else:
            self._events.emit("played", leg.id, id=name, reason="done")

    def _finish(self, leg: Leg, reason: str | None) -> None:
        if reason and leg.gather:
            gather, leg.gather, leg.loading = leg.gather, None, None
            leg.media.player.stop()
            self._events.emit("gathered", leg.id, id=gather.id, digits=gather.digits, reason=reason)

    def _load(self, leg: Leg, name: str, files: list[str]) -> None:
        """Read files away from the tick; a later play, gather or stop makes them void."""
        load, leg.loading = leg.loads, name

        def start(data: bytes) -> None:
            barged = leg.gather is not None and leg.gather.deadline is not None
            if leg.loads == load and leg.loading and not barged:
                leg.loading = None
                leg.media.player.start(name, data)

        self.load(files, leg.media.codec, start)

    def load(self, files: list[str], codec: Codec, then: Callable[[bytes], None]) -> None:
        """Read files away from the tick and hand over their frames."""
        future = self._loop.run_in_executor(self._loader, self._read, files, codec)
        future.add_done_callback(lambda done: then(done.result()))

    def _read(self, files: list[str], codec: Codec) -> bytes:
        """Return the frames of the files in order; one that cannot be played is left out."""
        data = []
        for path in files:
            try:
                data.append(self._clips.load(path, codec))
            except ClipError as error:
                print(f"clip: {error}", file=sys.stderr)
        return b"".join(data)
