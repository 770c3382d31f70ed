"""The developer pages: complete, linked, the same for machines, and their code works."""

import json
import re

import jsonschema
import pytest

from docs import library, lock, markdown, reference
from docs.examples import EXAMPLES
from kernel import errors, events
from telephony import grammar
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.xml_form import parse_xml


@pytest.mark.parametrize("guide", library.GUIDES, ids=lambda guide: guide.title)
@pytest.mark.django_db
def test_a_guide_is_a_page_and_a_text(client, guide):
    page = client.get(guide.path)
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count("<h1") == 1
    assert "{{" not in html
    text = client.get(f"{guide.path}.md")
    assert text.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.content.decode().startswith("# ")


@pytest.mark.parametrize("code", sorted(errors.registry()))
@pytest.mark.django_db
def test_every_code_has_its_page(client, code):
    html = client.get(f"/developers/errors/{code}").content.decode()
    assert f"HTTP {errors.registry()[code].status}" in html


@pytest.mark.parametrize("name", sorted(events.catalogue()))
@pytest.mark.django_db
def test_every_event_has_its_page_with_a_body_of_its_shape(client, name):
    assert client.get(f"/developers/events/{name}").status_code == 200
    body = json.loads(str(reference.event_page(events.catalogue()[name])["example"]))
    assert (body["event"], body["kind"]) == (name, name)
    # The sample may leave out what is optional, and only that.
    optional = {row.name for row in fields_of(name) if "Optional" in row.note}
    assert {row.name for row in fields_of(name)} - optional <= set(body["data"])


def fields_of(name):
    return reference.event_page(events.catalogue()[name])["fields"]


@pytest.mark.parametrize("row", grammar.reference(), ids=lambda row: row.name)
@pytest.mark.django_db
def test_every_verb_has_its_page_and_its_example_is_the_same_in_both_forms(client, row):
    assert client.get(f"/developers/verbs/{row.name}").status_code == 200
    as_json, as_xml = EXAMPLES[row.name]
    document = {"actions": [as_json]}
    jsonschema.validate(document, grammar.schema())
    one = parse_json(json.dumps(document).encode())
    other = parse_xml(f"<Response>{as_xml}</Response>".encode())
    assert [it.to_json() for it in one.actions] == [it.to_json() for it in other.actions]


def test_what_the_guide_shows_is_a_document_we_accept():
    text = library.guide("first-call").text()
    as_json = re.search(r"```json tab=JSON\n(.*?)```", text, re.DOTALL)[1]
    as_xml = re.search(r"```xml tab=XML\n(.*?)```", text, re.DOTALL)[1]
    assert len(parse_json(as_json.encode()).actions) == 2
    assert len(parse_xml(as_xml.encode()).actions) == 2


@pytest.mark.parametrize("guide", library.GUIDES, ids=lambda guide: guide.title)
@pytest.mark.django_db
def test_every_document_of_a_guide_is_one_we_accept(guide):
    for language, text in re.findall(r"```(json|xml)[^\n]*\n(.*?)```", guide.text(), re.DOTALL):
        if language == "json" and '"actions"' in text:
            assert parse_json(text.encode()).actions
        if language == "xml":
            assert parse_xml(text.encode()).actions


def test_the_prompt_names_this_installation_and_the_task(client):
    text = client.get("/developers/build-with-ai", {"task": "Remind <patients> by phone"})
    assert "Remind &lt;patients&gt; by phone" in text.content.decode()
    assert "http://testserver/llms-full.txt" in library.prompt("x")


@pytest.mark.django_db
def test_machines_find_every_page(client):
    index = client.get("/llms.txt").content.decode()
    for path in re.findall(r"http://testserver(/[^)\s]+)", index):
        assert client.get(path).status_code == 200
    whole = client.get("/llms-full.txt").content.decode()
    for code in errors.registry():
        assert f"\n# {code}\n" in whole
    for name in events.catalogue():
        assert f"\n# {name}\n" in whole


def test_the_grammar_is_served_as_json_schema(client):
    answer = client.get("/voice-actions.schema.json")
    schema = json.loads(answer.content)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "http://testserver/voice-actions.schema.json"


def test_markdown_cannot_smuggle_markup_in():
    page = markdown.render("# A\n\n<script>alert(1)</script>\n\n## <b>x</b> `y`\n")
    assert "<script" not in page.parts[0].text
    assert "<b>" not in page.parts[1].text


@pytest.mark.parametrize(
    "path", ["errors/none.such", "events/none", "verbs/none", "none", "none.md"]
)
@pytest.mark.django_db
def test_a_page_that_is_not_there_is_404(client, path):
    assert client.get(f"/developers/{path}").status_code == 404


def test_the_lock_keeps_what_it_says_and_takes_new_codes(tmp_path, monkeypatch):
    file = tmp_path / "errors.lock"
    file.write_text("auth.gone 410\nnot_found 499\n")
    monkeypatch.setattr(lock, "FILE", file)
    lines = lock.text().splitlines()
    assert "auth.gone 410" in lines
    assert "not_found 499" in lines
    assert "rate_limited 429" in lines
    assert lines == sorted(lines)
