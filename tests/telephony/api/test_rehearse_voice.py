"""POST /v1/voice/rehearse: a document and a script in, what would happen and what it costs out."""

import functools
import json

import jsonschema
import pytest

from docs import document
from kernel.events import Event
from tests import world
from tests.world import code_of
from wallet.models import Posting

pytestmark = pytest.mark.django_db
PATH = "/v1/voice/rehearse"
MENU = {
    "actions": [
        {
            "getDigits": {
                "numDigits": 1,
                "action": "/choice",
                "nested": [{"say": {"text": "Press 1 to talk to us."}}],
            }
        }
    ]
}
CHOICE = "<Response><Dial action='/done'>+254712345678</Dial></Response>"


@functools.cache
def shape():
    made = json.loads(json.dumps(document.document()))
    for each in made["components"]["schemas"].values():
        if "properties" in each:
            each["additionalProperties"] = False
    reply = made["paths"][PATH]["post"]["responses"]["200"]
    return {**reply["content"]["application/json"]["schema"], "components": made["components"]}


def rehearse(body, where=None):
    answer = world.api(where or world.acme()).post(PATH, body)
    assert answer.status_code == 200, answer.content
    jsonschema.validate(answer.json(), shape())
    return answer.json()


def test_a_menu_is_rehearsed_with_its_price():
    acme = world.acme()
    world.claim(acme)
    before = (Posting.objects.count(), Event.objects.count())
    told = rehearse(
        {
            **MENU,
            "documents": {"/choice": CHOICE, "/voice": {"actions": []}},
            "inputs": [
                {"kind": "digits", "digits": "1"},
                {"kind": "dialled", "status": "answered", "seconds": 60},
                {"kind": "hangup"},
            ],
            "from": world.FIRST_NUMBER,
            "to": "+254712345678",
        },
        acme,
    )
    assert told["outcome"] == "needs_document"
    assert told["needs"]["fields"]["dialCallStatus"] == "completed"
    own, dialled = told["cost"]["lines"]
    assert (own["seconds"], own["rate_per_minute_minor"]) == (told["connected_seconds"], 300)
    assert (dialled["seconds"], dialled["cost_minor"]) == (60, 300)
    assert told["cost"]["cost_minor"] == own["cost_minor"] + 300
    assert (Posting.objects.count(), Event.objects.count()) == before


def test_an_inbound_call_costs_what_it_dials():
    told = rehearse(
        {
            "document": "<Response><Dial action='/done'>+254712345678</Dial></Response>",
            "documents": {"/done": "<Response/>"},
            "inputs": [{"kind": "dialled", "seconds": 47}],
            "direction": "inbound",
            "to": world.FIRST_NUMBER,
        }
    )
    assert (told["outcome"], told["connected_seconds"]) == ("completed", 47)
    assert [line["cost_minor"] for line in told["cost"]["lines"]] == [0, 235]
    assert told["cost"]["vat_minor"] == 32


def test_a_destination_without_a_price_is_named_and_not_charged():
    told = rehearse({"document": {"actions": []}, "to": "+881612345678"})
    (line,) = told["cost"]["lines"]
    assert (line["refused"], line["cost_minor"]) == ("calls.destination_denied", 0)


@pytest.mark.parametrize(
    "raw", ['{"actions": [{"say": {"text": "Hi"}}]}', "<Response><Say>Hi</Say></Response>"]
)
def test_the_body_may_be_the_document_alone(raw):
    told = rehearse(raw)
    assert told["documents"][0]["valid"] is True
    assert told["cost"] is None
    assert told["steps"][2]["says"] == "The caller hears: “Hi”"


def test_a_mistake_is_named_and_heard_as_in_a_call():
    told = rehearse({"actions": [{"say": {"txt": "Hi"}}]})
    (fault,) = told["documents"][0]["errors"]
    assert fault["mend"] == 'Did you mean "text"?'
    assert told["failure_code"] == "voice_document_invalid"


def test_a_rehearsal_that_pauses_says_what_it_waits_for():
    told = rehearse({**MENU, "pauses": True})
    assert told["waiting_for"]["kind"] == "digits"
    assert told["ended_by"] is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "document"),
        ({"document": None}, "document"),
        ({"document": "<Response/>", "actions": []}, "document"),
        ({"actions": [], "inputs": [{"kind": "sings"}]}, "inputs[0].kind"),
        ({"actions": [], "inputs": [{"kind": "digits", "digits": "x"}]}, "inputs[0].digits"),
        ({"actions": [], "to": "0712345678"}, "to"),
        ({"actions": [], "url": "nowhere"}, "url"),
        ({"document": "x" * 70_000}, "document"),
        ({"actions": [], "documents": {f"/{at}": None for at in range(51)}}, "documents"),
        ({"actions": [], "inputs": [{"kind": "silence"}] * 201}, "inputs"),
    ],
)
def test_what_cannot_be_rehearsed_is_named(body, path):
    answer = world.api(world.acme()).post(PATH, body)
    assert code_of(answer) == "validation.bad_request"
    assert answer.json()["error"]["fields"][0]["path"] == path


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('"\\ud800"', id="half a letter"),
        pytest.param("[" * 3000 + "]" * 3000, id="deep"),
        pytest.param("12", id="number"),
        pytest.param('{"actions": [{"say": {"text": "\\ud800"}}]}', id="half a letter said"),
    ],
)
def test_no_document_breaks_the_door(value):
    answer = world.api(world.acme()).post(PATH, f'{{"document": {value}}}')
    assert answer.status_code in (200, 400), answer.content


def test_it_needs_the_scope_that_places_calls():
    answer = world.api(world.acme(), scopes=["calls.read"]).post(PATH, {"actions": []})
    assert answer.status_code == 403
