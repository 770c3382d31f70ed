"""The fixed numbers: what each does when it is called, as one short story."""

import asyncio
from collections.abc import Callable, Coroutine

import numpy as np

from sandbox.carrier.calls import Call, tone
from sandbox.carrier.g711 import Samples
from sandbox.carrier.rtp import RATE, SILENCE

Story = Callable[[Call], Coroutine[None, None, None]]

RING_SECONDS = 0.3
PROMPT_SECONDS = 2.0
PATIENCE_SECONDS = 20.0
LISTEN_STEP_SECONDS = 0.05
PAUSE_SECONDS = 0.5
DROP_SECONDS = 10.0
LATE_SECONDS = 5.0


async def pick_up(call: Call, after: float = RING_SECONDS) -> None:
    """Ring, then answer; 180 and 200 need a moment between them to leave in this order."""
    call.ring()
    await asyncio.sleep(after)
    call.answer()


async def speak(call: Call) -> None:
    """Answer and speak: four syllables of a 440 Hz voice, a pause, for as long as we are heard."""
    await pick_up(call)
    while not call.ended.is_set():
        call.stream.play(phrase())
        await until_ended(call, len(phrase()) / RATE)


async def press_one(call: Call) -> None:
    """Answer, listen to the prompt, press 1, and stay."""
    await pick_up(call)
    await hear_prompt(call)
    call.press("1")
    await call.ended.wait()


async def hear_prompt(call: Call) -> None:
    """Listen until two seconds of sound were heard, or a shorter prompt has fallen silent."""
    quiet_seconds, waited_seconds, heard = 0.0, 0.0, 0.0
    while not call.ended.is_set() and waited_seconds < PATIENCE_SECONDS:
        await asyncio.sleep(LISTEN_STEP_SECONDS)
        waited_seconds += LISTEN_STEP_SECONDS
        is_silent = call.loud_seconds == heard
        quiet_seconds = quiet_seconds + LISTEN_STEP_SECONDS if is_silent else 0.0
        heard = call.loud_seconds
        if heard >= PROMPT_SECONDS or (heard > 0 and quiet_seconds >= PAUSE_SECONDS * 2):
            return


async def be_busy(call: Call) -> None:
    """Answer 486."""
    call.refuse(486, "Busy Here")


async def reject(call: Call) -> None:
    """Ring shortly, then answer 603."""
    call.ring()
    await asyncio.sleep(RING_SECONDS)
    call.refuse(603, "Decline")


async def never_answer(call: Call) -> None:
    """Ring for as long as the caller waits."""
    call.ring()
    await call.ended.wait()


async def drop(call: Call) -> None:
    """Answer and hang up after ten seconds."""
    await pick_up(call)
    await until_ended(call, DROP_SECONDS)
    call.hang_up()


async def echo(call: Call) -> None:
    """Answer and give back what is said and pressed."""
    await pick_up(call)
    listen, take_key = call.stream.heard, call.stream.pressed

    def repeat(frame: Samples) -> None:
        listen(frame)
        call.stream.feed(frame)

    def repeat_key(digit: str) -> None:
        take_key(digit)
        call.press(digit)

    call.stream.heard, call.stream.pressed = repeat, repeat_key
    await call.ended.wait()


async def answer_late(call: Call) -> None:
    """Ring five seconds, answer and stay."""
    await pick_up(call, LATE_SECONDS)
    await call.ended.wait()


async def fail(call: Call) -> None:
    """Answer 503."""
    call.refuse(503, "Service Unavailable")


async def until_ended(call: Call, seconds: float) -> None:
    """Wait for the end of the call, but no longer than this."""
    try:
        await asyncio.wait_for(call.ended.wait(), seconds)
    except TimeoutError:
        return


def phrase() -> Samples:
    """Make one phrase of the speaking number: tone and gap, two seconds in all."""
    syllable = np.concatenate([tone(440, 0.3), np.tile(SILENCE, 5)])
    return np.concatenate([np.tile(syllable, 4), np.tile(SILENCE, 20)])


STORIES: dict[str, Story] = {
    "+254711000001": speak,
    "+254711000002": press_one,
    "+254711000003": be_busy,
    "+254711000004": reject,
    "+254711000005": never_answer,
    "+254711000006": drop,
    "+254711000007": echo,
    "+254711000008": answer_late,
    "+254711000009": fail,
}
