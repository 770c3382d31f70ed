"""The READMEs of the SDKs: each program in them runs as it is printed, from the installed package."""

import http.client
import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

from calls.models import Call
from docs import samples
from sautikit_site import embedded, toolchains
from telephony.interpreter.json_form import parse_json
from tests import world
from tests.calls import story
from tests.sdks import projects
from tests.telephony.exchange import wait_for
from tests.webhooks.laptop import live_process
from tests.webhooks.vectors import NEW, headers

CALL = r"[0-9a-f-]{36}"
SHOWN = {
    "place": rf"{CALL} ringing\nringing (null|None|no cost yet|<nil>)\n",
    "list": r"(20\d\d-\S+.* \+254712345678 (ringing|completed)\n)+",
    "refused": r"400 validation\.bad_request req_\S+ \S+/validation\.bad_request\n",
    "follow": r"call\.started\ncall\.answered\ncall\.completed\n",
    "together": r"KES \d+\n(\+254712345678 (ringing|completed)\n)+",
}
SERVERS = {"voice", "webhook"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# A whole event, as the typed SDKs read it.
EVENT = json.dumps(
    {
        "event": "call.completed",
        "kind": "call.completed",
        "event_id": "01900000-0000-7000-8000-000000000003",
        "workspace_id": "01900000-0000-7000-8000-000000000004",
        "mode": "live",
        "sequence": 7,
        "occurred_at": "2026-11-22T09:00:00.000Z",
        "data": {"cost_minor": 235},
    }
).encode()


@pytest.fixture(scope="module")
def live(django_db_setup):
    with live_process() as url:
        yield url


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Give the project of a language, made once."""
    made = {}

    def project_of(language):
        if language not in made:
            made[language] = getattr(projects, language)(tmp_path_factory.mktemp(language))
        return made[language]

    return project_of


def command(sample, folder):
    """Put a program into its project; gives how it is started and where."""
    if sample.language == "go":
        place = folder.parent / sample.topic
        place.mkdir()
        shutil.copy(folder / "go.mod", place)
        (place / "main.go").write_text(sample.code)
        toolchains.go().run("build", "-o", "program", ".", cwd=place, seconds=300)
        return [place / "program"], place
    place = folder / "samples" if sample.language == "python" else folder
    place.mkdir(exist_ok=True)
    (place / sample.file).write_text(sample.code)
    if sample.language == "python":
        # A file called list.py must not be found before the package is.
        return [folder / "python", "-P", sample.file], place
    tool = toolchains.php() if sample.language == "php" else toolchains.node()
    return [*tool.command, sample.file], place


def start(sample, folder, **variables):
    program, place = command(sample, folder)
    return subprocess.Popen(
        [str(part) for part in program],
        cwd=place,
        env=toolchains.Tool(()).environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sdk", samples.ALL, ids=lambda it: it.folder)
@pytest.mark.django_db(transaction=True)
def test_the_samples_of_a_readme_run(sdk, project, live, live_server, settings):
    settings.LIVE_URL = live
    where = world.acme()
    world.fund(where, 100_000)
    world.claim(where)
    variables = {"SAUTIKIT_API_KEY": world.api_key(where), "SAUTIKIT_API_BASE": live_server.url}
    ran = set()
    for sample in samples.samples(sdk.folder):
        if sample.topic in SERVERS:
            continue
        before = Call.objects.count()
        running = start(sample, project(sdk.folder), **variables)
        if sample.topic == "follow":
            let_it_happen(before)
        said, _ = running.communicate(timeout=300)
        assert running.returncode == 0, said
        assert re.fullmatch(SHOWN[sample.topic], said, re.DOTALL), f"{sample.file}: {said}"
        ran.add(sample.topic)
    assert ran >= set(samples.TOPICS) - SERVERS


def let_it_happen(before):
    """Answer and end the call that is placed now."""
    wait_for(lambda: Call.objects.count() > before, seconds=120)
    call = Call.objects.order_by("-created_at").first()
    story.end(story.answer(call), connected_ms=2_000, cause="bye")


@contextmanager
def serving(sdk, topic, project):
    """Run the server of a README; gives its port."""
    sample = next(it for it in samples.samples(sdk.folder) if it.topic == topic)
    port = embedded.free_port()
    folder = project(sdk.folder)
    if sdk.folder == "php":
        (folder / sample.file).write_text(sample.code)
        server = php_server(folder, sample.file, port)
    else:
        server = start(sample, folder, PORT=str(port), SAUTIKIT_WEBHOOK_SECRET=NEW)
    try:
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sdk", samples.ALL, ids=lambda it: it.folder)
def test_the_webhook_server_of_a_readme_takes_ours_and_refuses_others(sdk, project):
    with serving(sdk, "webhook", project) as port:
        assert post(port, EVENT, headers(EVENT, NEW))[0] == 204
        assert post(port, EVENT + b" ", headers(EVENT, NEW))[0] == 400
        assert post(port, EVENT, {})[0] == 400


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sdk", samples.ALL, ids=lambda it: it.folder)
def test_the_voice_server_of_a_readme_answers_what_a_call_can_run(sdk, project):
    with serving(sdk, "voice", project) as port:
        menu = parse_json(post(port, b"CallId=HD_000000000000", FORM)[1])
        assert [type(it).NAME for it in menu.actions] == ["say", "getDigits"]
        chosen = parse_json(post(port, b"CallId=HD_000000000000&Digits=2", FORM)[1])
        assert chosen.actions[0].text == "You chose 2."
        assert len(chosen.actions) == 2


def php_server(folder, file, port):
    php = toolchains.php()
    return subprocess.Popen(
        [*php.command, "-S", f"127.0.0.1:{port}", file],
        cwd=folder,
        env=php.environment({"SAUTIKIT_WEBHOOK_SECRET": NEW}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def post(port, body, sent):
    """POST until the server listens; gives the status and the body."""
    end = time.monotonic() + 120
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("POST", "/voice", body=body, headers=sent)
            reply = connection.getresponse()
            return reply.status, reply.read()
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)
        finally:
            connection.close()
