"""Which synthesiser speaks: English women are hibari, everyone else is espeak-ng."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from hibari import Hibari

from telephony.tts.audio import Samples
from telephony.tts.espeak import Espeak

VERSION = "1"
"""Part of the cache key: raise it when the same text would sound different."""
MALE_VOICES = frozenset({"man"})
SENTENCE_CHARACTERS_MAX = 400

_ENDS = re.compile(r"(?<=[.!?…;:])\s+|\n+")


class Voices:
    """The loaded synthesisers. They share one thread, because espeak-ng allows only one."""

    def __init__(self) -> None:
        self._hibari = Hibari()
        self._espeak = Espeak()

    def rate(self, *, language: str, voice: str) -> int:
        return self._hibari.sample_rate if _is_hibari(language, voice) else self._espeak.rate

    def speak(self, sentence: str, *, language: str, voice: str) -> Samples:
        """Return the samples of one sentence at ``rate``; the same words give the same samples."""
        if _is_hibari(language, voice):
            return np.asarray(self._hibari(sentence, seed=0), np.float32)
        return self._espeak.speak(sentence, language=language, is_male=voice in MALE_VOICES)

    def sentences(self, text: str) -> list[str]:
        """Split a text so that no piece keeps the other callers waiting."""
        found = (each.strip() for each in self._hibari.split_sentences(text))
        return [piece for sentence in found for piece in _pieces(sentence)]


def _is_hibari(language: str, voice: str) -> bool:
    return language.lower().partition("-")[0] == "en" and voice not in MALE_VOICES


def _pieces(sentence: str) -> Iterator[str]:
    """Cut a sentence that is too long: at its clauses, else between words, else anywhere."""
    rest = sentence
    while len(rest) > SENTENCE_CHARACTERS_MAX:
        head = rest[:SENTENCE_CHARACTERS_MAX]
        ends = [match.start() for match in _ENDS.finditer(head)]
        cut = ends[-1] if ends else max(head.rfind(", ") + 1, 0) or head.rfind(" ")
        cut = cut if cut > 0 else SENTENCE_CHARACTERS_MAX
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest
