"""Speaks texts one sentence at a time, so that a long text never blocks a short one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from telephony.tts.audio import telephone
from telephony.tts.cache import Cache
from telephony.tts.voices import Voices

Result = TypeVar("Result")


class Speaker:
    """The synthesisers on their own thread, in front of them the cache."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.made = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="speaker")
        self._voices: Voices | None = None
        self._under_way: dict[Path, asyncio.Task[None]] = {}

    async def warm_up(self) -> None:
        """Load the voices and let each speak a word, so that the first caller does not wait."""
        self._voices = await self._on_thread(Voices)
        for language, word in (("en", "Welcome."), ("sw", "Karibu.")):
            await self._on_thread(
                partial(self._voices.speak, word, language=language, voice="woman")
            )

    async def speak(self, *, text: str, language: str, voice: str) -> Path:
        """Return the file of this speech; two who ask at once share the work."""
        path = self.cache.path(text=text, language=language, voice=voice)
        if self.cache.hit(path):
            return path
        task = self._under_way.get(path)
        if task is None:
            task = asyncio.create_task(self._make(path, text, language, voice))
            self._under_way[path] = task
            task.add_done_callback(lambda _: self._under_way.pop(path, None))
        # One caller going away must not take the speech from the others.
        await asyncio.shield(task)
        return path

    async def _make(self, path: Path, text: str, language: str, voice: str) -> None:
        if self._voices is None:
            raise RuntimeError("the voices are not loaded")
        say = partial(self._voices.speak, language=language, voice=voice)
        rate = self._voices.rate(language=language, voice=voice)
        parts = [
            await self._on_thread(partial(say, sentence))
            for sentence in self._voices.sentences(text)
        ]
        pcm = await self._on_thread(partial(telephone, parts, rate))
        await self._on_thread(partial(self.cache.save, path, pcm))
        self.made += 1

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
