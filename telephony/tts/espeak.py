"""The synthesiser for Kiswahili and every language but English: espeak-ng through its C library."""

from __future__ import annotations

import ctypes
import re
from functools import partial
from typing import Any

import espeakng_loader
import numpy as np

from telephony.tts.audio import Samples

RATE = 22050
WORDS_PER_MINUTE = 150

# The library keeps no pause after the last clause, and the next sentence would run into it.
_PAUSE = np.zeros(int(RATE * 0.25), np.float32)
_NOTHING = np.zeros(0, np.float32)

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_RATE_PARAMETER = 1
_POSITION_CHARACTER = 1

# The name becomes part of a file name inside the library, so nothing but letters may pass.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![^-])")

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """One library, one voice at a time: only the thread that made it may use it."""

    rate = RATE

    def __init__(self) -> None:
        self._chunks: list[Samples] = []
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        # The library keeps the pointer, so the object must live as long as it does.
        self._callback = _Callback(partial(_collect, self._chunks))
        data = espeakng_loader.get_data_path().encode()
        if self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT) != RATE:
            raise RuntimeError("espeak-ng did not start")
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, *, language: str, is_male: bool) -> Samples:
        """Return the samples of a text; a language it does not know is read as English."""
        self._choose(language, "m3" if is_male else "f2")
        self._chunks.clear()
        encoded = text.encode()
        self._library.espeak_Synth(
            encoded, len(encoded) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None
        )
        return np.concatenate([*self._chunks, _PAUSE]) if self._chunks else _NOTHING

    def _choose(self, language: str, variant: str) -> None:
        spoken = _LANGUAGE.match(language.lower())
        names = [f"{spoken[0]}+{variant}"] if spoken else []
        for name in (*names, f"en+{variant}"):
            if self._library.espeak_SetVoiceByName(name.encode()) == 0:
                break
        self._library.espeak_SetParameter(_RATE_PARAMETER, WORDS_PER_MINUTE, 0)


def _collect(chunks: list[Samples], samples: Any, count: int, _events: object) -> int:
    # ctypes gives the pointer no type that can be named here, hence Any.
    if samples and count:
        chunk = np.ctypeslib.as_array(samples, (count,))
        chunks.append(np.asarray(chunk / 32768, np.float32))
    return 0
