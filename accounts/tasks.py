"""The work door of accounts."""

from datetime import datetime, timedelta

from accounts import services
from accounts.models import PersonRequest
from accounts.services import leaving, request_log
from kernel.work import periodic, work
from wallet.ports import TELL_OWNERS_OF_LATE_TOPUP, TELL_OWNERS_OF_REVERSAL


@periodic("accounts.forget_sign_ins", at="03:30")
def forget_sign_ins() -> str:
    """Delete what ended sessions and old sign-in mails left behind."""
    return f"{services.forget_sign_ins()} rows forgotten"


@periodic("accounts.store_requests", every=timedelta(seconds=10))
def store_requests() -> str:
    """Store what the log of requests says and nobody has looked at yet."""
    return f"{request_log.store_requests()} requests stored"


@periodic("accounts.forget_requests", every=timedelta(hours=1))
def forget_requests() -> str:
    """Delete what the log of requests kept for a week."""
    return f"{request_log.forget_requests()} requests forgotten"


@work(TELL_OWNERS_OF_REVERSAL, queue="periodic")
def mail_reversal(ref: str) -> None:
    """Tell the owners of a workspace that money of theirs went back."""
    services.mail_reversal(ref)


@work(TELL_OWNERS_OF_LATE_TOPUP, queue="periodic")
def mail_late_topup(topup_id: str) -> None:
    """Tell the owners of a workspace that money came after we had stopped waiting for it."""
    services.mail_late_topup(topup_id)


@work(leaving.ANSWER, queue="periodic", lease_seconds=600)
def answer_person_request(request_id: str) -> datetime | None:
    """Erase a person or a number when its time has come and nothing of theirs is going on."""
    row = PersonRequest.objects.select_related("user").get(id=request_id)
    return leaving.erase(row)
