"""Supervisors and replaced documents by their rules, through the API; no engine needed."""

import json

import pytest

from calls import services as calls
from calls.models import Call
from kernel.models import Event
from telephony import control, services, supervising
from telephony.gateway.apply import close_document
from telephony.interpreter.json_form import parse_json
from telephony.models import Session, Supervision
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db
LEAD = "+254733000001"


@pytest.fixture(autouse=True)
def generous(settings):
    settings.CALLS_PER_SECOND = settings.CONCURRENT_CALLS_MAX = 1_000_000


@pytest.fixture
def api():
    return world.api(world.acme())


def talking():
    call = story.place(world.acme())
    story.answer(call)
    services.start_session(call_id=call.id, leg_id=story.leg(call).id)
    return story.fresh(call)


def ask(api, call, mode="listen", **more):
    supervisor = more.pop("supervisor", {"type": "phone", "number": LEAD})
    body = {"mode": mode, "supervisor": supervisor, **more}
    return api.post(f"/v1/calls/{call.id}/supervision", body)


def comes(row):
    """The supervisor answers."""
    theirs = row.supervisor_call
    story.answer(theirs)
    supervising.answered(story.fresh(theirs))


def goes(row, *, connected_ms=0, **how):
    """The supervisor's leg ends."""
    theirs = row.supervisor_call
    story.end(theirs, connected_ms=connected_ms, **how)
    close_document(story.leg(theirs).id, story.fresh(theirs))


def announced(call):
    rows = Event.objects.filter(call_id=call.id, kind__startswith="call.supervision")
    return [row.kind.rpartition(".")[2] for row in rows.order_by("id")]


def test_a_supervisor_is_called_held_connected_switched_and_billed(api):
    call = talking()
    reply = ask(api, call, label="Team lead", announce="agent")
    assert reply.status_code == 201
    body = reply.json()
    assert body["supervisor"] == {
        "type": "phone", "identity": None, "number": LEAD, "label": "Team lead",
    }  # fmt: skip
    assert (body["state"], body["mode"], body["notify_agent"]) == ("connecting", "listen", True)
    assert api.get(f"/v1/calls/{call.id}/supervision").json()["supervision"] == body
    row = Supervision.objects.get()
    theirs = row.supervisor_call
    assert (theirs.purpose, theirs.parent_id) == ("supervision", call.id)
    held = story.money(world.acme()).held_minor
    assert held == 2 * 300
    late = api.patch(f"/v1/calls/{call.id}/supervision", {"mode": "barge"})
    assert (late.status_code, late.json()["error"]["code"]) == (
        409,
        "calls.supervision_not_connected",
    )
    comes(row)
    patched = api.patch(f"/v1/calls/{call.id}/supervision", {"mode": "whisper"}).json()
    assert (patched["mode"], patched["state"]) == ("whisper", "connected")
    assert [body["mode"] for kind, body in story.orders(theirs) if kind == "supervise"] == [
        "listen",
        "whisper",
    ]
    assert story.orders(theirs)[-1][1]["other"] == str(call.winner_id)
    assert api.delete(f"/v1/calls/{call.id}/supervision").status_code == 204
    assert story.orders(theirs)[-1][0] == "hangup"
    goes(row, connected_ms=30_000)
    assert announced(call) == ["started", "connected", "mode_changed", "ended"]
    ended = Event.objects.get(kind="call.supervision.ended").payload
    assert (ended["seconds"], ended["state"], ended["mode"]) == (30, "ended", "whisper")
    assert api.get(f"/v1/calls/{call.id}/supervision").json() == {"supervision": None}
    assert api.delete(f"/v1/calls/{call.id}/supervision").status_code == 204
    (line,) = api.get("/v1/wallet/statements?kind=supervision").json()["data"]
    assert (line["amount_minor"], line["call_id"]) == (150, str(theirs.id))


def test_a_client_costs_half_a_shilling_a_minute_whatever_it_hears(api):
    call = talking()
    reply = ask(api, call, supervisor={"type": "client", "identity": "lead"})
    assert reply.status_code == 201, reply.json()
    row = Supervision.objects.get()
    assert row.supervisor_call.rate_minor_per_minute == 50
    assert row.supervisor_call.client == "client:lead"
    comes(row)
    goes(row, connected_ms=120_000)
    assert Call.objects.get(pk=row.supervisor_call_id).cost_minor == 50


def test_a_call_has_one_supervisor_and_only_while_it_talks(api):
    rings = story.place(world.acme())
    assert ask(api, rings).json()["error"]["code"] == "calls.not_live"
    call = talking()
    assert ask(api, call).status_code == 201
    again = ask(api, call)
    assert (again.status_code, again.json()["error"]["code"]) == (
        409,
        "calls.supervision_in_progress",
    )
    none = api.patch(f"/v1/calls/{rings.id}/supervision", {"mode": "barge"})
    assert none.json()["error"]["code"] == "calls.supervision_not_found"
    stranger = world.api(world.chege()).get(f"/v1/calls/{call.id}/supervision")
    assert stranger.status_code == 404


def test_who_does_not_come_failed_and_nothing_is_billed(api):
    call = talking()
    ask(api, call)
    row = Supervision.objects.get()
    goes(row, sip_code=486)
    row.refresh_from_db()
    assert (row.state, row.failure_code) == ("failed", "busy")
    assert announced(call) == ["started", "failed"]
    assert story.money(world.acme()).held_minor == 300
    assert ask(api, call).status_code == 201


def test_the_supervision_ends_with_the_call(api):
    call = talking()
    ask(api, call)
    row = Supervision.objects.get()
    comes(row)
    story.end(call, connected_ms=5_000)
    close_document(story.leg(call).id, story.fresh(call))
    assert story.orders(row.supervisor_call)[-1][0] == "hangup"
    assert ask(api, call).json()["error"]["code"] == "calls.not_live"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"mode": "spy", "supervisor": {"type": "phone", "number": LEAD}}, "mode"),
        ({"mode": "listen", "supervisor": {"type": "phone"}}, "supervisor.number"),
        ({"mode": "listen", "supervisor": {"type": "client"}}, "supervisor.identity"),
        ({"mode": "listen", "supervisor": {"type": "phone", "number": "07"}}, "supervisor.number"),
        (
            {"mode": "listen", "supervisor": {"type": "phone", "number": LEAD}, "label": "x" * 65},
            "label",
        ),
    ],
)
def test_what_is_wrong_is_named(api, body, path):
    reply = api.post(f"/v1/calls/{talking().id}/supervision", body)
    assert reply.status_code == 400
    assert reply.json()["error"]["fields"][0]["path"] == path


def test_a_day_limit_and_an_empty_wallet_refuse_a_supervisor(api):
    call = talking()
    story.drain(world.acme(), 2)
    reply = ask(api, call)
    assert (reply.status_code, reply.json()["error"]["code"]) == (
        402,
        "wallet.insufficient_balance",
    )
    assert not Supervision.objects.exists()


# Other actions for a running call.


def send(api, call, *actions):
    return api.post(f"/v1/calls/{call.id}/actions", {"actions": list(actions)})


def test_other_actions_stop_what_runs_and_begin_at_once(api):
    call = talking()
    reply = send(api, call, {"pause": {"length": 1}}, {"hangup": {}})
    assert reply.status_code == 200
    assert reply.json() == {
        "call_id": str(call.id), "session_id": call.session_id, "status": "accepted", "actions": 2,
    }  # fmt: skip
    kinds = [kind for kind, _ in story.orders(call)]
    assert kinds[-2:] == ["unbridge", "stop"]
    session = Session.objects.get(pk=call.pk)
    assert session.pending["prompts"] == [["silence", 1]]
    assert "voice.replaced" in story.kinds(call)


def test_actions_are_checked_and_need_a_call_that_lives(api):
    call = talking()
    wrong = send(api, call, {"say": {}}, {"dial": {}})
    assert wrong.status_code == 400
    paths = [it["path"] for it in wrong.json()["error"]["fields"]]
    assert paths == ["actions[0].say", "actions[1].dial"]
    xml = api.post(
        f"/v1/calls/{call.id}/actions", b"<Response><Hangup/></Response>", content_type="text/xml"
    )
    assert xml.status_code == 200
    rings = story.place(world.acme())
    reply = send(api, rings, {"hangup": {}})
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "calls.not_live")
    assert send(world.api(world.chege()), call, {"hangup": {}}).status_code == 404


def test_somebody_who_was_dialled_can_be_taken_elsewhere_and_the_caller_goes_on():
    caller = talking()
    other = calls.dial_call(parent=caller, to_e164=LEAD, caller_id="", ring_timeout_seconds=30)
    session = Session.objects.get(pk=caller.pk)
    state = {"id": "dial-9", "waiting": [], "is_sequential": False, "calls": [str(other.id)]}
    session.dial = state | {"winner": str(other.id), "record": False, "last": {}}
    session.state |= {
        "waiting_for": "dial-9",
        "actions": [{"dial": {"number": LEAD}}, {"pause": {"length": 1}}],
        "url": "https://acme.example/voice",
    }
    session.save()
    story.answer(other)
    document = parse_json(json.dumps({"actions": [{"conference": {"name": "r"}}]}).encode())
    control.take_over(story.fresh(other), document, actor="user:amina")
    assert Session.objects.get(pk=other.pk).state["waiting_for"].startswith("conference-")
    assert story.orders(caller)[-2:] == [
        ("unbridge", {"leg": str(story.leg(caller).id)}),
        ("stop", {"leg": str(story.leg(caller).id)}),
    ]
    session.refresh_from_db()
    assert session.dial is None
    assert session.state["purpose"] == "dial"
