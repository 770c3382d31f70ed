"""What a scripted caller hears, with the real interpreter and nobody at the other end."""

import json

import pytest

from telephony.rehearsal.play import URL, Plan, rehearse
from telephony.rehearsal.script import Input
from telephony.rehearsal.words import SENTENCES, sentence

MENU = {
    "actions": [
        {
            "getDigits": {
                "numDigits": 1,
                "timeout": 6,
                "action": "/choice",
                "nested": [{"say": {"text": "For sales press 1."}}],
            }
        },
        {"say": {"text": "We did not get that."}},
    ]
}
SALES = {"actions": [{"dial": {"number": "+254712345678", "timeout": 20, "action": "/after"}}]}
SORRY = {"actions": [{"say": {"text": "Nobody is there."}}, {"hangup": {}}]}
ANSWERED = {"actions": []}


def play(document, *inputs, others=None, **options):
    documents = {f"https://your-app.example.com{at}": it for at, it in (others or {}).items()}
    raw = {
        at: it if it is None or isinstance(it, bytes) else json.dumps(it).encode()
        for at, it in {URL: document, **documents}.items()
    }
    return rehearse(Plan(documents=raw, inputs=inputs, **options))


def kinds(told):
    return [step.kind for step in told.steps]


def asked(told):
    return [step.facts for step in told.steps if step.kind == "voice.fetched"]


def heard(told):
    return [step.facts["text"] for step in told.steps if step.kind == "voice.say"]


def test_a_silent_caller_hears_the_document_to_its_end():
    told = play(MENU)
    assert heard(told) == ["For sales press 1.", "We did not get that."]
    assert (told.outcome, told.ended_by, told.failure_code) == ("completed", "document", "")
    # Two seconds of prompt, six of waiting, two of the second prompt.
    assert (told.lasts_seconds, told.connected_seconds) == (10, 10)
    assert [it["purpose"] for it in asked(told)] == ["start", "final"]


def test_a_key_asks_the_next_document_with_its_digits():
    told = play(MENU, Input("digits", digits="1"), others={"/choice": SORRY})
    question = asked(told)[1]
    assert question["url"] == "https://your-app.example.com/choice"
    assert question["fields"]["Digits"] == "1"
    assert heard(told) == ["For sales press 1.", "Nobody is there."]


@pytest.mark.parametrize(
    ("status", "dialled", "connected"), [("busy", "busy", 4), ("no-answer", "no-answer", 22)]
)
def test_a_dial_that_fails_tells_the_action_why(status, dialled, connected):
    told = play(SALES, Input("dialled", status=status), others={"/after": SORRY})
    assert asked(told)[1]["fields"]["dialCallStatus"] == dialled
    assert heard(told) == ["Nobody is there."]
    assert told.connected_seconds == connected
    assert told.talks == []


def test_a_dial_that_is_answered_is_talked_and_paid_apart():
    told = play(SALES, Input("dialled", seconds=90), others={"/after": ANSWERED})
    assert [(it.e164, it.seconds) for it in told.talks] == [("+254712345678", 90)]
    assert asked(told)[1]["fields"]["dialDurationInSeconds"] == "90"
    assert told.connected_seconds == 95


def test_numbers_in_turn_take_one_input_each():
    turns = {
        "actions": [{"dial": {"numbers": ["+254712345678", "+254722345678"], "sequential": True}}]
    }
    busy, answered = Input("dialled", status="busy"), Input("dialled", seconds=7)
    told = play(turns, busy, answered, Input("hangup"))
    assert [(it.e164, it.seconds) for it in told.talks] == [("+254722345678", 7)]


def test_an_inbound_caller_is_answered_when_the_dialled_one_answers():
    told = play(
        SALES, Input("dialled", seconds=10), others={"/after": ANSWERED}, direction="inbound"
    )
    assert kinds(told)[:3] == ["voice.fetched", "voice.dial", "call.answered"]
    assert (told.lasts_seconds, told.connected_seconds) == (15, 10)


def test_an_inbound_call_can_be_refused_for_nothing():
    told = play({"actions": [{"reject": {"reason": "busy"}}]}, direction="inbound")
    assert (told.outcome, told.connected_seconds) == ("not_answered", 0)
    assert told.steps[-2].facts == {"ended_by": "document", "sip_code": 486}


def test_a_recording_is_told_to_its_action_also_when_the_caller_hangs_up():
    message = {"actions": [{"record": {"action": "/left", "maxLength": 20, "timeout": 4}}]}
    spoken = play(message, Input("recorded", seconds=9), others={"/left": SORRY})
    assert asked(spoken)[1]["fields"]["recordingStatus"] == "silence"
    assert heard(spoken) == ["Nobody is there."]
    gone = play(message, Input("hangup", seconds=9), others={"/left": SORRY})
    assert asked(gone)[1]["fields"]["recordingStatus"] == "hangup"
    assert (gone.ended_by, heard(gone), gone.connected_seconds) == ("caller", [], 9)
    full = play(message, Input("recorded", seconds=60), others={"/left": SORRY})
    assert asked(full)[1]["fields"]["recordingDurationInSeconds"] == "20"
    keyed = play(message, Input("recorded", digits="5#", seconds=3), others={"/left": SORRY})
    assert (asked(keyed)[1]["fields"]["Digits"], keyed.connected_seconds) == ("#", 6)


def test_a_rehearsal_stops_where_a_document_is_missing():
    told = play(MENU, Input("digits", digits="2"))
    assert told.outcome == "needs_document"
    assert (told.needs.url, told.needs.fields["Digits"]) == (
        "https://your-app.example.com/choice", "2",
    )  # fmt: skip
    assert asked(told)[-1]["has_answer"] is False


def test_a_server_that_does_not_answer_ends_in_the_apology_or_the_fallback():
    told = play(MENU, Input("digits", digits="2"), others={"/choice": None})
    assert told.failure_code == "voice_callback_unreachable"
    assert "application error" in heard(told)[-1]
    saved = play(
        MENU,
        Input("digits", digits="2"),
        others={"/choice": None, "/spare": SORRY},
        fallback_url="https://your-app.example.com/spare",
    )
    assert heard(saved)[-1] == "Nobody is there."
    assert asked(saved)[2]["fields"]["failureCode"] == "voice_callback_unreachable"


def test_a_document_that_is_wrong_is_heard_as_in_a_call():
    told = play({"actions": [{"say": {"txt": "Hi"}}]})
    assert told.failure_code == "voice_document_invalid"
    assert "actions[0].say" in next(
        it.facts["reason"] for it in told.steps if it.kind == "voice.error"
    )


def test_a_rehearsal_may_pause_where_the_script_ends():
    told = play(MENU, pauses=True)
    assert (told.outcome, told.waits.kind, told.ended_by) == ("waiting", "digits", "")
    assert told.waits.facts["timeout_seconds"] == 6
    dialled = play(SALES, pauses=True)
    assert dialled.waits.facts["numbers"] == ["+254712345678"]


def test_inputs_that_nothing_waits_for_are_counted():
    told = play({"actions": [{"say": {"text": "Hi"}}]}, Input("digits", digits="1"))
    assert (told.outcome, told.unused_inputs) == ("completed", 1)


@pytest.mark.parametrize("verb", ["conference", "stream"])
def test_a_caller_stays_in_a_room_or_a_stream_until_they_go(verb):
    fields = {
        "conference": {"name": "standup"},
        "stream": {"url": "wss://your-app.example.com/audio", "connect": True},
    }
    document = {"actions": [{verb: fields[verb]}, {"say": {"text": "After."}}]}
    assert (play(document).ended_by, play(document).connected_seconds) == ("caller", 30)
    assert heard(play(document, Input("left"))) == ["After."]


def test_documents_that_lead_to_each_other_for_ever_have_an_end():
    told = play({"actions": [{"redirect": {"url": "/voice"}}]})
    assert "application error" in heard(told)[-1]
    noisy = play({"actions": [{"say": {"text": "Hi"}}, {"redirect": {"url": "/voice"}}]})
    assert noisy.outcome == "too_long"
    assert len(noisy.steps) < 500


def test_xml_is_rehearsed_as_well():
    told = play(b"<Response><Say>Habari.</Say><Hangup/></Response>")
    assert (heard(told), told.outcome) == (["Habari."], "completed")


def test_every_step_is_a_sentence():
    document = {
        "actions": [
            {"play": {"url": "/a.wav", "loop": 2}},
            {"pause": {"length": 2}},
            {"stream": {"url": "wss://your-app.example.com/audio"}},
            {"conference": {"name": "standup"}},
            *MENU["actions"],
            *SALES["actions"],
        ]
    }
    others = {"/after": {"actions": [{"record": {"action": "/left"}}]}, "/left": SORRY}
    told = play(document, Input("left"), Input("silence"), others=others)
    assert {step.kind for step in told.steps} <= set(SENTENCES)
    said = [sentence(step) for step in told.steps]
    assert "The caller hears 2 times the file https://your-app.example.com/a.wav" in said
    assert "+254712345678 answered and talked for 30 s." in said
    assert said[-2] == "The call ends, hung up by the document."
