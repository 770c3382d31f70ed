import pytest

from tests import world

pytestmark = pytest.mark.django_db
PATH = "/v1/voice/validate"


def test_a_document_that_runs_is_valid():
    answer = world.api(world.acme()).post(PATH, {"actions": [{"say": {"text": "Habari."}}]})
    assert answer.status_code == 200
    assert answer.json() == {"valid": True, "errors": [], "warnings": []}


def test_a_mistake_is_an_answer_with_its_place_and_its_mend():
    answer = world.api(world.acme()).post(PATH, {"actions": [{"say": {"txt": "Hi"}}]})
    assert answer.status_code == 200
    (fault,) = answer.json()["errors"]
    assert answer.json()["valid"] is False
    assert (fault["where"], fault["mend"]) == ("actions[0].say", 'Did you mean "text"?')
    assert answer.json()["mended"] == '{"actions": [{"say": {"text": "Hi"}}]}'


def test_xml_is_judged_as_it_was_sent():
    api = world.api(world.acme())
    raw = '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>Café</Say><Sing/></Response>'
    answer = api.client.post(
        PATH, raw.encode("iso-8859-1"), content_type="application/xml", headers=api.headers
    )
    assert answer.json()["valid"] is True
    assert "<Sing>" in answer.json()["warnings"][0]["where"]


@pytest.mark.parametrize("raw", ["", "{", "<Response>", "hello", "[" * 40_000, "x" * 70_000])
def test_whatever_is_sent_gets_a_verdict(raw):
    answer = world.api(world.acme()).post(PATH, raw)
    assert answer.status_code == 200
    assert answer.json()["valid"] is False
    assert answer.json()["errors"][0]["mend"]


def test_it_needs_the_scope_that_places_calls():
    api = world.api(world.acme(), scopes=["calls.read"])
    answer = api.post(PATH, {"actions": []})
    assert answer.status_code == 403
