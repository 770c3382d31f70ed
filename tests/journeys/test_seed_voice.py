"""The voice handler of the first-call walkthrough: its own code, its JSON and its XML."""

import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

from sautikit_site.embedded import free_port
from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import MENU, CustomerServer
from tests.journeys import newcomer
from tests.journeys.audio import likeness

SEED = Path(__file__).parent / "seed"
GREETING = "Hi from Sautikit. Press 1 for sales, or 2 for support."
THANKS = {"actions": [{"say": {"text": "Thank you.", "language": "en-KE"}}]}


@contextmanager
def walkthrough_server(folder):
    """Run the walkthrough's own code on a free port; gives its address and its output."""
    shutil.copytree(SEED / "express", folder / "node_modules" / "express")
    voice, port = (SEED / "voice.mjs").read_text(), free_port()
    parse = 'import express from "express";\nconst app = express();\n'
    assert voice.startswith(parse)
    voice = voice.replace("3000", str(port))
    webhook = "app.use(express.json());\n" + (SEED / "webhook.mjs").read_text()
    (folder / "server.mjs").write_text(voice + webhook)
    node, _ = compute_driver_executable()
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [node, "server.mjs"], cwd=folder, stdout=said, stderr=subprocess.STDOUT
        )
    told = (folder / "said.txt").read_text
    try:
        wait_for("the server", lambda: f"voice callback on :{port}" in told() or None)
        yield f"http://127.0.0.1:{port}", told
    finally:
        process.kill()
        process.wait()


def call_own_phone(story, url, digits, *, listen_seconds=0.2):
    """Place a call that this voice URL handles; press the digits so long after it asks."""
    wish = {"from": story.number, "to": story.phone, "voice_callback_url": url}
    call_id = story.api.call("POST", "/v1/calls", wish)["call_id"]
    newcomer.pick_up(story)
    wait_for("the question", lambda: has(story, call_id, "voice.gather") or None, seconds=30)
    time.sleep(listen_seconds)
    story.press("call", {"action": "digits", "digits": digits})
    return newcomer.final(story, call_id)


def has(story, call_id, kind):
    events = story.api.call("GET", f"/v1/calls/{call_id}")["call"]["events"]
    return any(event["kind"] == kind for event in events)


def payloads(call, kind):
    return [event["payload"] for event in call["events"] if event["kind"] == kind]


def test_the_walkthroughs_own_code_answers_and_logs_the_outcome(stack, spoken, tmp_path):
    with CustomerServer() as idle, walkthrough_server(tmp_path) as (url, told):
        story = newcomer.ready_to_call(stack.url, idle)
        wish = {"url": f"{url}/webhooks/sautikit", "events": ["call.*"]}
        story.api.call("POST", "/v1/webhooks", wish)
        call = call_own_phone(story, f"{url}/voice", "2")
        line = f"call {call['id']} ended: completed"
        wait_for("the logged outcome", lambda: line in told() or None, seconds=30)
    assert [said["text"] for said in payloads(call, "voice.say")] == [
        GREETING,
        "Connecting you to support.",
    ]
    heard, _said = newcomer.heard(story, tmp_path)
    assert likeness(heard, spoken("Connecting you to support.")) > 0.8


def test_the_json_form_is_the_menu_that_the_quickstart_plays():
    assert json.loads((SEED / "menu.json").read_text()) == MENU


def test_the_xml_form_speaks_both_sentences_and_posts_the_digit_back(stack, spoken, tmp_path):
    menu = (SEED / "menu.xml").read_text()

    def answer(post):
        return THANKS if "Digits" in post.form else menu

    with CustomerServer(answer) as server:
        story = newcomer.ready_to_call(stack.url, server)
        call_own_phone(story, f"{server.url}/xml", "2", listen_seconds=3)
        posts = server.received("/xml")
    assert "Digits" not in posts[0].form
    assert posts[1].form["Digits"] == "2"
    heard, _said = newcomer.heard(story, tmp_path)
    for sentence in (GREETING, "Enter your choice.", "Thank you."):
        assert likeness(heard, spoken(sentence)) > 0.8, sentence


def test_a_sentence_that_was_not_spoken_is_not_found(spoken):
    """Shows that the measure of the tests above tells sentences apart."""
    assert likeness(spoken(GREETING), spoken("Connecting you to support.")) < 0.7
