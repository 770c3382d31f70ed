"""The curl and fetch lines of both seed pages, host, cookie and key replaced, nothing else."""

import json
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer

SEED = Path(__file__).parent / "seed"


@pytest.fixture(scope="module")
def server():
    with CustomerServer() as running:
        yield running


def shell(name, stack, **replaced):
    text = (SEED / name).read_text().replace("https://api.sautikit.com", stack.url)
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def run(script, key=""):
    done = subprocess.run(
        ["bash", "-c", script.replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)],
        env={"SAUTIKIT_API_KEY": key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_the_onboarding_line_makes_a_workspace(stack, server):
    story = newcomer.signed_up(stack.url, server)
    script = shell("onboarding.sh", stack).replace(
        "sk_session=<your-session-cookie>", story.api.cookie
    )
    status, body = run(script)
    assert status == 201
    assert body["workspace_id"]
    assert story.api.call("GET", "/v1/wallet/balance")["balance_minor"] == 0


def test_the_number_and_call_lines_ring_the_seeds_phones(stack, server):
    story = newcomer.ready_to_call(stack.url, server, e164="+254200000001")
    status, offered = run(shell("auth.sh", stack), story.api.key)
    assert status == 200
    first = offered["available"][0]
    assert (first["monthly_price_minor"], first["inbound_per_min_minor"]) == (10_000, 0)
    assert first["outbound_per_min_minor"] == 300

    script = shell("first-call.sh", stack).replace(
        "https://your-app.example.com/webhook", f"{server.url}/webhook"
    )
    status, call = run(script, story.api.key)
    assert status == 202
    assert call["status"] == "ringing"
    assert call["pbx_session_id"].startswith("HD_")
    assert call["session_id"] == call["pbx_session_id"]
    assert call["stream_url"].startswith(stack.live_url)
    leave(story, call["call_id"])


def test_the_fetch_line_places_a_call(stack, server):
    story = newcomer.ready_to_call(stack.url, server, e164="+254200000000")
    script = (SEED / "first-call.mjs").read_text().replace("https://api.sautikit.com", stack.url)
    # The browser driver of the tests brings a Node of its own.
    node, _ = compute_driver_executable()
    done = subprocess.run(
        [node, "--input-type=module", "-e", script],
        env={"SAUTIKIT_API_KEY": story.api.key},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["status"] == 202
    assert told["body"]["status"] == "ringing"
    leave(story, told["body"]["call_id"])


def leave(story, call_id):
    """End the call and give the seed's number back, so that the test may run again."""
    story.api.call("POST", f"/v1/calls/{call_id}/hangup")
    newcomer.final(story, call_id)
    story.give_the_number_back()
