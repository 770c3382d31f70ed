"""What can go wrong in telephony: with voice documents, in a time line; with clients, in a reply."""

from __future__ import annotations

from kernel.errors import Problem


class SoundUnavailable(Exception):
    """A prompt cannot be heard: its text was not spoken, or its file was not had or not read."""


class CallbackFailed(Exception):
    """The customer's server gave no document; the reason is a sentence for the time line."""

    def __init__(self, reason: str, *, status_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code


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
    and desk phones (the username of a SIP credential, at our domain). Other hosts are not called."""
