"""The developer portal as a whole: no dead link, found by search, tried with a test key."""

import html
import json
import re
from urllib.parse import unquote, urlsplit

import pytest

from accounts.models import ApiKey
from docs import library, reference, search, trying
from kernel import errors, events
from tests import world

HREF = re.compile(r'<a [^>]*?href="([^"]*)"')
ID = re.compile(r'\bid="([^"]+)"')
MARKDOWN_LINK = re.compile(r"\]\((?:http://testserver)([^)\s]*)\)")
# What another process serves, or nobody has to be signed out of.
ELSEWHERE = ("/v1/", "/static/", "/sandbox", "/i18n/", "/readyz")


def pages():
    yield from ("/", "/status", "/developers/build-with-ai", "/developers/try")
    yield "/developers/search?q=call"
    yield from (it.path for it in library.GUIDES)
    for folder, names in entries().items():
        yield from (f"/developers/{folder}/{name}" for name in names)
    yield from (f"/developers/try/{it.id}" for it in reference.operations() if it.can_be_tried)


def entries():
    return {
        "verbs": library.verb_names(),
        "events": library.event_names(),
        "errors": library.error_codes(),
    }


class Site:
    """Fetches each page once; knows its links and its anchors."""

    def __init__(self, client):
        self.client, self.kept = client, {}

    def get(self, path):
        if path not in self.kept:
            answer = self.client.get(path)
            self.kept[path] = (answer.status_code, answer.content.decode(errors="replace"))
        return self.kept[path]

    def wrong(self, page, links):
        for link in links:
            parts = urlsplit(html.unescape(link).removeprefix("http://testserver"))
            if parts.scheme or parts.netloc or parts.path.startswith(ELSEWHERE):
                continue
            path = parts.path or urlsplit(page).path
            query = f"?{parts.query}" if parts.query else ""
            status, text = self.get(path + query if parts.path else page)
            if status not in (200, 302):
                yield f"{page} leads to {link}: {status}"
            elif parts.fragment and unquote(parts.fragment) not in ID.findall(text):
                yield f"{page} leads to {link}, which has no such place"


@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_no_link_of_the_portal_is_dead(client):
    site, wrong, seen = Site(client), [], 0
    for page in pages():
        status, text = site.get(page)
        assert status == 200, page
        links = HREF.findall(text)
        seen += len(links)
        wrong += site.wrong(page, links)
    assert wrong == []
    assert seen > 5_000


@pytest.mark.django_db
def test_every_page_is_markdown_too_and_its_links_lead_somewhere(client):
    site, wrong = Site(client), []
    paths = [it.path for it in library.GUIDES]
    paths += [
        f"/developers/{folder}/{name}" for folder, names in entries().items() for name in names
    ]
    for path in paths:
        answer = client.get(f"{path}.md")
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8", path
        text = answer.content.decode()
        assert text.startswith("# ")
        wrong += site.wrong(f"{path}.md", MARKDOWN_LINK.findall(text))
        assert f'href="{path}.md"' in site.get(path)[1]
    assert wrong == []


@pytest.mark.django_db
def test_llms_txt_names_every_page_and_llms_full_holds_it(client):
    index = client.get("/llms.txt").content.decode()
    whole = client.get("/llms-full.txt").content.decode()
    for guide in library.GUIDES:
        assert f"(http://testserver{guide.path}.md)" in index
    for folder, names in entries().items():
        for name in names:
            assert f"/developers/{folder}/{name}.md)" in index
            assert f"\n# {name}\n" in whole


# What the prompt says


@pytest.mark.django_db
def test_the_prompt_names_only_what_there_is(client):
    """Paths, verbs and codes of the prompt exist, and the references it names hold all of them."""
    text = library.prompt("Call every customer whose order is late.")
    assert "Call every customer whose order is late." in text
    named = re.findall(r"http://testserver(/\S+)", text)
    assert {"/developers.md", "/llms-full.txt", "/openapi.public.yaml"} <= set(named)
    for path in named:
        assert client.get(path).status_code == 200, path
    known = {it.path for it in reference.operations()}
    assert {it.rstrip(".,:") for it in re.findall(r"(/v1/[\w/{}-]*)", text)} <= known
    assert set(re.findall(r"`([a-z]+[A-Z]\w*)`", text)) <= set(library.verb_names())


@pytest.mark.django_db
def test_what_the_prompt_names_is_whole(client):
    whole = client.get("/llms-full.txt").content.decode()
    for it in reference.operations():
        assert f"\n### {it.method} {it.path}\n" in whole
        assert all(f"| `{row.name}` |" in whole for row in (*it.params, *it.body, *it.reply))
    for path in set(re.findall(r"(?:GET|POST|PUT|PATCH|DELETE) (/v1/[\w/{}-]+)", whole)):
        assert is_known(path), path


def is_known(path):
    """Some pages shorten a path's ids, as in /v1/invitations/{id}/resend."""
    shape = re.sub(r"{\w+}", "{}", path.rstrip("/"))
    return shape in {re.sub(r"{\w+}", "{}", it.path) for it in reference.operations()}


# Search


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("getDigits", "/developers/verbs/getDigits"),
        ("get digits", "/developers/verbs/getDigits"),
        ("insufficient balance", "/developers/errors/wallet.insufficient_balance"),
        ("call.completed", "/developers/events/call.completed"),
        ("hangup call", "/developers/api#post-v1-calls-call_id-hangup"),
        ("verify signature", "/developers/webhooks"),
        ("verfy signatrue", "/developers/webhooks"),
        ("conferense", "/developers/verbs/conference"),
        ("listen whisper barge", "/developers/conferences#supervision"),
        ("daraja", "/developers/going-live#2-m-pesa"),
    ],
)
def test_search_finds_it_among_the_first(query, path):
    assert path in [it.entry.path for it in search.search(query)][:5]


def test_every_kind_of_page_can_be_found():
    kinds = {it.kind for it in search.index().entries}
    assert kinds == {"Guide", "Voice action", "Event", "Error", "API"}
    paths = {it.path for it in search.index().entries}
    assert {f"/developers/errors/{code}" for code in errors.registry()} <= paths
    assert {f"/developers/events/{name}" for name in events.catalogue()} <= paths


@pytest.mark.parametrize(
    "query", ["", " ", "%", "<script>", "zzzzqqqq", "'; --", "x" * 5000, "\x00"]
)
@pytest.mark.django_db
def test_search_takes_whatever_is_typed(client, query):
    answer = client.get("/developers/search", {"q": query})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


@pytest.mark.django_db
def test_a_result_shows_where_the_words_stand(client):
    text = client.get("/developers/search", {"q": "idempotency"}).content.decode()
    assert "<mark>Idempotency</mark>" in text or "<mark>idempotency</mark>" in text
    assert text.count('name="q"') == 1
    assert 'value="idempotency"' in text


@pytest.mark.parametrize(
    ("one", "other", "slips", "near"),
    [
        ("recieve", "receive", 1, True),
        ("webhok", "webhook", 1, True),
        ("webhoooks", "webhooks", 1, True),
        ("conferance", "conference", 1, True),
        ("call", "wallet", 1, False),
        ("signatrue", "signature", 1, True),
        ("abcd", "badc", 1, False),
    ],
)
def test_a_slip_is_a_letter_less_more_other_or_swapped(one, other, slips, near):
    assert search.is_near(one, other, slips) is near
    assert search.is_near(other, one, slips) is near


@pytest.mark.django_db
def test_every_page_of_the_portal_has_the_search(client):
    for path in ("/developers", "/developers/api", "/developers/verbs/say", "/developers/try"):
        assert 'role="search"' in client.get(path).content.decode(), path


# Status and changelog


@pytest.mark.django_db
def test_the_status_page_says_what_does_not_answer(client):
    text = client.get("/status").content.decode()
    assert "Something does not answer" in text
    assert text.count("Does not answer") == 8


@pytest.mark.django_db
def test_the_changelog_is_on_the_portal(client):
    text = client.get("/developers/changelog").content.decode()
    assert "<h1" in text
    assert "From nothing to a ringing phone" in text


# Try it


@pytest.fixture
def acme():
    where = world.acme()
    world.fund(where, 100_000, "test")
    return where


def trial(client, name, key="", **values):
    path = f"/developers/try/{name}"
    typed = {name.replace("__", "."): value for name, value in values.items()}
    return client.post(path, {"press": "send", "key": key, **typed})


def test_a_form_has_what_the_operation_takes():
    found = {it.id: it for it in trying.fields(trying.operation("calls.create"))}
    assert found["body.from"].is_required
    assert found["body.to"].value == "+254711000001"
    assert found["header.Idempotency-Key"].kind == "text"
    hangup = trying.fields(trying.operation("calls.hangup"))
    assert next((it.place, it.name, it.is_required) for it in hangup) == ("path", "call_id", True)


@pytest.mark.django_db
def test_a_test_key_reads_its_test_wallet(client, acme):
    key = world.api_key(acme, mode="test")
    text = trial(client, "wallet.balance.read", key).content.decode()
    assert "200 OK" in text
    assert "balance_minor" in text
    assert re.search(r"req_\w+", text)
    assert re.search(r"\d+ ms", text)
    assert "curl -X GET http://testserver/v1/wallet/balance" in text
    # The key stands in its field, and in no line that is copied.
    assert text.count(key) == 1


@pytest.mark.django_db
def test_a_call_is_placed_and_its_refusal_is_shown(client, acme):
    number = world.claim(acme, mode="test")
    key = world.api_key(acme, mode="test")
    placed = trial(client, "calls.create", key, body__from=number.e164, body__to="+254711000001")
    assert "202 Accepted" in placed.content.decode()
    refused = trial(client, "calls.create", key, body__from="+254700000000", body__to="0712")
    assert "validation.bad_request" in refused.content.decode()


@pytest.mark.django_db
def test_a_live_key_is_never_sent_and_not_shown_again(client, acme):
    number = world.claim(acme)
    key = world.api_key(acme)
    answer = trial(client, "calls.create", key, body__from=number.e164, body__to="+254712345678")
    text = answer.content.decode()
    assert "This is a live key: it would call real telephones and spend real money." in text
    assert key not in text
    assert ApiKey.objects.get().last_used_at is None


@pytest.mark.parametrize("key", ["", "sk_1", "tsk_test", "eyJ"])
@pytest.mark.django_db
def test_anything_that_is_no_test_key_is_refused(client, key):
    text = trial(client, "wallet.balance.read", key).content.decode()
    assert "test key" in text
    assert "The reply" not in text


@pytest.mark.django_db
def test_who_is_signed_in_makes_a_key_for_fifteen_minutes(acme):
    browser = world.browser(acme.owner).client
    text = browser.post("/developers/try/wallet.balance.read", {"press": "key"}).content.decode()
    key = re.search(r'value="(tsk_test_\w+)"', text)[1]
    row = ApiKey.objects.get()
    assert (row.mode, row.label, row.workspace_id) == ("test", "Try it", acme.workspace.id)
    assert row.expires_at is not None
    assert "200 OK" in trial(browser, "wallet.balance.read", key).content.decode()


@pytest.mark.django_db
def test_who_may_not_make_keys_gets_none_here(client, acme):
    for browser in (client, world.browser(world.brian()).client):
        text = browser.post("/developers/try/calls.list", {"press": "key"}).content.decode()
        assert "Make one</button>" not in text
    assert not ApiKey.objects.exists()


@pytest.mark.django_db
def test_the_session_of_the_page_does_not_go_with_the_request(acme):
    browser = world.browser(acme.owner).client
    text = trial(browser, "calls.list", "tsk_test_" + "x" * 38).content.decode()
    assert "api_key.invalid" in text


@pytest.mark.django_db
def test_a_form_of_another_site_sends_nothing(acme):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/developers/try/calls.list", {"press": "send"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("calls.read", {"path.call_id": ""}, "This is needed."),
        ("calls.read", {"path.call_id": "../wallet"}, "An id has no slash."),
        ("calls.list", {"query.limit": "many"}, "A whole number."),
        ("calls.list", {"query.direction": "sideways"}, "One of inbound, outbound."),
        ("voice.validate", {"body.actions": "[{"}, "This is not JSON."),
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field(name, typed, problem):
    found = trying.filled(trying.fields(trying.operation(name)), typed)
    assert problem in [it.problem for it in found]


@pytest.mark.parametrize(
    "it", [it for it in reference.operations() if it.can_be_tried], ids=lambda it: it.id
)
def test_every_operation_has_a_form_that_makes_a_request(it):
    typed = {
        field.id: field.value or {"number": "1", "json": "[]"}.get(field.kind, "x")
        for field in trying.fields(it)
        if field.kind != "choice"
    }
    chosen = {f.id: f.choices[0] for f in trying.fields(it) if f.kind == "choice"}
    made = trying.build(it, trying.filled(trying.fields(it), typed | chosen))
    assert "{" not in made.path
    assert made.curl.startswith(f"curl -X {it.method} http://testserver/v1/") or "'" in made.curl
    if made.body:
        json.loads(made.body)
