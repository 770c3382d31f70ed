"""The fluent way to a voice document: `voice().say("Habari.").hangup()`."""

from __future__ import annotations

from sautikit.documents import as_json, voice_response
from sautikit.types import VoiceDocument
from sautikit.verbs import Verbs


class VoiceBuilder(Verbs):
    """A document that grows verb by verb."""

    def to_dict(self) -> VoiceDocument:
        """Return the document; raises ValueError when it is too long."""
        return voice_response(self.actions)

    def to_json(self) -> str:
        return as_json(self.to_dict())

    __str__ = to_json


def voice() -> VoiceBuilder:
    """Begin a document."""
    return VoiceBuilder()
