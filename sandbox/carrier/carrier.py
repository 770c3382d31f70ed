"""The exchange: who is called, how the two sides are joined, and which calls are up."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from sandbox.carrier.behaviours import STORIES
from sandbox.carrier.calls import Call
from sandbox.carrier.clock import MediaClock
from sandbox.carrier.registrar import Contact, Registrar, is_handset
from sandbox.carrier.rtp import Stream
from sandbox.carrier.sdp import Audio, SdpError, read_audio, write_audio
from sandbox.carrier.sip import Invitation, Leg, SipThread
from sandbox.config import Config

OUR_NUMBERS = "+25420"
STOP_SECONDS = 0.3


class Carrier:
    """Route calls between our trunk, the fixed numbers, web handsets and SIP phones."""

    def __init__(self, config: Config, changed: Callable[[str], None]) -> None:
        self.config = config
        self.changed = changed
        self.recordings: Path = config.folder / "calls"
        self.registrar = Registrar(config.trunk_users, takes_handsets=config.everything)
        self.clock = MediaClock()
        self.calls: set[Call] = set()
        self.handset_calls: dict[str, Call] = {}
        self.last_calls: dict[str, Call] = {}
        self.jobs: set[asyncio.Task[Any]] = set()  # Any: nobody reads what a story returns.
        self.sip: SipThread | None = None

    async def listen(self) -> None:
        """Open the SIP port and start the media clock."""
        self.sip = SipThread(
            host=self.config.host,
            port=self.config.sip_port,
            registrar=self.registrar,
            on_invite=self.invited,
        )
        await self.sip.listen()
        self.clock.start()

    async def stop(self) -> None:
        """Hang up everything and close."""
        for call in list(self.calls):
            call.hang_up()
        await asyncio.sleep(STOP_SECONDS)
        for job in self.jobs:
            job.cancel()
        self.clock.stop()
        if self.sip is not None:
            self.sip.stop()

    def call_of(self, e164: str) -> Call | None:
        """Return the call that a web handset is in."""
        return self.handset_calls.get(e164)

    def invited(self, leg: Leg, invitation: Invitation) -> None:
        """Route one incoming INVITE."""
        try:
            offer = read_audio(invitation.sdp)
        except SdpError:
            leg.refuse(488, "Not Acceptable Here")
            return
        called = full_number(invitation.called)
        is_from_trunk = invitation.user in self.config.trunk_users
        caller = full_number(invitation.caller) if is_from_trunk else f"+{invitation.user}"
        if called in STORIES:
            self.tell_story(leg, offer, caller, called)
        elif not self.config.everything:
            leg.refuse(404, "Not Found")
        elif is_handset(called):
            self.ring_handset(leg, offer, caller, called)
        elif not is_from_trunk and called.startswith(OUR_NUMBERS):
            self.dial_out_for_phone(leg, offer, caller, called)
        else:
            leg.refuse(404, "Not Found")

    def tell_story(self, leg: Leg, offer: Audio, caller: str, called: str) -> None:
        """Let a fixed number do what it always does."""
        call = self.new_call(leg, handset=called, peer=caller, direction="in")
        call.offer = offer
        self.spawn(STORIES[called](call))

    def ring_handset(self, leg: Leg, offer: Audio, caller: str, called: str) -> None:
        """Ring the registered phone of this number, else its page in the browser."""
        contact = self.registrar.contact(called)
        if contact is not None:
            self.ring_phone(leg, offer, caller, called, contact)
            return
        if called in self.handset_calls:
            leg.refuse(486, "Busy Here")
            return
        call = self.new_call(leg, handset=called, peer=caller, direction="in")
        call.offer = offer
        call.ring()
        self.occupy(call)

    def ring_phone(
        self, leg: Leg, offer: Audio, caller: str, called: str, contact: Contact
    ) -> None:
        """Call a registered phone and join it to the caller."""
        near = self.new_call(leg, handset=called, peer=caller, direction="in")
        near.offer = offer
        self.keep(near)
        far = self.place(
            handset=called,
            peer=caller,
            shown=caller,
            dialled=contact.user,
            to=(contact.host, contact.port),
        )
        self.spawn(join(near, far))

    def dial_out_for_phone(self, leg: Leg, offer: Audio, caller: str, called: str) -> None:
        """Carry a registered phone's call to our engine."""
        near = self.new_call(leg, handset=caller, peer=called, direction="in")
        near.offer = offer
        self.keep(near)
        self.spawn(join(near, self.call_engine(caller, called)))

    def dial(
        self, handset: str, to: str, named: Callable[[Call], None] = lambda _: None
    ) -> Call | None:
        """Let a web handset dial; None when it is in a call or the number leads nowhere.

        `named` learns of the call before the handset's pages do.
        """
        called = full_number(to)
        if handset in self.handset_calls or not called.startswith(OUR_NUMBERS):
            return None
        call = self.call_engine(handset, called)
        named(call)
        self.occupy(call)
        return call

    def call_engine(self, caller: str, called: str) -> Call:
        """Send an INVITE to our engine, as the telephone company does for its subscribers."""
        user, password = next(iter(self.config.trunk_users.items()), ("", ""))
        return self.place(
            handset=caller,
            peer=called,
            shown=caller,
            dialled=called,
            to=(self.config.host, self.config.engine_port),
            user=user,
            password=password,
        )

    def place(
        self,
        *,
        handset: str,
        peer: str,
        shown: str,
        dialled: str,
        to: tuple[str, int],
        user: str = "",
        password: str = "",
    ) -> Call:
        """Start an outgoing call."""
        assert self.sip is not None
        stream = Stream(self.config.host)
        sdp = write_audio(self.config.host, stream.port)
        leg = self.sip.place(
            caller=shown, called=dialled, sdp=sdp, to=to, user=user, password=password
        )
        return self.new_call(leg, handset=handset, peer=peer, direction="out", stream=stream)

    def new_call(
        self, leg: Leg, *, handset: str, peer: str, direction: str, stream: Stream | None = None
    ) -> Call:
        """Make a call that the exchange forgets when it ends."""
        call = Call(
            leg=leg,
            stream=stream or Stream(self.config.host),
            clock=self.clock,
            handset=handset,
            peer=peer,
            direction=direction,
            changed=self.call_changed,
        )
        self.calls.add(call)
        return call

    def occupy(self, call: Call) -> None:
        """Show a call on its handset."""
        self.handset_calls[call.handset] = call
        self.keep(call)
        self.changed(call.handset)

    def keep(self, call: Call) -> None:
        """Record a handset's call and remember it after its end."""
        call.record(self.recordings)
        self.last_calls[call.handset] = call

    def call_changed(self, call: Call) -> None:
        """Tell the handset's page, and keep the recording of a call that ended."""
        if call.state == "ended":
            self.calls.discard(call)
            if self.handset_calls.get(call.handset) is call:
                del self.handset_calls[call.handset]
            if call.recorder is not None:
                self.spawn(call.recorder.keep())
        self.changed(call.handset)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a story beside the others and keep it from being collected."""
        job = asyncio.get_running_loop().create_task(work)
        self.jobs.add(job)
        job.add_done_callback(self.jobs.discard)


async def join(near: Call, far: Call) -> None:
    """Join a caller (near) to the one it calls (far): ringing, answer, audio, keys and the end."""
    far.leg.on_ringing = near.ring
    answered = asyncio.create_task(far.up.wait())
    endings = [asyncio.create_task(call.ended.wait()) for call in (near, far)]
    await asyncio.wait([answered, *endings], return_when=asyncio.FIRST_COMPLETED)
    if far.state == "up" and near.state == "ringing":
        near.answer()
        connect(near, far)
        connect(far, near)
        await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
    if near.state == "ringing":
        near.refuse(far.end_code or 480, "Call Failed")
    near.hang_up()
    far.hang_up()
    for task in (answered, *endings):
        task.cancel()


def connect(mouth: Call, ear: Call) -> None:
    """Give what one call hears to the other."""
    listen, take_key = mouth.stream.heard, mouth.stream.pressed

    def pass_frame(frame: Any) -> None:  # Any: numpy's array, typed at both ends.
        listen(frame)
        ear.stream.feed(frame)

    def pass_key(digit: str) -> None:
        take_key(digit)
        ear.press(digit)

    mouth.stream.heard, mouth.stream.pressed = pass_frame, pass_key


def full_number(dialled: str) -> str:
    """Write a dialled number in full: 0712…, 254712… and +254712… are one phone."""
    digits = "".join(letter for letter in dialled if letter.isdigit())
    if dialled.startswith("0") and len(digits) == 10:
        return f"+254{digits[1:]}"
    return f"+{digits}"
