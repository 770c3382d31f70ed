"""The work door of accounts."""

from accounts import services
from kernel.work import periodic


@periodic("accounts.forget_sign_ins", at="03:30")
def forget_sign_ins() -> str:
    """Delete what ended sessions and old sign-in mails left behind."""
    return f"{services.forget_sign_ins()} rows forgotten"
