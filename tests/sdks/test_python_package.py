"""The Python package as its users get it: built, installed into a fresh environment, and run."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from kernel import ids, relay, signing
from tests import world
from tests.sdks import projects
from tests.telephony.exchange import wait_for
from tests.webhooks.laptop import PACKAGE, Laptop, live_process
from tests.webhooks.receiver import Receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]
README = (PACKAGE / "README.md").read_text()


@pytest.fixture(scope="module")
def live(django_db_setup):
    with live_process() as url:
        yield url


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A throw-away environment with the wheel and nothing else; gives its folder of programs."""
    return projects.python(tmp_path_factory.mktemp("package"))


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_command_lines_of_the_readme_run_from_the_installed_wheel(
    installed, live, live_server, settings
):
    settings.LIVE_URL = live
    where = world.acme()
    key = world.api_key(where, mode="test")
    world.fund(where, 5_000, "test")
    with Receiver() as server:
        url = server.url
        (listen,) = blocks("sh listen")
        program = [str(installed / "sautikit")]
        with Laptop(live_server.url, key, *words(listen, url), program=program) as laptop:
            laptop.listening()
            while relay.sequence_batch():
                pass
            for line in blocks("sh trigger")[0].splitlines():
                sent = Laptop(live_server.url, key, *words(line, url), program=program)
                assert sent.finish() == 0, sent.errors
            while relay.sequence_batch():
                pass
            wait_for(lambda: len(server.posts) >= 2)
    kinds = [headers["x-sautikit-event-kind"] for headers, _ in server.posts]
    assert sorted(kinds) == ["call.completed", "wallet.top_up"]


def words(line, url):
    return [url if "localhost" in word else word for word in line.split()[1:]]


def test_people_read_lines_and_learn_what_is_wrong(installed):
    def run(*arguments, **env):
        command = [installed / "sautikit", *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)

    assert "listen" in run("--help").stdout
    assert run("--version").stdout.startswith("sautikit 0.")
    assert run().returncode == 2
    assert run("trigger", "call.completed").stderr == (
        "sautikit: Sign in with `sautikit login`, give a key with --key, or set SAUTIKIT_API_KEY.\n"
    )
    nowhere = run("trigger", "x", "--key", "k", "--base-url", "http://127.0.0.1:9")
    assert nowhere.returncode == 4
    assert "cannot be reached" in nowhere.stderr
    assert run("listen", "--key", "k").returncode == 2
    # What an extra brings is asked for when it is needed, and only then.
    assert "pip install 'sautikit[mcp]'" in run("mcp", "--key", "k").stderr
    assert "calls\n" in run("__complete", "").stdout


def test_a_signature_that_is_late_changed_or_nonsense_is_refused(installed):
    code = Path(__file__).with_name("signatures.py").read_text()
    secret, body, moment = ids.webhook_secret(), b'{"event":"x"}', 1_800_000_000
    facts = {
        "secret": secret,
        "body": body.decode(),
        "moment": moment,
        "header": signing.signature_header([ids.webhook_secret(), secret], body, moment),
    }
    done = subprocess.run(
        [installed / "python", "-c", code, json.dumps(facts)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "all as it should be\n"), done.stderr
