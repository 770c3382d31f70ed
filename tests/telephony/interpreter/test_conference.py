"""The room verb in its XML forms: ours, TwiML's, and what each asks the exchange for."""

import pytest

from telephony.interpreter.parse import parse
from telephony.interpreter.session import Session
from telephony.verbs.conference import Conference


def only(text):
    document = parse(f"<Response>{text}</Response>".encode(), "text/xml")
    (verb,) = document.actions
    assert isinstance(verb, Conference)
    return verb, [remark.message for remark in document.remarks]


@pytest.mark.parametrize(
    "text",
    [
        '<Conference startOnEnter="false" endOnExit="true" muted="true">r</Conference>',
        '<Conference name="r" startOnEnter="false" endOnExit="true" muted="true"/>',
        """<Dial><Conference startConferenceOnEnter="false" endConferenceOnExit="true"
           muted="true"> r </Conference></Dial>""",
    ],
)
def test_a_room_is_written_in_three_ways(text):
    verb, remarks = only(text)
    assert (verb.name, verb.start_on_enter, verb.end_on_exit, verb.muted) == (
        "r",
        False,
        True,
        True,
    )
    assert remarks == []


def test_twiml_says_more_and_means_the_same():
    verb, remarks = only(
        """<Dial record="true" timeout="9"><Conference beep="onEnter" waitUrl="/wait.wav"
        statusCallback="/told" statusCallbackEvent="start participant-join leave"
        record="record-from-start" region="us1">r</Conference></Dial>"""
    )
    assert (verb.beep, verb.record, verb.wait_url) == (True, True, "/wait.wav")
    assert verb.status_events == "start join leave"
    assert remarks == ["The attribute region is not understood and was skipped."]


def test_what_is_asked_of_the_exchange_has_whole_addresses_and_defaults():
    verb, _ = only(
        """<Conference flags="mute|endconf" statusEventsCallbackUrl="told"
        collectDigits="true" numDigits="3">r</Conference>"""
    )
    _note, effect = verb.begin(Session(url="https://acme.example/voice/now", turn=4))
    assert (effect.id, effect.name, effect.participants_max) == ("conference-4", "r", 0)
    assert (effect.is_muted, effect.ends, effect.starts) == (True, True, True)
    assert effect.status_url == "https://acme.example/voice/told"
    assert effect.status_events == ("start", "end", "join", "leave", "mute", "unmute")
    assert (effect.num_digits, effect.finish_on_key, effect.digits_url) == (3, "#", "")
