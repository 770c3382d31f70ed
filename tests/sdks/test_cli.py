"""The command line against a running platform: one newcomer walks through all of it."""

import json
import os
import secrets
import shutil
import stat
import subprocess
from urllib.request import urlopen

import pytest

from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.calls import sounds
from tests.journeys.newcomer import signed_up
from tests.sdks.terminal import PACKAGE, Terminal, confirm

pytestmark = pytest.mark.timeout(400)
MENU = {
    "actions": [
        {"say": {"text": "Press one for sales."}},
        {"getDigits": {"numDigits": 1, "timeout": 5, "action": "/choice"}},
    ]
}
CHOICE = "<Response><Say>Connecting you to sales.</Say><Hangup/></Response>"


@pytest.fixture(scope="module")
def server():
    with CustomerServer() as it:
        yield it


@pytest.fixture(scope="module")
def person(stack, server):
    story = signed_up(stack.url, server)
    story.onboard()
    return story


def sign_in(terminal, person, *words):
    """Run `sautikit login` and press the button that it asks for; gives what it told."""
    running = terminal.start("login", "--no-browser", "--json", *words)
    shown = json.loads(running.stdout.readline())
    page = confirm(shown["verification_uri_complete"], person.api.cookie)
    assert "You are signed in" in page
    assert shown["user_code"] in shown["verification_uri_complete"]
    said, problem = running.communicate(timeout=60)
    assert running.returncode == 0, problem
    return json.loads(said)


def test_a_newcomer_walks_through_every_command(stack, person, server, tmp_path):
    at = Terminal(stack.url, tmp_path)
    assert at.run("whoami", code=2) == ""
    assert "sautikit login" in at.problem
    told = sign_in(at, person)
    assert (told["mode"], told["workspace"]) == ("test", "Acme Fintech")
    kept = tmp_path / "sautikit" / "config.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "tsk_test_" in kept.read_text()
    assert "tsk_test_" not in json.dumps(told)
    assert person.email in at.run("whoami")

    see_money(at)
    number = hold_number(at, server)
    see_calls(at, number)
    see_webhooks(at, server)
    see_documents(at, tmp_path)
    keep_a_sound(at, tmp_path)
    found = {it["check"]: it["state"] for it in at.ask("doctor", "--url", f"{server.url}/hooks")}
    assert found == dict.fromkeys(
        ("key", "clock", "wallet", "callbacks", "signature", "call"), "ok"
    )  # fmt: skip
    assert at.ask("trigger", "call.completed")[0]["event_id"]
    kinds = {it["kind"] for it in at.ask("wallet", "statement")}
    assert {"topup", "rental", "call"} <= kinds
    assert "released" in at.run("numbers", "release", number, "--yes")
    assert "revoked" in at.run("logout")
    assert "tsk_test_" not in kept.read_text()
    at.run("whoami", code=2)


def see_money(at):
    assert "KES 0.00" in at.run("wallet")
    done = at.ask("topup", "500", "--phone", "+254712345678")[-1]
    assert (done["status"], done["amount_minor"]) == ("confirmed", 50_000)
    assert at.ask("wallet", "balance")[0]["available_minor"] == 50_000
    assert "KES 10.00 came in" in at.run("topup", "10", "--phone", "+254712345678")


def hold_number(at, server):
    """Claim a number, route it, and give it."""
    offered = at.ask("numbers", "available", "--limit", "3")
    assert len(offered) == 3
    # The first two are those of the seed pages, whose own test claims them.
    number = offered[2]["e164"]
    at.run("numbers", "claim", number, code=2)
    assert "Say so with --yes" in at.problem
    assert f"{number} is yours" in at.run("numbers", "claim", number, "--yes")
    assert number in at.run("numbers", "list")
    url = f"{server.url}/voice"
    assert at.ask("numbers", "routing", number, "--voice-url", url)[0]["voice_callback_url"] == url
    assert url in at.run("numbers", "routing", number)
    routed = at.ask("numbers", "routing", number, "--voice-url", "none")
    assert routed[0]["voice_callback_url"] is None
    return number


def see_calls(at, number):
    *events, told, _next = at.ask("quickstart")[-8:]
    assert (told["status"], _next["quickstart"], _next["digits"]) == ("completed", "done", "1")
    assert "call.completed" in [it.get("event") for it in events]
    placed, *_, ended = at.ask("calls", "create", "--to", "+254711000003", "--watch", code=1)
    assert ended["status"] == "busy"
    rows = at.ask("calls", "list", "--limit", "2")
    assert [it["remote_e164"] for it in rows] == ["+254711000003", "+254711000002"]
    assert "+254711000003" in at.run("calls", "list")
    assert at.ask("calls", "get", placed["call_id"])[0]["status"] == "busy"
    shown = at.run("calls", "get", rows[1]["session_id"])
    assert "call.answered" in shown
    assert number in shown
    assert "completed" in at.run("calls", "watch", rows[1]["id"])
    assert at.ask("calls", "hangup", placed["call_id"])[0]["status"] == "hung_up"
    at.run("calls", "get", "HD_000000000000", code=1)
    assert "calls.not_found" in at.problem
    assert "request id  req_" in at.problem
    assert "/developers/errors/calls.not_found" in at.problem


def see_webhooks(at, server):
    (made,) = at.ask("webhooks", "create", f"{server.url}/webhooks", "--event", "call.*")
    assert made["secret"].startswith("whsec_")
    assert "taken: 20" in at.run("webhooks", "test", made["id"])
    assert made["id"] in at.run("webhooks", "list")
    assert "gone" in at.run("webhooks", "delete", made["id"], "--yes")


def see_documents(at, folder):
    menu, choice, bad = (folder / name for name in ("menu.json", "choice.xml", "bad.json"))
    menu.write_text(json.dumps(MENU))
    choice.write_text(CHOICE)
    bad.write_text('{"actions": [{"say": {"txt": "Hello"}}]}')
    assert "a call can run it" in at.run("voice", "lint", menu, choice)
    judged = at.run("voice", "lint", menu, bad, code=1)
    assert 'actions[0].say: "txt" is not a field of say.' in judged
    assert 'Did you mean "text"?' in judged
    assert '"text"' in at.run("voice", "lint", "-", "--mended", code=1, given=bad.read_text())
    heard = at.run(
        "voice", "rehearse", menu, "--input", "digits:1", "--answer", f"/choice={choice}"
    )
    assert "Connecting you to sales" in heard
    assert "Give it with --answer" in at.run(
        "voice", "rehearse", menu, "--input", "digits:1", code=1
    )


def keep_a_sound(at, folder):
    sound = folder / "karibu.mp3"
    sound.write_bytes(sounds.wav())
    url = at.run("uploads", "audio", sound).strip()
    assert urlopen(url).read() == sounds.wav()
    (told,) = at.ask("uploads", "audio", sound)
    assert told["mime_type"] == "audio/wav"
    at.run("uploads", "audio", folder / "menu.json", code=1)
    assert "uploads.unsupported_audio" in at.problem
    at.run("uploads", "audio", folder / "nothing.wav", code=2)
    assert "cannot be read" in at.problem


def test_a_key_is_only_sent_where_it_belongs_and_its_end_is_told(stack, person, tmp_path):
    at = Terminal(stack.url, tmp_path)
    sign_in(at, person, "--live", "--scope", "calls.read", "--scope", "wallet.read")
    session = at.ask("whoami")[0]
    assert (session["mode"], session["scopes"]) == ("live", ["calls.read", "wallet.read"])
    at.run("numbers", "list", code=3)
    assert "api_key.scope_denied" in at.problem
    at.run("whoami", code=2, SAUTIKIT_API_BASE="http://127.0.0.1:9")
    assert "You are signed in to" in at.problem
    at.run("whoami", "--key", "tsk_test_x", code=3)
    at.run("whoami", "--key", "tsk_test_x", code=4, SAUTIKIT_API_BASE="http://127.0.0.1:9")
    at.run("quickstart", code=2)
    assert "This key is live" in at.problem
    at.run("mcp", code=2)
    assert "say --live" in at.problem
    at.run("logout")


@pytest.mark.parametrize(
    ("action", "code", "told"),
    [("pin", 0, "KES 20.00 came in with M-Pesa receipt"), ("cancel", 1, "Nothing was paid")],
)
def test_a_top_up_tells_what_the_person_did_with_it(stack, person, tmp_path, action, code, told):
    at = Terminal(stack.url, tmp_path)
    sign_in(at, person, "--live")
    # A phone is asked once in a while only.
    person.phone = f"+2547{secrets.randbelow(10**8):08d}"
    running = at.start("topup", "20", "--phone", person.phone)
    prompt = wait_for("the prompt", lambda: person.phone_state()["mpesa"]["prompt"])
    person.press("stk", {"id": prompt["id"], "action": action, "pin": "1234"})
    said, progress = running.communicate(timeout=60)
    assert (running.returncode, told in said) == (code, True), said
    assert progress.count("enter the PIN there") == 1


def test_a_person_who_turns_it_away_ends_the_waiting(stack, person, tmp_path):
    at = Terminal(stack.url, tmp_path)
    running = at.start("login", "--no-browser", "--json")
    shown = json.loads(running.stdout.readline())
    page = confirm(shown["verification_uri_complete"], person.api.cookie, action="deny")
    assert "turned away" in page
    _, problem = running.communicate(timeout=60)
    assert running.returncode == 1
    assert json.loads(problem.splitlines()[-1])["error"]["code"] == "cli.access_denied"
    assert not (tmp_path / "sautikit").exists()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ca", "calls"),
        ("calls ha", "hangup"),
        ("calls list --dir", "--direction"),
        ("calls list --direction in", "inbound"),
        ("completion z", "zsh"),
    ],
)
def test_bash_completes_what_is_typed(typed, found, tmp_path):
    program = tmp_path / "sautikit"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("python3")} -m sautikit "$@"\n')
    program.chmod(0o755)
    script = """
    eval "$(sautikit completion bash)"
    COMP_WORDS=(sautikit $TYPED); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _sautikit
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "PYTHONPATH": str(PACKAGE),
            "TYPED": typed,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [found]
