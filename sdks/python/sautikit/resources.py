"""What the API offers, one class for each noun, for threads.

Made by `manage.py generate` from the API description. Do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sautikit import types
from sautikit.pages import Pages
from sautikit.resource import Resource
from sautikit.wire import UNSET, Unset, given, quoted

__all__ = [
    "AlertSubscribers",
    "ApiKeys",
    "Audit",
    "Calls",
    "Conferences",
    "DoNotCall",
    "Events",
    "Invitations",
    "Members",
    "Numbers",
    "Pricing",
    "Recordings",
    "Storage",
    "Topups",
    "Uploads",
    "Voice",
    "Wallet",
    "Webhooks",
    "Webrtc",
    "Workspace",
    "Resources",
]


class AlertSubscribers(Resource):
    """The routes of alert subscribers."""

    def confirm(self, *, token: str) -> types.AlertSubscriber:
        """Agree to low-balance mails with the token of the mail that asked."""
        body = given({"token": token})
        reply: types.AlertSubscriber = self._ask("POST", "/v1/wallet/alert/confirm", body=body)
        return reply

    def create(self, *, email: str, idempotency_key: str | None = None) -> types.AlertSubscriber:
        """Add a recipient. Scope: wallet.topup."""
        body = given({"email": email})
        reply: types.AlertSubscriber = self._ask(
            "POST",
            "/v1/wallet/alert/subscribers",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete(self, subscriber_id: str) -> None:
        """Remove a recipient, whether it has agreed or not. Scope: wallet.topup."""
        self._ask(
            "DELETE",
            f"/v1/wallet/alert/subscribers/{quoted('subscriber_id', subscriber_id)}",
        )

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.AlertSubscriber, types.AlertSubscriberPage]:
        """List the recipients of low-balance mails, newest first. Scope: wallet.read."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/wallet/alert/subscribers", query, "data", "cursor")


class ApiKeys(Resource):
    """The routes of api keys."""

    def create(
        self,
        *,
        label: str | None = None,
        name: str | None = None,
        scopes: Sequence[str] | None = None,
        expires_at: str | datetime | None | Unset = UNSET,
        mode: Literal["live", "test"] | None = None,
        marketing: bool | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewApiKey:
        """Make a key. Scope: api_keys.manage."""
        body = given(
            {"label": label, "name": name, "scopes": scopes, "mode": mode, "marketing": marketing},
            {"expires_at": expires_at},
        )
        reply: types.NewApiKey = self._ask(
            "POST",
            "/v1/api-keys",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete(self, key_id: str) -> None:
        """Revoke one key and every key it made. Scope: api_keys.manage."""
        self._ask("DELETE", f"/v1/api-keys/{quoted('key_id', key_id)}")

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.ApiKey, types.ApiKeyPage]:
        """List the keys of this workspace and mode, newest first. Scope: api_keys.manage."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/api-keys", query, "data", "cursor")

    def set_limits(
        self,
        key_id: str,
        *,
        day_minor: int | None | Unset = UNSET,
        call_minor: int | None | Unset = UNSET,
        minute_minor: int | None | Unset = UNSET,
    ) -> types.Limits:
        """Set the limits of one key. Scope: api_keys.manage."""
        body = given(
            {},
            {"day_minor": day_minor, "call_minor": call_minor, "minute_minor": minute_minor},
        )
        reply: types.Limits = self._ask(
            "PUT",
            f"/v1/api-keys/{quoted('key_id', key_id)}/limits",
            body=body,
        )
        return reply


class Audit(Resource):
    """The routes of audit."""

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        action_kind: str | None = None,
        actor: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
    ) -> Pages[types.AuditEntry, types.AuditEntryPage]:
        """Read who changed what in this workspace, newest first. Scope: audit.read."""
        query = given(
            {
                "limit": limit,
                "cursor": cursor,
                "action_kind": action_kind,
                "actor": actor,
                "from": from_,
                "to": to,
            },
        )
        return self._pages("/v1/audit", query, "data", "cursor")


class Calls(Resource):
    """The routes of calls."""

    def actions(
        self,
        call_id: str,
        document: types.VoiceDocument | Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> types.ReplacedActions:
        """Replace what the call does now. Scope: calls.write."""
        reply: types.ReplacedActions = self._ask(
            "POST",
            f"/v1/calls/{quoted('call_id', call_id)}/actions",
            body=document,
            key=idempotency_key or True,
        )
        return reply

    def create(
        self,
        *,
        from_: str,
        to: str | Sequence[str],
        webhook_url: str | None = None,
        status_url: str | None = None,
        voice_callback_url: str | None = None,
        caller_id: str | None = None,
        client_request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.PlacedCall:
        """Place a call. Scope: calls.write."""
        body = given(
            {
                "from": from_,
                "to": to,
                "webhook_url": webhook_url,
                "status_url": status_url,
                "voice_callback_url": voice_callback_url,
                "caller_id": caller_id,
                "client_request_id": client_request_id,
            },
        )
        reply: types.PlacedCall = self._ask(
            "POST",
            "/v1/calls",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def events(self, call_id: str) -> types.CallEventPage:
        """List everything that happened in the call, oldest first. Scope: calls.read."""
        reply: types.CallEventPage = self._ask(
            "GET",
            f"/v1/calls/{quoted('call_id', call_id)}/events",
        )
        return reply

    def get(self, call_id: str) -> types.Call:
        """Read a call with its time line. Scope: calls.read."""
        reply: types.Call = self._ask(
            "GET",
            f"/v1/calls/{quoted('call_id', call_id)}",
            inside="call",
        )
        return reply

    def get_supervision(self, call_id: str) -> types.SupervisionReply:
        """Read who supervises the call now. Scope: calls.read."""
        reply: types.SupervisionReply = self._ask(
            "GET",
            f"/v1/calls/{quoted('call_id', call_id)}/supervision",
        )
        return reply

    def hangup(self, call_id: str, *, idempotency_key: str | None = None) -> types.HungUpCall:
        """Hang up. Scope: calls.write."""
        reply: types.HungUpCall = self._ask(
            "POST",
            f"/v1/calls/{quoted('call_id', call_id)}/hangup",
            key=idempotency_key or True,
        )
        return reply

    def list(
        self,
        *,
        status: str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        q: str | None = None,
        session_id: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.Call, types.CallPage]:
        """List calls, newest first. Scope: calls.read."""
        query = given(
            {
                "status": status,
                "direction": direction,
                "q": q,
                "session_id": session_id,
                "from": from_,
                "to": to,
                "limit": limit,
                "cursor": cursor,
            },
        )
        return self._pages("/v1/calls", query, "data", "cursor")

    def recording(
        self,
        call_id: str,
        *,
        format: Literal["mp3", "opus", "wav"] | None = None,
    ) -> types.RecordingPending | dict[str, str]:
        """Fetch the newest recording. Scope: recordings.read."""
        query = given({"format": format})
        reply: types.RecordingPending | dict[str, str] = self._ask(
            "GET",
            f"/v1/calls/{quoted('call_id', call_id)}/recording",
            query=query,
        )
        return reply

    def recordings(self, call_id: str) -> types.RecordingPage:
        """List the recordings of a call, oldest first. Scope: recordings.read."""
        reply: types.RecordingPage = self._ask(
            "GET",
            f"/v1/calls/{quoted('call_id', call_id)}/recordings",
        )
        return reply

    def set_supervision_mode(
        self,
        call_id: str,
        *,
        mode: Literal["listen", "whisper", "barge"],
    ) -> types.Supervision:
        """Switch the mode of a supervisor who is on the call. Scope: calls.supervise."""
        body = given({"mode": mode})
        reply: types.Supervision = self._ask(
            "PATCH",
            f"/v1/calls/{quoted('call_id', call_id)}/supervision",
            body=body,
        )
        return reply

    def stats(
        self,
        *,
        since: str | None = None,
        bucket: Literal["day", "hour"] | None = None,
    ) -> types.CallStatistics:
        """Count and price the ended calls of a window. Scope: calls.read."""
        query = given({"since": since, "bucket": bucket})
        reply: types.CallStatistics = self._ask("GET", "/v1/calls/stats", query=query)
        return reply

    def stop_supervision(self, call_id: str) -> None:
        """End the supervision. Scope: calls.supervise."""
        self._ask("DELETE", f"/v1/calls/{quoted('call_id', call_id)}/supervision")

    def supervise(
        self,
        call_id: str,
        *,
        mode: Literal["listen", "whisper", "barge"],
        supervisor: types.SupervisorBody,
        announce: Literal["none", "agent", "both"] | None = None,
        notify_agent: bool | None = None,
        label: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.Supervision:
        """Call a supervisor for a call that talks. Scope: calls.supervise."""
        body = given(
            {
                "mode": mode,
                "supervisor": supervisor,
                "announce": announce,
                "notify_agent": notify_agent,
                "label": label,
            },
        )
        reply: types.Supervision = self._ask(
            "POST",
            f"/v1/calls/{quoted('call_id', call_id)}/supervision",
            body=body,
            key=idempotency_key or True,
        )
        return reply


class Conferences(Resource):
    """The routes of conferences."""

    def command(
        self,
        room: str,
        *,
        command: Literal["mute", "unmute", "kick", "hold", "unhold", "play", "say", "end"],
        participant: str | None = None,
        url: str | None = None,
        text: str | None = None,
        language: Literal["en-KE", "sw-KE"] | None = None,
        voice: Literal["woman", "man", "alice"] | None = None,
        callback_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.ConferenceCommanded:
        """Mute, unmute, kick, hold or unhold a participant (or `all`), play a file or say a
        text to everybody or to one, or end the room. Scope: conferences.manage.
        """
        body = given(
            {
                "command": command,
                "participant": participant,
                "url": url,
                "text": text,
                "language": language,
                "voice": voice,
                "callback_url": callback_url,
            },
        )
        reply: types.ConferenceCommanded = self._ask(
            "POST",
            f"/v1/conferences/{quoted('room', room)}/commands",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def get(self, room: str) -> types.Conference:
        """Read a room and who is in it. Scope: calls.read."""
        reply: types.Conference = self._ask("GET", f"/v1/conferences/{quoted('room', room)}")
        return reply

    def list(
        self,
        *,
        status: Literal["all", "ended", "live"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.Conference, types.ConferencePage]:
        """List rooms, newest first. Scope: calls.read."""
        query = given({"status": status, "limit": limit, "cursor": cursor})
        return self._pages("/v1/conferences", query, "data", "cursor")


class DoNotCall(Resource):
    """The routes of do not call."""

    def create(
        self,
        *,
        numbers: Sequence[str],
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.DoNotCallAdded:
        """Add up to 1,000 numbers. Scope: calls.write."""
        body = given({"numbers": numbers, "reason": reason})
        reply: types.DoNotCallAdded = self._ask(
            "POST",
            "/v1/do-not-call",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete(self, e164: str) -> None:
        """Take a number off the list, because the person agreed to be called again. Scope:
        calls.write.
        """
        self._ask("DELETE", f"/v1/do-not-call/{quoted('e164', e164)}")

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.DoNotCallNumber, types.DoNotCallNumberPage]:
        """List the numbers, the latest first. Scope: calls.read."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/do-not-call", query, "data", "cursor")


class Events(Resource):
    """The routes of events."""

    def list(
        self,
        *,
        after: int | None = None,
        kind: str | None = None,
        limit: int | None = None,
    ) -> Pages[types.Event, types.EventPage]:
        """List every event of the workspace in order, for 30 days. Scope: events.read."""
        query = given({"after": after, "kind": kind, "limit": limit})
        return self._pages("/v1/events", query, "data", "after")


class Invitations(Resource):
    """The routes of invitations."""

    def accept(self, *, token: str) -> types.Seat:
        """Take the seat an invitation offers, in a session of the invited address."""
        body = given({"token": token})
        reply: types.Seat = self._ask("POST", "/v1/invitations/accept", body=body)
        return reply

    def create(
        self,
        *,
        email: str,
        role: Literal["owner", "admin", "member", "viewer"] | None = None,
        idempotency_key: str | None = None,
    ) -> types.Invitation:
        """Mail an invitation. Scope: members.manage."""
        body = given({"email": email, "role": role})
        reply: types.Invitation = self._ask(
            "POST",
            "/v1/invitations",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete(self, invitation_id: str) -> None:
        """Take an invitation back. Scope: members.manage."""
        self._ask("DELETE", f"/v1/invitations/{quoted('invitation_id', invitation_id)}")

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.Invitation, types.InvitationPage]:
        """List the open invitations, newest first. Scope: members.read."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/invitations", query, "data", "cursor")

    def resend(self, invitation_id: str, *, idempotency_key: str | None = None) -> types.Invitation:
        """Mail an invitation again with a new link and seven more days. Scope: members.manage.
        """
        reply: types.Invitation = self._ask(
            "POST",
            f"/v1/invitations/{quoted('invitation_id', invitation_id)}/resend",
            key=idempotency_key or True,
        )
        return reply


class Members(Resource):
    """The routes of members."""

    def delete(self, member_id: str) -> None:
        """Remove a member. Scope: members.manage."""
        self._ask("DELETE", f"/v1/members/{quoted('member_id', member_id)}")

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.Member, types.MemberPage]:
        """List the people of this workspace, newest first. Scope: members.read."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/members", query, "data", "cursor")

    def update(
        self,
        member_id: str,
        *,
        role: Literal["owner", "admin", "member", "viewer"],
    ) -> types.Member:
        """Give a member another role. Scope: members.manage."""
        body = given({"role": role})
        reply: types.Member = self._ask(
            "PATCH",
            f"/v1/members/{quoted('member_id', member_id)}",
            body=body,
        )
        return reply


class Numbers(Resource):
    """The routes of numbers."""

    def available(
        self,
        *,
        country: str | None = None,
        currency: str | None = None,
        capability: str | None = None,
        contains: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.InventoryNumber, types.AvailableNumbers]:
        """List the numbers that can be claimed, in order. Scope: numbers.read."""
        query = given(
            {
                "country": country,
                "currency": currency,
                "capability": capability,
                "contains": contains,
                "limit": limit,
                "cursor": cursor,
            },
        )
        return self._pages("/v1/numbers/available", query, "available", "cursor")

    def claim(
        self,
        *,
        inventory_id: str | None = None,
        e164: str | None = None,
        voice_callback_url: str | None | Unset = UNSET,
        events_url: str | None | Unset = UNSET,
        voice_fallback_url: str | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> types.ClaimedNumber:
        """Claim a number and pay the rest of the month in one step. Scope: numbers.claim."""
        body = given(
            {"inventory_id": inventory_id, "e164": e164},
            {
                "voice_callback_url": voice_callback_url,
                "events_url": events_url,
                "voice_fallback_url": voice_fallback_url,
            },
        )
        reply: types.ClaimedNumber = self._ask(
            "POST",
            "/v1/numbers/claim",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def create_sip_credential(
        self,
        number_id: str,
        *,
        label: str | None = None,
        idempotency_key: str | None = None,
    ) -> types.NewSipCredential:
        """Make a credential for one phone. Scope: numbers.route."""
        body = given({"label": label})
        reply: types.NewSipCredential = self._ask(
            "POST",
            f"/v1/numbers/{quoted('number_id', number_id)}/sip-credentials",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete_sip_credential(self, number_id: str, credential_id: str) -> None:
        """Take a credential back. Scope: numbers.route."""
        self._ask(
            "DELETE",
            f"/v1/numbers/{quoted('number_id', number_id)}/sip-credentials/{quoted('credential_id', credential_id)}",
        )

    def get(self, number_id: str) -> types.TenantNumber:
        """Read one number, released ones too. Scope: numbers.read."""
        reply: types.TenantNumber = self._ask(
            "GET",
            f"/v1/numbers/{quoted('number_id', number_id)}",
        )
        return reply

    def list(self) -> types.TenantNumbers:
        """List the numbers this workspace holds, newest first. Scope: numbers.read."""
        reply: types.TenantNumbers = self._ask("GET", "/v1/numbers")
        return reply

    def release(self, number_id: str) -> types.ReleasedNumber:
        """Release a number. Scope: numbers.release."""
        reply: types.ReleasedNumber = self._ask(
            "DELETE",
            f"/v1/numbers/{quoted('number_id', number_id)}",
        )
        return reply

    def rotate_sip_credential(
        self,
        number_id: str,
        credential_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.NewSipCredential:
        """Make another password, shown once. Scope: numbers.route."""
        reply: types.NewSipCredential = self._ask(
            "POST",
            f"/v1/numbers/{quoted('number_id', number_id)}/sip-credentials/{quoted('credential_id', credential_id)}/rotate",
            key=idempotency_key or True,
        )
        return reply

    def set_routing(
        self,
        number_id: str,
        *,
        voice_callback_url: str | None | Unset = UNSET,
        voice_url: str | None | Unset = UNSET,
        voice_fallback_url: str | None | Unset = UNSET,
        events_url: str | None | Unset = UNSET,
        voice_signing_secret: str | None | Unset = UNSET,
        ring_client: str | None | Unset = UNSET,
        forward_to: str | None | Unset = UNSET,
        voicemail_greeting: str | None | Unset = UNSET,
        voicemail_email: str | None | Unset = UNSET,
    ) -> types.TenantNumber:
        """Change where a number's calls and events go. Scope: numbers.route."""
        body = given(
            {},
            {
                "voice_callback_url": voice_callback_url,
                "voice_url": voice_url,
                "voice_fallback_url": voice_fallback_url,
                "events_url": events_url,
                "voice_signing_secret": voice_signing_secret,
                "ring_client": ring_client,
                "forward_to": forward_to,
                "voicemail_greeting": voicemail_greeting,
                "voicemail_email": voicemail_email,
            },
        )
        reply: types.TenantNumber = self._ask(
            "PATCH",
            f"/v1/numbers/{quoted('number_id', number_id)}/routing",
            body=body,
        )
        return reply

    def sip_credentials(
        self,
        number_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.SipCredential, types.SipCredentialPage]:
        """List the credentials of a number, newest first, and whether a phone is there. Scope:
        numbers.read.
        """
        query = given({"limit": limit, "cursor": cursor})
        return self._pages(
            f"/v1/numbers/{quoted('number_id', number_id)}/sip-credentials",
            query,
            "data",
            "cursor",
        )


class Pricing(Resource):
    """The routes of pricing."""

    def get(self) -> types.Pricing:
        """What numbers and minutes cost, in shillings and in minor units."""
        reply: types.Pricing = self._ask("GET", "/v1/public/pricing")
        return reply


class Recordings(Resource):
    """The routes of recordings."""

    def delete(self, recording_id: str) -> None:
        """Delete a recording for ever. Scope: storage.manage."""
        self._ask("DELETE", f"/v1/recordings/{quoted('recording_id', recording_id)}")


class Storage(Resource):
    """The routes of storage."""

    def set_tier(self, *, tier_gb: Literal[5, 10, 25, 50, 100, 250]) -> types.StorageTier:
        """Move to a tier. Scope: storage.manage."""
        body = given({"tier_gb": tier_gb})
        reply: types.StorageTier = self._ask("PUT", "/v1/storage/tier", body=body)
        return reply

    def tier(self) -> types.StorageTier:
        """Read the tier, what the recordings weigh, and what every tier costs. Scope:
        recordings.read.
        """
        reply: types.StorageTier = self._ask("GET", "/v1/storage/tier")
        return reply


class Topups(Resource):
    """The routes of topups."""

    def create(
        self,
        *,
        amount_minor: int,
        currency: str,
        phone_e164: str,
        provider: Literal["mpesa"] | None = None,
        idempotency_key: str | None = None,
    ) -> types.TopUp:
        """Ask a phone to pay in. Scope: wallet.topup."""
        body = given(
            {
                "provider": provider,
                "amount_minor": amount_minor,
                "currency": currency,
                "phone_e164": phone_e164,
            },
        )
        reply: types.TopUp = self._ask("POST", "/v1/topups", body=body, key=idempotency_key or True)
        return reply

    def get(self, topup_id: str) -> types.TopUp:
        """How far a top-up has come. Scope: wallet.read."""
        reply: types.TopUp = self._ask("GET", f"/v1/topups/{quoted('topup_id', topup_id)}")
        return reply


class Uploads(Resource):
    """The routes of uploads."""

    def audio(self, *, file: bytes, idempotency_key: str | None = None) -> types.AudioUpload:
        """Keep a sound file with us and get the address that `play` plays it from. Scope:
        numbers.claim.
        """
        body = given({"file": file})
        reply: types.AudioUpload = self._ask(
            "POST",
            "/v1/uploads/audio",
            form=body,
            key=idempotency_key or True,
        )
        return reply


class Voice(Resource):
    """The routes of voice."""

    def rehearse(
        self,
        *,
        document: Mapping[str, Any] | str,
        documents: Mapping[str, Any] | None = None,
        inputs: Sequence[types.RehearsedInput] | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        url: str | None = None,
        fallback_url: str | None = None,
        pauses: bool | None = None,
        to: str | None = None,
        from_: str | None = None,
    ) -> types.Rehearsal:
        """Rehearse a voice document with a scripted caller. Scope: calls.write."""
        body = given(
            {
                "document": document,
                "documents": documents,
                "inputs": inputs,
                "direction": direction,
                "url": url,
                "fallback_url": fallback_url,
                "pauses": pauses,
                "to": to,
                "from": from_,
            },
        )
        reply: types.Rehearsal = self._ask("POST", "/v1/voice/rehearse", body=body)
        return reply

    def set_sound_hosts(self, *, hosts: Sequence[str]) -> types.SoundHosts:
        """Set the servers that sounds may come from. Scope: numbers.route."""
        body = given({"hosts": hosts})
        reply: types.SoundHosts = self._ask("PUT", "/v1/voice/sound-hosts", body=body)
        return reply

    def sound_hosts(self) -> types.SoundHosts:
        """Read which servers sounds may come from. Scope: numbers.read."""
        reply: types.SoundHosts = self._ask("GET", "/v1/voice/sound-hosts")
        return reply

    def validate(self, document: types.VoiceDocument | Mapping[str, Any]) -> types.VoiceVerdict:
        """Judge a voice document without calling anybody. Scope: calls.write."""
        reply: types.VoiceVerdict = self._ask("POST", "/v1/voice/validate", body=document)
        return reply


class Wallet(Resource):
    """The routes of wallet."""

    def balance(self) -> types.Balance:
        """The money of the workspace. Scope: wallet.read."""
        reply: types.Balance = self._ask("GET", "/v1/wallet/balance")
        return reply

    def limits(self) -> types.Limits:
        """Read the limits, what today has taken of them, and the destinations that are open.
        Scope: wallet.read.
        """
        reply: types.Limits = self._ask("GET", "/v1/wallet/limits")
        return reply

    def set_limits(
        self,
        *,
        day_minor: int | None | Unset = UNSET,
        call_minor: int | None | Unset = UNSET,
        minute_minor: int | None | Unset = UNSET,
    ) -> types.Limits:
        """Set the limits of the whole workspace. Scope: api_keys.manage."""
        body = given(
            {},
            {"day_minor": day_minor, "call_minor": call_minor, "minute_minor": minute_minor},
        )
        reply: types.Limits = self._ask("PUT", "/v1/wallet/limits", body=body)
        return reply

    def set_threshold(self, *, threshold_minor: int) -> types.Balance:
        """The balance below which `wallet.low_balance` is sent. Scope: wallet.topup."""
        body = given({"threshold_minor": threshold_minor})
        reply: types.Balance = self._ask("PATCH", "/v1/wallet/threshold", body=body)
        return reply

    def statements(
        self,
        *,
        kind: str | None = None,
        from_: str | datetime | None = None,
        to: str | datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.StatementRow, types.StatementRowPage]:
        """Every movement of the wallet, newest first, with the balance after it. Scope:
        wallet.read.
        """
        query = given({"kind": kind, "from": from_, "to": to, "limit": limit, "cursor": cursor})
        return self._pages("/v1/wallet/statements", query, "data", "cursor")


class Webhooks(Resource):
    """The routes of webhooks."""

    def create(
        self,
        *,
        url: str,
        events: Sequence[str] | None = None,
        description: str | None = None,
        ordered: bool | None = None,
        idempotency_key: str | None = None,
    ) -> types.WebhookEndpointWithSecret:
        """Create an endpoint. Scope: webhooks.manage."""
        body = given({"url": url, "events": events, "description": description, "ordered": ordered})
        reply: types.WebhookEndpointWithSecret = self._ask(
            "POST",
            "/v1/webhooks",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def delete(self, endpoint_id: str) -> None:
        """Remove an endpoint. Scope: webhooks.manage."""
        self._ask("DELETE", f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}")

    def deliveries(
        self,
        endpoint_id: str,
        *,
        status: Literal["dead_letter", "delivered", "pending", "retrying"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.Delivery, types.DeliveryPage]:
        """List what was sent to an endpoint, newest first. Scope: webhooks.read."""
        query = given({"status": status, "limit": limit, "cursor": cursor})
        return self._pages(
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/deliveries",
            query,
            "data",
            "cursor",
        )

    def delivery(self, endpoint_id: str, delivery_id: str) -> types.DeliveryWithAttempts:
        """One delivery with every attempt. Scope: webhooks.read."""
        reply: types.DeliveryWithAttempts = self._ask(
            "GET",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/deliveries/{quoted('delivery_id', delivery_id)}",
        )
        return reply

    def get(self, endpoint_id: str) -> types.WebhookEndpoint:
        """Read one endpoint. Scope: webhooks.read."""
        reply: types.WebhookEndpoint = self._ask(
            "GET",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}",
        )
        return reply

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[types.WebhookEndpoint, types.WebhookEndpointPage]:
        """List the endpoints, newest first. Scope: webhooks.read."""
        query = given({"limit": limit, "cursor": cursor})
        return self._pages("/v1/webhooks", query, "data", "cursor")

    def replay(
        self,
        endpoint_id: str,
        *,
        from_: str | datetime,
        to: str | datetime,
        idempotency_key: str | None = None,
    ) -> types.Replay:
        """Send every subscribed event of a range of time again, whether it was delivered or
        not. Scope: webhooks.manage.
        """
        body = given({"from": from_, "to": to})
        reply: types.Replay = self._ask(
            "POST",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/replay",
            body=body,
            key=idempotency_key or True,
        )
        return reply

    def retry_delivery(
        self,
        endpoint_id: str,
        delivery_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.Delivery:
        """Try a dead or waiting delivery again now. Scope: webhooks.manage."""
        reply: types.Delivery = self._ask(
            "POST",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/deliveries/{quoted('delivery_id', delivery_id)}/retry",
            key=idempotency_key or True,
        )
        return reply

    def rotate_secret(
        self,
        endpoint_id: str,
        *,
        idempotency_key: str | None = None,
    ) -> types.WebhookEndpointWithSecret:
        """Give the endpoint a new secret, shown once. Scope: webhooks.manage."""
        reply: types.WebhookEndpointWithSecret = self._ask(
            "POST",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/rotate-secret",
            key=idempotency_key or True,
        )
        return reply

    def test(self, endpoint_id: str, *, idempotency_key: str | None = None) -> types.TestSent:
        """Send a `webhook.test` event to one endpoint. Scope: webhooks.manage."""
        reply: types.TestSent = self._ask(
            "POST",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}/test",
            key=idempotency_key or True,
        )
        return reply

    def update(
        self,
        endpoint_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        ordered: bool | None = None,
        paused: bool | None = None,
    ) -> types.WebhookEndpoint:
        """Change an endpoint, pause it or set it going again. Scope: webhooks.manage."""
        body = given(
            {
                "url": url,
                "events": events,
                "description": description,
                "ordered": ordered,
                "paused": paused,
            },
        )
        reply: types.WebhookEndpoint = self._ask(
            "PATCH",
            f"/v1/webhooks/{quoted('endpoint_id', endpoint_id)}",
            body=body,
        )
        return reply


class Webrtc(Resource):
    """The routes of webrtc."""

    def mint_token(
        self,
        *,
        client_name: str | None = None,
        role: str | None = None,
        tenant_number_id: str | None | Unset = UNSET,
        phone_number: str | None = None,
    ) -> types.WebrtcToken:
        """Make a token for one browser session. Scope: webrtc.token."""
        body = given(
            {"client_name": client_name, "role": role, "phone_number": phone_number},
            {"tenant_number_id": tenant_number_id},
        )
        reply: types.WebrtcToken = self._ask("POST", "/v1/webrtc/token", body=body)
        return reply


class Workspace(Resource):
    """The routes of workspace."""

    def get(self) -> types.Workspace:
        """Read the workspace."""
        reply: types.Workspace = self._ask("GET", "/v1/workspace")
        return reply

    def rotate_signing_secret(self, *, idempotency_key: str | None = None) -> types.SigningSecret:
        """Replace the secret that signs voice callbacks and per-call targets. Scope:
        api_keys.manage.
        """
        reply: types.SigningSecret = self._ask(
            "POST",
            "/v1/workspace/rotate-signing-secret",
            key=idempotency_key or True,
        )
        return reply

    def update(self, *, name: str) -> types.Workspace:
        """Rename the workspace. Scope: members.manage."""
        body = given({"name": name})
        reply: types.Workspace = self._ask("PATCH", "/v1/workspace", body=body)
        return reply


class Resources:
    """Every noun of the API."""

    alert_subscribers: AlertSubscribers
    api_keys: ApiKeys
    audit: Audit
    calls: Calls
    conferences: Conferences
    do_not_call: DoNotCall
    events: Events
    invitations: Invitations
    members: Members
    numbers: Numbers
    pricing: Pricing
    recordings: Recordings
    storage: Storage
    topups: Topups
    uploads: Uploads
    voice: Voice
    wallet: Wallet
    webhooks: Webhooks
    webrtc: Webrtc
    workspace: Workspace
