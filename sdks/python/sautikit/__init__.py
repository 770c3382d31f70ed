"""Sautikit for Python: calls, numbers, wallet, webhooks, voice documents, and the command line."""

from sautikit import sauti
from sautikit.aio import AsyncSautikit
from sautikit.client import Sautikit
from sautikit.documents import voice_response
from sautikit.errors import SautikitConnectionError, SautikitError, SignatureError
from sautikit.stream import Message
from sautikit.builder import VoiceBuilder, voice
from sautikit.webhooks import verify_signature, verify_webhook
from sautikit.wire import UNSET

__version__ = "0.3.0"

__all__ = [
    "UNSET",
    "AsyncSautikit",
    "Message",
    "Sautikit",
    "SautikitConnectionError",
    "SautikitError",
    "SignatureError",
    "VoiceBuilder",
    "__version__",
    "sauti",
    "verify_signature",
    "verify_webhook",
    "voice",
    "voice_response",
]
