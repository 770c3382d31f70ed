"""What can go wrong in telephony: with voice documents, in a time line; with clients, in a reply."""

from __future__ import annotations

from kernel.errors import Problem
from kernel.http import Reply


class SoundUnavailable(Exception):
    """A prompt cannot be heard: its text was not spoken, or its file was not had or not read."""


class CallbackFailed(Exception):
    """The customer's server gave no document; the reason is a sentence for the time line."""

    def __init__(
        self, reason: str, *, status_code: int | None = None, reply: Reply | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code
        # What came back instead of a document.
        self.reply = reply


class TokenInvalid(Problem):
    code = "webrtc.token.invalid"
    status = 401
    message = "This token does not let a browser connect."
    doc = """The token is not ours, is older than 15 minutes, or its API key was revoked or its
    workspace suspended since. Ask for a new one with `POST /v1/webrtc/token` on your server."""


class ProfilePending(Problem):
    code = "webrtc.token.profile_pending"
    status = 409
    message = "There is no active number yet that a browser could call as."
    doc = """A browser client calls as one of your numbers and none is active in this mode. Claim one,
    or wait until the one you claimed is active, then ask again."""
    retryable = True


class NoEngine(Problem):
    code = "calls.no_engine"
    status = 503
    message = "No call can be taken this moment. Try again in a few seconds."
    doc = "The telephony engines are starting or away. Nothing was dialled and nothing was charged."
    retryable = True


class SipTargetDenied(Problem):
    code = "calls.sip_target_denied"
    status = 403
    message = "{address} is not a browser client or desk phone of ours."
    doc = """`dial.sip` calls the SIP addresses of your own browser clients (`sipProfile` of their token)
    and desk phones (the username of a SIP credential, at our domain). Other hosts are not called, and
    no list opens them: call people there by their number. `POST /v1/voice/validate` names the place."""


class PlayHostDenied(Problem):
    code = "calls.play_host_denied"
    status = 403
    message = "Sounds are not played from {host}: it is not on the list of this workspace."
    doc = """`play`, `waitUrl` and the command `play` of a room fetch sounds from the server that the
    document came from, from a voice URL of the number, from our uploads, and from the hosts that the
    workspace allows. Upload the file with `POST /v1/uploads/audio` and play the `url` of the reply,
    serve it beside your documents, or add the host under Settings, Sounds in the console or with
    `PUT /v1/voice/sound-hosts`. In a call the sound is skipped and the document goes on."""


class ConferenceNotFound(Problem):
    code = "conferences.not_found"
    status = 404
    message = "There is no such room in this workspace."
    doc = """A room exists from its first caller to its last. The name is not that of a room that is
    open now, and the id is not one of a room of your workspace and mode."""


class ConferenceEnded(Problem):
    code = "conferences.ended"
    status = 409
    message = "The room {name} has ended."
    doc = """Nobody is in the room any more, so a command reaches nobody. Whoever enters a room of that
    name now opens a new one."""


class ParticipantNotFound(Problem):
    code = "conferences.participant_not_found"
    status = 404
    message = "Nobody in the room {name} is {participant}."
    doc = """`participant` is the `participant_id` of somebody in the room, the id or `HD_…` session id of
    their call, or `all`. They may have left: read the room again."""


class CallNotLive(Problem):
    code = "calls.not_live"
    status = 409
    message = "The call does not talk now: it is {status}."
    doc = """Only a call that is answered, or an incoming one that rings, can be given other actions or a
    supervisor. Wait for `call.answered`, or place another call."""


class SupervisionInProgress(Problem):
    code = "calls.supervision_in_progress"
    status = 409
    message = "Somebody supervises this call already."
    doc = """A call has one supervisor at a time. End that supervision with
    `DELETE /v1/calls/{call_id}/supervision`, or change its mode with `PATCH`."""


class SupervisorRings(Problem):
    code = "calls.supervision_not_connected"
    status = 409
    message = "The supervisor has not answered yet."
    doc = """The mode can be changed once the supervisor is on the call. Wait for
    `call.supervision.connected`, or end this supervision and begin another."""
    retryable = True


class SupervisionNotFound(Problem):
    code = "calls.supervision_not_found"
    status = 404
    message = "Nobody supervises this call."
    doc = "The call has no supervisor now. Begin with `POST /v1/calls/{call_id}/supervision`."
