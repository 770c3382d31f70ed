"""What can be refused about a call."""

from __future__ import annotations

import math
from datetime import datetime

from kernel.errors import Problem


class CallNotFound(Problem):
    code = "calls.not_found"
    status = 404
    message = "There is no such call in this workspace."
    doc = """The id is neither the UUID nor the `HD_…` session id of a call of your workspace and mode.
    A test key sees test calls only."""


class DestinationDenied(Problem):
    code = "calls.destination_denied"
    status = 403
    message = "{e164} is not a destination this workspace may call."
    doc = """Kenyan fixed and mobile numbers are open to everyone; every other destination is closed
    until an operator allows it for your workspace. Premium-rate, satellite and other numbers that
    are known for toll fraud stay closed even then. Test keys reach the fixed-behaviour numbers
    only. `GET /v1/wallet/limits` lists what your workspace may call."""


class DoNotCallListed(Problem):
    code = "calls.do_not_call"
    status = 403
    message = "{e164} is on a do-not-call list."
    doc = """The person asked not to be called: the number is on the do-not-call list of your workspace
    (`GET /v1/do-not-call`) or on the list that holds for everybody. Nothing was dialled."""


class OutsideMarketingHours(Problem):
    code = "calls.marketing_hours"
    status = 403
    message = "This key is for marketing: it calls from 07:00 to 19:00 in Nairobi, next {opens_at}."
    doc = """Calls of an API key that is marked as marketing begin from 07:00:00 to 18:59:59 in Nairobi,
    those that a voice document dials for them too. Nothing was dialled; `Retry-After` says in how
    many seconds the hours begin again. Keys for anything else are not marked and call at any time."""
    retryable = True

    def __init__(self, *, opens_at: datetime, now: datetime) -> None:
        seconds = math.ceil((opens_at - now).total_seconds())
        super().__init__(
            headers={"Retry-After": str(seconds)}, opens_at=f"{opens_at:%Y-%m-%d %H:%M} EAT"
        )


class PriceTooHigh(Problem):
    code = "calls.price_too_high"
    status = 403
    message = "{e164} costs {price} a minute; the limit is {limit}."
    doc = """An owner or admin set the highest price per minute for this workspace or API key. Call a
    cheaper destination, or raise `minute_minor` with `PUT /v1/wallet/limits`."""


class CostLimitTooLow(Problem):
    code = "calls.cost_limit_too_low"
    status = 402
    message = "One second costs {price}; the limit of one call is {limit}."
    doc = """An owner or admin set the most that one call may cost, and it does not buy a second. Raise
    `call_minor` with `PUT /v1/wallet/limits`."""


class RateRefused(Problem):
    code = "calls.rate_refused"
    status = 409
    message = "{reason}"
    doc = """Prices are versions that begin now or later and are never edited; a higher price for
    everybody is announced 30 days before it begins. Only operators meet this."""


class DoNotCallNotFound(Problem):
    code = "calls.do_not_call_not_found"
    status = 404
    message = "{e164} is not on the do-not-call list of this workspace."
    doc = "The number is not listed, or it is on the list of another workspace or mode."


class RecordingNotFound(Problem):
    code = "calls.recording_not_found"
    status = 404
    message = "There is no such recording in this workspace."
    doc = """The call was never recorded, or the id is not a recording of your workspace and mode.
    A `record` action makes one."""


class RecordingExpired(Problem):
    code = "calls.recording_expired"
    status = 410
    message = "The recording is gone: {reason}."
    doc = """It was deleted, it grew older than recordings are kept, or it was lost before it could be
    stored. Its row stays in `GET /v1/calls/{call_id}/recordings` and says which."""


class CallsStopped(Problem):
    code = "account.calls_stopped"
    status = 403
    message = "Outgoing calls of this workspace are stopped."
    doc = "An operator has stopped new outgoing calls of the workspace. Write to support."


class TierSwitchFailed(Problem):
    code = "storage.tier_switch_failed"
    status = 500
    message = "The storage tier could not be changed. Nothing was charged."
    doc = """The change was not written and neither was its charge. Read the tier and try again."""
    retryable = True


class UnsupportedAudio(Problem):
    code = "uploads.unsupported_audio"
    status = 415
    message = "This file cannot be played: {reason}. Send WAV, MP3, Ogg or FLAC."
    doc = """The file is judged by what is in it, not by its name or its declared type, and `play` could
    not play it: it is empty, no sound, damaged, or of another kind. Convert it, for example with
    `ffmpeg -i greeting.m4a greeting.mp3`, and send that."""


class TooManyUploads(Problem):
    code = "uploads.too_many"
    status = 409
    message = "{most} sound files are kept already; each goes when its address ends."
    doc = """A workspace keeps at most 500 uploaded sound files in each mode. Use the address of a file
    that you uploaded before instead of uploading it again, or wait: a file goes 7 days after it was
    uploaded unless the routing of a number names it. What never changes is better kept on a server
    of yours, whose host you allow for `play` in the settings of the workspace."""
