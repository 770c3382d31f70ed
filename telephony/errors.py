"""Why a voice document could not be had; these end in the call's time line, not in a reply."""

from __future__ import annotations


class SoundUnavailable(Exception):
    """A prompt cannot be heard: its text was not spoken, or its file was not had or not read."""


class CallbackFailed(Exception):
    """The customer's server gave no document; the reason is a sentence for the time line."""

    def __init__(self, reason: str, *, status_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code
