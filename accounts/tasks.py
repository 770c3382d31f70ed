"""The work door of accounts."""

from accounts import services
from kernel.work import periodic, work
from wallet.ports import TELL_OWNERS_OF_LATE_TOPUP, TELL_OWNERS_OF_REVERSAL


@periodic("accounts.forget_sign_ins", at="03:30")
def forget_sign_ins() -> str:
    """Delete what ended sessions and old sign-in mails left behind."""
    return f"{services.forget_sign_ins()} rows forgotten"


@work(TELL_OWNERS_OF_REVERSAL, queue="periodic")
def mail_reversal(ref: str) -> None:
    """Tell the owners of a workspace that money of theirs went back."""
    services.mail_reversal(ref)


@work(TELL_OWNERS_OF_LATE_TOPUP, queue="periodic")
def mail_late_topup(topup_id: str) -> None:
    """Tell the owners of a workspace that money came after we had stopped waiting for it."""
    services.mail_late_topup(topup_id)
