"""Where sounds may come from: the list of a workspace, the documents' own servers, uploads."""

from io import StringIO

import pytest
from django.core.management import call_command

from calls.services import uploads
from kernel.errors import BadRequest
from kernel.models import AuditEntry
from telephony import documents, sound_hosts, sounds
from telephony.errors import PlayHostDenied
from telephony.interpreter.prompts import Audio
from telephony.interpreter.session import Session as State
from telephony.models import Announcement, Session
from tests import world
from tests.calls import sounds as files
from tests.calls import story
from tests.world import code_of

pytestmark = pytest.mark.django_db
PATH = "/v1/voice/sound-hosts"


def allow(*hosts, where=None):
    workspace_id = (where or world.acme()).workspace.id
    return sound_hosts.set_hosts(workspace_id=workspace_id, hosts=hosts, actor="tests")


@pytest.fixture
def call(settings):
    settings.PUBLIC_URL = "https://api.example"
    call = story.answer(story.place(world.acme()))
    call.voice_url = "https://voice.acme.example:8443/start"
    call.save()
    state = State(url="https://flows.acme.example/menu").to_json()
    Session.objects.update_or_create(
        pk=call.pk, defaults={"leg_id": call.winner_id, "state": state}
    )
    return call


def may_play(call, url, document_url=""):
    try:
        sound_hosts.check(url, call_ids=[call.pk], document_url=document_url)
    except PlayHostDenied:
        return False
    return True


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://flows.acme.example/hello.wav", True),
        ("https://FLOWS.acme.example.:9000/hello.wav", True),
        ("https://voice.acme.example/hello.wav", True),
        ("https://api.example/uploads/abc.wav", True),
        ("https://api.example.evil.example/uploads/abc.wav", False),
        ("https://flows.acme.example@evil.example/hello.wav", False),
        ("https://cdn.example/hello.wav", False),
        ("https:///hello.wav", False),
    ],
)
def test_a_call_plays_from_the_servers_of_its_documents_and_from_uploads(call, url, may):
    assert may_play(call, url) is may


def test_the_document_that_has_just_arrived_counts(call):
    url = "https://next.example/hello.wav"
    assert not may_play(call, url)
    assert may_play(call, url, document_url="https://next.example/flow")


def test_the_list_opens_a_host_and_a_star_every_name_below_it(call):
    allow("cdn.example", "*.acme.test")
    assert may_play(call, "https://cdn.example:444/a.wav")
    assert may_play(call, "https://a.b.acme.test/a.wav")
    assert not may_play(call, "https://acme.test/a.wav")
    assert not may_play(call, "https://evilacme.test/a.wav")
    assert not may_play(call, "https://sub.cdn.example/a.wav")


def test_the_list_of_one_workspace_opens_nothing_for_another(call):
    allow("cdn.example", where=world.chege())
    assert not may_play(call, "https://cdn.example/a.wav")


def test_a_refused_sound_is_skipped_and_says_its_code_in_the_time_line(call):
    session = Session.objects.get(pk=call.pk)
    prompt = Audio("https://cdn.example/a.wav")
    session.pending = {"kind": "play", "id": "play-1", "prompts": [sounds.prompt_as_json(prompt)]}
    session.save()
    documents.make_sounds(call.pk)
    note = call.events.get(kind="voice.error")
    assert note.payload["code"] == "calls.play_host_denied"
    assert "cdn.example" in note.payload["reason"]


def test_the_list_is_read_and_set_by_the_api_and_written_down(settings):
    api = world.api(world.acme())
    assert api.get(PATH).json() == {"hosts": []}
    body = {"hosts": ["https://CDN.acme.example/sounds/", "cdn.acme.example", " *.acme.test "]}
    answer = api.put(PATH, body)
    assert answer.json() == {"hosts": ["cdn.acme.example", "*.acme.test"]} == api.get(PATH).json()
    entry = AuditEntry.objects.get(action_kind="voice.sound_hosts_set")
    assert (entry.before["hosts"], entry.after["hosts"]) == (
        [],
        ["cdn.acme.example", "*.acme.test"],
    )
    assert world.api(world.chege()).get(PATH).json() == {"hosts": []}


@pytest.mark.parametrize(
    "host", ["*", "*.example", "localhost", "a b.example", "-a.example", "a..example", "*.*.a.b"]
)
def test_what_is_no_host_is_refused_with_its_name(host):
    answer = world.api(world.acme()).put(PATH, {"hosts": [host]})
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")
    assert answer.json()["error"]["fields"][0]["path"].startswith("hosts")


def test_there_is_an_end_to_the_list():
    with pytest.raises(BadRequest):
        allow(*(f"h{n}.example" for n in range(sound_hosts.HOSTS_MAX + 1)))


def test_changing_it_needs_the_scope_that_routes_numbers():
    api = world.api(world.acme(), scopes=["numbers.read"])
    assert api.get(PATH).status_code == 200
    assert code_of(api.put(PATH, {"hosts": []})) == "api_key.scope_denied"


def test_the_console_saves_the_list_one_in_a_line():
    page = world.browser(world.amina()).client
    assert page.get("/settings/sounds").status_code == 200
    answer = page.post("/settings/sounds", {"hosts": "cdn.acme.example\r\n*.acme.test\r\n"})
    assert answer.status_code == 302
    assert sound_hosts.hosts_of(world.acme().id) == ["cdn.acme.example", "*.acme.test"]
    shown = page.get("/settings/sounds").content.decode()
    assert "cdn.acme.example\n*.acme.test" in shown
    assert page.post("/settings/sounds", {"hosts": "no host"}).status_code == 400
    assert sound_hosts.hosts_of(world.acme().id) == ["cdn.acme.example", "*.acme.test"]


def test_a_viewer_reads_the_page_and_changes_nothing():
    viewer = world.join(world.acme(), world.person("v@acme.example"), "viewer")
    page = world.browser(viewer).client
    assert "disabled" in page.get("/settings/sounds").content.decode()
    assert page.post("/settings/sounds", {"hosts": "a.example"}).status_code == 403


PLAYS = {
    "json": (
        '{"actions": [{"play": {"url": "https://cdn.example/a.wav"}}, {"play": {"url": "b.wav"}},'
        ' {"getDigits": {"nested": [{"play": {"url": "https://cdn.example/c.wav"}}]}},'
        ' {"dial": {"sip": "sip:bob@elsewhere.example"}}]}',
        ["actions[0].play.url", "actions[2].getDigits.nested[0].play.url", "actions[3].dial.sip"],
    ),
    "xml": (
        "<Response><Play>https://cdn.example/a.wav</Play><Play>b.wav</Play>"
        "<GetDigits><Play>https://cdn.example/c.wav</Play></GetDigits>"
        "<Dial><Sip>sip:bob@elsewhere.example</Sip></Dial></Response>",
        ["line 1, column 11 <Play>", "line 1, column 78 <Play>", "line 1, column 134 <Sip>"],
    ),
}


@pytest.mark.parametrize("form", PLAYS)
def test_the_validator_warns_of_each_place_and_says_what_to_do(form):
    raw, places = PLAYS[form]
    api = world.api(world.acme())
    told = api.post("/v1/voice/validate", raw).json()
    assert told["valid"] is True
    assert [it["where"] for it in told["warnings"]] == places
    assert "POST /v1/uploads/audio" in told["warnings"][0]["message"]
    assert "elsewhere.example" in told["warnings"][2]["message"]
    allow("cdn.example")
    told = api.post("/v1/voice/validate", raw).json()
    assert [it["where"] for it in told["warnings"]] == places[2:]


def test_the_servers_that_numbers_ask_need_no_place_on_the_list():
    world.claim(world.acme(), voice_callback_url="https://flows.acme.example/voice")
    raw = '{"actions": [{"play": {"url": "https://flows.acme.example/a.wav"}}]}'
    assert world.api(world.acme()).post("/v1/voice/validate", raw).json()["warnings"] == []


def test_lint_judges_for_a_workspace_that_is_named(tmp_path):
    (tmp_path / "a.json").write_text(PLAYS["json"][0])

    def run(*more):
        output = StringIO()
        call_command("voice", "lint", str(tmp_path / "a.json"), *more, stdout=output)
        return output.getvalue()

    assert "warning" not in run()
    assert run("--workspace", world.acme().workspace.slug).count("warning: actions[") == 3


def test_a_room_plays_nothing_from_elsewhere(call, settings):
    from tests.telephony.test_conferences import enter

    enter(name="front-desk")
    api = world.api(world.acme(), scopes=["conferences.manage"])
    path = "/v1/conferences/front-desk/commands"
    answer = api.post(path, {"command": "play", "url": "https://cdn.example/a.wav"})
    assert (answer.status_code, code_of(answer)) == (403, "calls.play_host_denied")
    allow("cdn.example")
    assert not Announcement.objects.exists()
    answer = api.post(path, {"command": "play", "url": "https://cdn.example/a.wav"})
    assert answer.status_code == 200


def test_an_upload_is_read_from_our_own_storage(settings, tmp_path):
    settings.PUBLIC_URL = "https://api.example"
    settings.VAR_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "kept"},
        },
    }
    upload = uploads.keep_upload(
        workspace_id=world.acme().id, mode="live", raw=files.wav(), actor="tests"
    )
    path = sounds.make(Audio(uploads.address(upload)), call_id=upload.id)
    assert path.stat().st_size > 4000
