"""The sandbox's pages, with and without scripts, in front of a real sandbox process."""

import asyncio
import json
import re
import uuid

import httpx
import pytest
from django.test import Client

from sandbox import trap_words
from sandbox.daraja.traps import defaults
from sandbox.relay import handset_socket
from tests.sandbox.peers import Media, Sandbox, Sipp, run, wait_for
from tests.sandbox.test_keep_mail import send
from tests.sandbox.test_push_payment import Till, callbacks, result_of

__all__ = ["callbacks"]

_last_phone = 254720000000


@pytest.fixture
def phone() -> str:
    global _last_phone
    _last_phone += 1
    return f"+{_last_phone}"


@pytest.fixture
def page(settings, sandbox: Sandbox, db) -> Client:
    settings.SANDBOX_URL = sandbox.url
    return Client(enforce_csrf_checks=True)


def press(page: Client, path: str, button: str) -> httpx.Response:
    """Press a button of a form on the page, as a browser without scripts does."""
    html = page.get(path).content.decode()
    form = next(part for part in html.split("<form")[1:] if button in part.split("</form>")[0])
    form = form.split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'name="([^"]+)" value="([^"]+)"', button))
    return fields


def submit(page: Client, path: str, button: str, **typed: str):
    return page.post(path, {**press(page, path, button), **typed})


def test_the_home_page_says_what_is_simulated(page: Client) -> None:
    html = page.get("/sandbox/").content.decode()
    assert "SANDBOX" in html
    assert "+254711000009" in html
    assert 'href="/sandbox/phone/+254712345678"' in html


@pytest.mark.parametrize("typed", ["0712 345 678", "+254712345678", "254712345678", "712345678"])
def test_a_typed_number_leads_to_its_phone(page: Client, typed: str) -> None:
    assert page.get("/sandbox/", {"phone": typed}).url == "/sandbox/phone/+254712345678"


def test_a_number_that_is_no_phone_is_refused_in_words(page: Client) -> None:
    assert page.get("/sandbox/", {"phone": "0203 3"}).url == "/sandbox/"
    assert "looks like 0712 345 678" in page.get("/sandbox/").content.decode()
    assert page.get("/sandbox/phone/+254203000000").status_code == 404


def test_a_mail_has_a_link_to_click(page: Client, sandbox: Sandbox) -> None:
    to = f"{uuid.uuid4().hex}@example.com"
    send(sandbox, to)
    listed = page.get("/sandbox/mail", {"to": to}).content.decode()
    (address,) = set(re.findall(r'href="(/sandbox/mail/\d+)"', listed))
    opened = page.get(address).content.decode()
    assert 'href="http://127.0.0.1:8000/auth/link/abc"' in opened
    assert "123456" in opened
    assert page.get("/sandbox/mail/99999999").status_code == 404


def test_a_prompt_is_paid_without_scripts(
    page: Client, daraja: Sandbox, callbacks, phone: str
) -> None:
    Till(daraja, callbacks.url).push(phone, 1500)
    path = f"/sandbox/phone/{phone}"
    html = page.get(path).content.decode()
    assert "Do you want to pay Ksh1500.00 to SAUTIKIT, account no. TS-48219038?" in html
    assert submit(page, path, 'name="action" value="pin"', pin="1234").url == path
    assert result_of(callbacks.wait()[0])["ResultCode"] == 0
    assert "Confirmed. Ksh1,500.00 sent to SAUTIKIT" in page.get(path).content.decode()


def test_a_prompt_is_cancelled_without_scripts(
    page: Client, daraja: Sandbox, callbacks, phone: str
) -> None:
    Till(daraja, callbacks.url).push(phone, 1500)
    submit(page, f"/sandbox/phone/{phone}", 'name="action" value="cancel"')
    assert result_of(callbacks.wait()[0])["ResultCode"] == 1032


def test_a_call_is_answered_keyed_and_hung_up_without_scripts(
    page: Client, sandbox: Sandbox, sipp: Sipp, phone: str
) -> None:
    media = Media()
    process = sipp.start(phone, "100? 180 200 ack200 answer_bye", media)
    sandbox.wait_call(phone, "ringing")
    path = f"/sandbox/phone/{phone}"
    assert "Incoming call" in page.get(path).content.decode()
    submit(page, path, 'name="action" value="answer"')
    wait_for(lambda: media.audio)
    submit(page, path, 'name="digits" value="5"')
    wait_for(lambda: {event for event, *_ in media.keys} == {5})
    submit(page, path, 'name="action" value="hangup"')
    sipp.finish(process)
    html = page.get(path).content.decode()
    (recording,) = re.findall(r'href="(/sandbox/api/phones/[^"]+\.wav)"', html)
    reply = page.get(recording)
    assert (reply["Content-Type"], reply.content[:4]) == ("audio/wav", b"RIFF")
    media.close()


def test_a_form_without_its_token_is_refused(page: Client, phone: str) -> None:
    assert page.post(f"/sandbox/phone/{phone}", {"action": "answer"}).status_code == 403


def test_an_action_that_is_too_late_says_so(page: Client, phone: str) -> None:
    path = f"/sandbox/phone/{phone}"
    fields = press(page, path, 'name="to"')
    page.post(path, {**fields, "action": "hangup"})
    assert "in no call" in page.get(path).content.decode()


def test_the_api_is_forwarded_and_nothing_else(page: Client, phone: str) -> None:
    assert page.get(f"/sandbox/api/phones/{phone}").json()["e164"] == phone
    assert page.get("/sandbox/api/mail?to=nobody@example.com").json() == {"messages": []}
    body = json.dumps({"phone": phone, "traps": {"auto": "pin"}})
    put = page.put("/sandbox/api/daraja/traps", body, content_type="application/json")
    assert put.json()["traps"][phone]["auto"] == "pin"
    late = page.post(f"/sandbox/api/phones/{phone}/call", '{"action": "hangup"}', "text/plain")
    assert late.status_code == 409
    for path in ("oauth/v1/generate", "mpesa/stkpush/v1/processrequest", "phones/../mail", ""):
        assert page.get(f"/sandbox/api/{path}").status_code == 404


def test_a_page_of_another_site_may_not_act(page: Client, phone: str) -> None:
    address = f"/sandbox/api/phones/{phone}/call"
    stranger = page.post(address, "{}", "text/plain", headers={"origin": "https://evil.example"})
    assert stranger.status_code == 403


def test_without_its_process_the_pages_say_so(page: Client, settings, free_port) -> None:
    settings.SANDBOX_URL = f"http://127.0.0.1:{free_port()}"
    assert page.get("/sandbox/mail").status_code == 503
    assert page.get("/sandbox/api/mail").json() == {"error": "The sandbox is not running."}


class Browser:
    """The browser's end of a WebSocket, in ASGI's words."""

    def __init__(self, path: str, origin: str) -> None:
        headers = [(b"origin", origin.encode())]
        self.scope = {"type": "websocket", "path": path, "headers": headers}
        self.sent: asyncio.Queue = asyncio.Queue()
        self.got: asyncio.Queue = asyncio.Queue()
        self.sent.put_nowait({"type": "websocket.connect"})

    async def talk(self, *, says: str = "") -> list[dict]:
        """Connect, hear the first state, say one thing, hear its answer, and leave."""
        task = asyncio.create_task(handset_socket(self.scope, self.sent.get, self.got.put))
        heard = [await asyncio.wait_for(self.got.get(), 5)]
        if heard[0]["type"] == "websocket.accept":
            heard.append(await asyncio.wait_for(self.got.get(), 5))
            await self.sent.put({"type": "websocket.receive", "text": says})
            heard.append(await asyncio.wait_for(self.got.get(), 5))
            await self.sent.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(task, 5)
        return heard


def test_the_socket_is_piped_to_the_handset(page: Client, settings, phone: str) -> None:
    browser = Browser(f"/sandbox/phone/{phone}/ws", settings.PUBLIC_URL)
    _, state, refusal = run(browser.talk(says='{"action": "answer"}'))
    assert json.loads(state["text"])["e164"] == phone
    assert json.loads(refusal["text"]) == {"error": "This phone is in no call."}


def test_the_socket_is_for_our_own_page_only(page: Client, settings, phone: str) -> None:
    path = f"/sandbox/phone/{phone}/ws"
    closed = {"type": "websocket.close", "code": 1008}
    assert run(Browser(path, "https://evil.example").talk()) == [closed]
    assert run(Browser("/sandbox/phone/x/ws", settings.PUBLIC_URL).talk()) == [closed]
    settings.SANDBOX = False
    assert run(Browser(path, settings.PUBLIC_URL).talk()) == [closed]


def test_every_trap_has_a_sentence_and_a_place_on_the_page(page: Client) -> None:
    html = page.get("/sandbox/mpesa").content.decode()
    listed = [name for _, names in trap_words.GROUPS for name in names]
    assert sorted(listed) == sorted(trap_words.SENTENCES) == sorted(defaults())
    assert all(f'name="{name}"' in html for name in listed)
    home = page.get("/sandbox/").content.decode()
    assert "The callback is never sent." in home


def test_traps_are_set_and_removed_on_the_page_for_one_phone(page: Client, sandbox, phone) -> None:
    path = f"/sandbox/mpesa?phone={phone.replace('+', '%2B')}"
    typed = {"lose_callback": "on", "duplicate": "3", "push_error": "busy", "alter_amount": "-5"}
    submit(page, path, "Set these traps", **typed)
    kept = sandbox.http.get("/daraja/traps").json()["traps"][phone]
    assert (kept["lose_callback"], kept["duplicate"], kept["push_error"]) == (True, 3, "busy")
    assert kept["alter_amount"] == -5
    assert 'value="busy" selected' in page.get(path).content.decode()
    submit(page, path, "Set these traps", duplicate="many")
    assert sandbox.http.get("/daraja/traps").json()["traps"][phone]["duplicate"] == 3
    submit(page, path, "Set these traps", clear="1")
    assert phone not in sandbox.http.get("/daraja/traps").json()["traps"]
