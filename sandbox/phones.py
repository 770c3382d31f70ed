"""The handsets' HTTP and WebSocket doors: what a phone shows, and what its owner does."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.carrier.calls import Call, recording_path
from sandbox.carrier.carrier import Carrier
from sandbox.daraja.paybill import PaymentError
from sandbox.daraja.pushes import Pushes
from sandbox.sound import Sound

MESSAGE_BYTES_MAX = 32 * 1024
HEARTBEAT_SECONDS = 20.0
# The browser phone asks for it by name; other programs need not.
PROTOCOL = "sautikit.webrtc.v1"

# JSON from a page: any shape until it is read.
Action = dict[str, Any]


class ActionError(ValueError):
    """The phone cannot do this now; the text says why."""


class Phones:
    """Show each phone's screen and carry out what its owner does."""

    def __init__(self) -> None:
        self.pushes: Pushes
        self.carrier: Carrier
        self.pages: dict[str, set[Page]] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """List the doors."""
        return [
            web.get(r"/phones/{e164:\+254\d{9}}", self.show),
            web.post(r"/phones/{e164:\+254\d{9}}/stk", self.answer_prompt),
            web.post(r"/phones/{e164:\+254\d{9}}/call", self.act_on_call),
            web.post(r"/phones/{e164:\+254\d{9}}/mpesa", self.set_balance),
            web.post(r"/phones/{e164:\+254\d{9}}/paybill", self.pay_bill),
            web.get(r"/phones/{e164:\+254\d{9}}/ws", self.connect_page),
            web.get(r"/phones/{e164:\+254\d{9}}/calls/{id:[0-9a-f]+}.wav", self.send_recording),
        ]

    def state(self, e164: str) -> dict[str, Any]:
        """Say what a phone shows."""
        call, last = self.carrier.call_of(e164), self.carrier.last_calls.get(e164)
        return {
            "e164": e164,
            "mpesa": {
                "balance_minor": self.pushes.accounts.balance_minor(e164),
                "prompt": self.pushes.prompt(e164),
                "paybill": self.pushes.paybill.shortcode,
                "messages": self.pushes.accounts.messages(e164),
            },
            "call": call_state(call) if call else None,
            "last_call": last.id if last and last.state == "ended" else None,
            "sip_phone": self.carrier.registrar.contact(e164) is not None,
        }

    def changed(self, e164: str) -> None:
        """Tell every open page of a phone what it shows now."""
        call = self.carrier.call_of(e164)
        for page in self.pages.get(e164, set()):
            page.show(self.state(e164))
            page.sound.follow(call)

    async def show(self, request: web.Request) -> web.Response:
        """Answer what a phone shows."""
        return web.json_response(self.state(request.match_info["e164"]))

    async def answer_prompt(self, request: web.Request) -> web.Response:
        """Enter a PIN, cancel or ignore."""
        return await self._do(request, self.answer_stk)

    async def act_on_call(self, request: web.Request) -> web.Response:
        """Answer, reject, hang up, press keys, sing or dial."""
        return await self._do(request, self.call_action)

    async def set_balance(self, request: web.Request) -> web.Response:
        """Give the phone another M-Pesa balance."""
        return await self._do(request, self.change_balance)

    async def pay_bill(self, request: web.Request) -> web.Response:
        """Lipa na M-PESA, Pay Bill: business number, account number, amount, PIN."""
        e164 = request.match_info["e164"]
        try:
            asked = json.loads(await request.text())
            await self.pushes.paybill.pay(e164, dict(asked))
        except PaymentError as refused:
            return web.json_response({"error": str(refused)}, status=409)
        except (ValueError, TypeError):
            return web.json_response({"error": "Send a JSON object."}, status=400)
        return web.json_response(self.state(e164))

    async def send_recording(self, request: web.Request) -> web.StreamResponse:
        """Send what a handset heard and said."""
        e164, call_id = request.match_info["e164"], request.match_info["id"]
        path = recording_path(self.carrier.recordings, e164, call_id)
        last = self.carrier.last_calls.get(e164)
        if last is not None and last.id == call_id and last.recorder is not None:
            await last.recorder.wait()
        if not path.is_file():
            return web.json_response({"error": "There is no such recording."}, status=404)
        return web.FileResponse(path, headers={"Content-Type": "audio/wav"})

    async def connect_page(self, request: web.Request) -> web.StreamResponse:
        """Keep a page in step with its phone until it leaves."""
        e164 = request.match_info["e164"]
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, max_msg_size=MESSAGE_BYTES_MAX, protocols=(PROTOCOL,)
        )
        page = Page(socket, e164, self.carrier)
        await page.socket.prepare(request)
        self.pages.setdefault(e164, set()).add(page)
        try:
            page.show(self.state(e164))
            page.sound.follow(self.carrier.call_of(e164))
            await self._read_page(e164, page)
        finally:
            self.pages[e164].discard(page)
            await page.close()
        return page.socket

    def answer_stk(self, e164: str, action: Action) -> None:
        """Answer the prompt on the screen."""
        told = str(action.get("action"))
        if told not in ("pin", "cancel", "ignore"):
            raise ActionError("The action is pin, cancel or ignore.")
        prompt = self.pushes.prompt(e164)
        push_id = str(action.get("id") or (prompt or {}).get("id") or "")
        row = self.pushes.find(push_id)
        is_here = row is not None and row["e164"] == e164
        if not is_here or not self.pushes.answer(push_id, told, str(action.get("pin") or "")):
            raise ActionError("This phone shows no such prompt.")

    def call_action(self, e164: str, action: Action) -> None:
        """Do one thing with the call, or dial."""
        told = str(action.get("action"))
        if told == "dial":
            if self.carrier.dial(e164, str(action.get("to") or "")) is None:
                raise ActionError("This phone is in a call, or the number does not exist.")
            return
        call = self.carrier.call_of(e164)
        if call is None:
            raise ActionError("This phone is in no call.")
        act(call, told, action)

    def change_balance(self, e164: str, action: Action) -> None:
        """Set the M-Pesa balance, for a developer who wants a poor phone."""
        balance_minor = action.get("balance_minor")
        if type(balance_minor) is not int or balance_minor < 0:
            raise ActionError("Send balance_minor, a whole number of cents.")
        self.pushes.accounts.set_balance(e164, balance_minor)
        self.changed(e164)

    async def _do(self, request: web.Request, verb: Any) -> web.Response:  # Any: one of ours above.
        e164 = request.match_info["e164"]
        try:
            action = json.loads(await request.text())
            if not isinstance(action, dict):
                raise ActionError("Send a JSON object.")
            verb(e164, action)
        except ActionError as refused:
            return web.json_response({"error": str(refused)}, status=409)
        except ValueError:
            return web.json_response({"error": "Send JSON."}, status=400)
        return web.json_response(self.state(e164))

    async def _read_page(self, e164: str, page: "Page") -> None:
        async for message in page.socket:
            if message.type == WSMsgType.TEXT:
                self._act_for_page(e164, page, message.data)

    def _act_for_page(self, e164: str, page: "Page", text: str) -> None:
        try:
            action = json.loads(text)
            if "type" in action:
                page.sound.obey(action)
                return
            verb = self.answer_stk if action.get("kind") == "stk" else self.call_action
            verb(e164, action)
        except (ValueError, AttributeError, LookupError, TypeError) as refused:
            said = str(refused) if isinstance(refused, ActionError) else "Send a JSON object."
            page.show({"error": said})


class Page:
    """One open page: a queue out, so that a slow browser delays nobody."""

    def __init__(self, socket: web.WebSocketResponse, e164: str, carrier: Carrier) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        self.sound = Sound(e164, carrier, self.show)
        self.writer = asyncio.get_running_loop().create_task(self._write())

    def show(self, state: dict[str, Any]) -> None:
        """Send one JSON message."""
        self.queue.put_nowait(json.dumps(state))

    async def close(self) -> None:
        """Stop listening and writing."""
        self.sound.close()
        self.writer.cancel()
        await self.socket.close()

    async def _write(self) -> None:
        while True:
            await self.socket.send_str(await self.queue.get())


def act(call: Call, told: str, action: Action) -> None:
    """Carry out one of the actions of a phone in a call."""
    if told == "hangup" or (told == "reject" and call.direction == "out"):
        call.hang_up() if call.state == "up" or call.direction == "out" else reject(call)
    elif told == "reject":
        reject(call)
    elif told == "answer":
        call.answer()
    elif call.state != "up":
        raise ActionError("The call is not up yet.")
    elif told == "digits":
        call.press(str(action.get("digits") or ""))
    elif told == "tone":
        call.sing(float(action.get("hz") or 440), float(action.get("seconds") or 1))
    else:
        raise ActionError("The action is answer, reject, hangup, digits, tone or dial.")


def reject(call: Call) -> None:
    """Press the red button."""
    if call.state == "ringing":
        call.refuse(603, "Decline")
    else:
        call.hang_up()


def call_state(call: Call) -> dict[str, Any]:
    """Say a call in the words of the phone's API."""
    return {
        "id": call.id,
        "state": call.state,
        "from": call.peer if call.direction == "in" else call.handset,
        "to": call.handset if call.direction == "in" else call.peer,
        "direction": call.direction,
        "since": call.since.isoformat(timespec="milliseconds"),
        "digits": "".join(call.pressed),
    }
