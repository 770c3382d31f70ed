"""Every curl line of the developer pages, run as it is printed against the running server."""

import re
import shutil
import subprocess

import pytest
from django.test import Client

from accounts.roles import role_scopes
from docs import markdown
from telephony import services
from tests import world
from tests.telephony.test_conferences import enter

FENCE = re.compile(r"^```(?:sh|curl) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SAMPLES = [
    pytest.param(name, code, id=f"{page.stem}-{name or number}")
    for page in sorted(markdown.FOLDER.glob("*.md"))
    for number, (name, code) in enumerate(FENCE.findall(page.read_text()))
    if "curl" in code
]
# It fails when the API refuses, and says how.
CURL = '#!/bin/sh\nexec {} -sS --fail-with-body "$@"\n'


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    (folder / "curl").write_text(CURL.format(shutil.which("curl")))
    # Not every minimal system has it.
    (folder / "uuidgen").write_text("#!/bin/sh\ncat /proc/sys/kernel/random/uuid\n")
    for program in folder.iterdir():
        program.chmod(0o755)
    return folder


def session():
    """A person who signed in and has no workspace yet; gives the cookie."""
    client = Client()
    user = world.person("alice@acme.example")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sk_session"].value


def talking():
    """A call that talks, in a room that others know by its name."""
    row = enter(name="support-4711")
    services.start_session(call_id=row.call_id, leg_id=row.leg_id)
    return row.call


def facts(name, where):
    """Make what a line speaks of; gives what stands there for it."""
    found = {"<your-session-cookie>": session() if name == "onboarding.sh" else ""}
    if name == "claim.sh":
        world.fund(where, 100_000)
        world.offer()
        return found
    world.claim(where, "+254200000001")
    number = world.claim(where, "+254200000000")
    call = talking()
    world.fund(where, 1_000_000)
    return {
        **found,
        "$CALL_ID": str(call.id),
        "HD_24d73b4518bc": call.session_id,
        "$NUMBER_ID": str(number.id),
    }


@pytest.mark.parametrize(("name", "code"), SAMPLES)
@pytest.mark.django_db(transaction=True)
def test_a_curl_line_does_what_its_page_says(name, code, programs, live_server, settings):
    settings.CALLS_PER_SECOND = 1_000_000
    where = world.acme()
    # No phone would be asked to pay in live mode here.
    mode = "test" if name == "topup.sh" else "live"
    key = world.api_key(where, mode=mode, scopes=sorted(role_scopes("owner")))
    known = {"{{ base_url }}": live_server.url, "tsk_live_...": key, **facts(name, where)}
    script = code
    for text, value in known.items():
        script = script.replace(text, value)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={"PATH": f"{programs}:/usr/bin:/bin", "SAUTIKIT_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
