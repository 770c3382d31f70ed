"""What tests of the back office borrow: a Daraja that answers what it is told."""

from tests.wallet.conftest import script

__all__ = ["script"]
