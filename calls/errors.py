"""What can be refused about a call."""

from __future__ import annotations

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
    until an operator allows it for your workspace. Test keys reach the fixed-behaviour numbers only."""


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
