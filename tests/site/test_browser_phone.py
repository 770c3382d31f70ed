"""The WebSocket of browser phones: who gets in, and what strangers are told."""

import asyncio
import json

import pytest

from sautikit_site.browser_phone import phone_socket
from telephony import clients
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A browser's end of the WebSocket, in ASGI's words."""

    def __init__(self, *says, protocols=(clients.PROTOCOL,)):
        self.scope = {"type": "websocket", "path": "/v1/webrtc/socket", "subprotocols": protocols}
        self.events = [{"type": "websocket.connect"}]
        self.events += [{"type": "websocket.receive", "text": json.dumps(each)} for each in says]
        self.got = []

    def talk(self):
        async def receive():
            if self.events:
                return self.events.pop(0)
            return {"type": "websocket.disconnect", "code": 1001}

        async def send(message):
            self.got.append(message)

        asyncio.run(asyncio.wait_for(phone_socket(self.scope, receive, send), 20))
        return self.got


def codes(got):
    return [message.get("code") for message in got if message["type"] == "websocket.close"]


def test_another_protocol_is_not_served():
    assert codes(Page(protocols=()).talk()) == [1008]


@pytest.mark.parametrize(
    "hello", [{"type": "connect", "token": "guess"}, {"type": "call"}, {"type": "connect"}, ["x"]]
)
def test_without_a_living_token_the_page_is_told_so_and_cut(hello):
    accepted, told, _closed = got = Page(hello).talk()
    assert accepted == {"type": "websocket.accept", "subprotocol": clients.PROTOCOL}
    assert json.loads(told["text"])["code"] == "webrtc.token.invalid"
    assert codes(got) == [4401]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sw", "Tokeni hii hairuhusu kivinjari kuunganishwa."),
        ("en", "This token does not let a browser connect."),
        ("tlh", "This token does not let a browser connect."),
        (["sw"], "This token does not let a browser connect."),
    ],
)
def test_a_refusal_is_told_in_the_language_the_page_asks_for(language, words):
    got = Page({"type": "connect", "token": "guess", "language": language}).talk()
    assert json.loads(got[1]["text"])["message"] == words


def test_without_the_process_of_sound_the_page_shall_try_again(settings, tmp_path):
    settings.WEBRTC_SOCKET = str(tmp_path / "nobody.sock")
    grant = clients.issue_token(number=world.claim(world.acme()), name="alice")
    got = Page({"type": "connect", "token": grant["token"]}).talk()
    assert codes(got) == [1013]
