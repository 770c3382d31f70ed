"""Sautikit for Python: a small client, webhook signatures, and the command line."""

from sautikit.client import Sautikit
from sautikit.errors import SautikitError, SignatureError
from sautikit.webhooks import verify_signature, verify_webhook

__version__ = "0.1.0"

__all__ = [
    "Sautikit",
    "SautikitError",
    "SignatureError",
    "__version__",
    "verify_signature",
    "verify_webhook",
]
