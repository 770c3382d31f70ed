"""Somebody calls our number: the sandbox's phone, and a caller of another make over the trunk."""

from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer
from tests.journeys.audio import likeness
from tests.telephony.engine.child import Sipp

GREETING = "Hi from Sautikit. Press 1 for sales, or 2 for support."


def test_a_phone_dials_our_number_hears_the_menu_and_pays_us_nothing(stack, spoken, tmp_path):
    with CustomerServer() as server:
        story = newcomer.ready_to_call(stack.url, server)
        before = story.api.call("GET", "/v1/wallet/balance")
        story.press("call", {"action": "dial", "to": story.number})
        wait_for("the call to be up", lambda: story.in_call("up"), seconds=30)
        call_id = wait_for("the call", lambda: inbound(story), seconds=20)["id"]
        wait_for("the question", lambda: asked(story, call_id), seconds=30)
        story.press("call", {"action": "digits", "digits": "1"})
        call = newcomer.final(story, call_id)
        wait_for("the webhook", lambda: server.webhooks().get("call.completed"), seconds=20)
        told = server.webhooks()["call.completed"].event["data"]
        choice = server.received("/voice/handle-choice")[0].form
        first = server.received("/voice")[0].form
    assert (call["direction"], call["status"], call["cost_minor"]) == ("inbound", "completed", 0)
    assert (call["local_e164"], call["remote_e164"]) == (story.number, story.phone)
    assert call["duration_seconds"] >= 1
    assert (first["direction"], first["From"], first["To"]) == (
        "inbound",
        story.phone,
        story.number,
    )
    assert choice["Digits"] == "1"
    assert (told["direction"], told["cost_minor"]) == ("inbound", 0)
    assert story.api.call("GET", "/v1/wallet/balance") == before
    heard, _said = newcomer.heard(story, tmp_path)
    assert likeness(heard, spoken(GREETING)) > 0.8
    assert likeness(heard, spoken("Connecting you to sales.")) > 0.8


def test_a_caller_of_another_make_is_answered_and_hung_up_on(stack, tmp_path):
    document = {"actions": [{"pause": {"length": 1}}, {"hangup": {}}]}
    with CustomerServer(lambda _post: document) as server:
        story = newcomer.ready_to_call(stack.url, server)
        call = call_from_the_trunk(stack, story, tmp_path, "call_wait")
        assert server.received("/voice")[0].form["callerNumber"] == "+254722000111"
    assert (call["status"], call["cost_minor"]) == ("completed", 0)
    assert call["remote_e164"] == "+254722000111"


def test_a_caller_is_refused_with_the_code_the_document_names(stack, tmp_path):
    document = {"actions": [{"reject": {"reason": "busy"}}]}
    with CustomerServer(lambda _post: document) as server:
        story = newcomer.ready_to_call(stack.url, server)
        call = call_from_the_trunk(stack, story, tmp_path, "call_refused", code=486)
    assert (call["answered_at"], call["cost_minor"]) == (None, 0)


def call_from_the_trunk(stack, story, folder, scenario, **options):
    """Let SIPp call our number from the trunk's address; gives the call when both are done."""
    words = ("-s", story.number.removeprefix("+"), "-key", "from", "+254722000111")
    remote = f"127.0.0.1:{stack.env['SIP_PORT']}"
    caller = Sipp(folder, scenario, *words, remote=remote, **options)
    try:
        assert caller.done() == 0
    finally:
        caller.close()
    call_id = wait_for("the call", lambda: inbound(story), seconds=20)["id"]
    return newcomer.final(story, call_id)


def inbound(story):
    found = story.api.call("GET", "/v1/calls?direction=inbound")["data"]
    return found[0] if found else None


def asked(story, call_id):
    events = story.api.call("GET", f"/v1/calls/{call_id}")["call"]["events"]
    return any(event["kind"] == "voice.gather" for event in events) or None
