"""The JSON form: what it reads, and where it says a document is wrong."""

from __future__ import annotations

import json

import pytest

from telephony.interpreter.document import BYTES_MAX, DocumentInvalid
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.parse import parse
from telephony.verbs import BY_NAME
from telephony.verbs.get_digits import GetDigits
from telephony.verbs.hangup import Hangup
from telephony.verbs.pause import Pause
from telephony.verbs.play import Play
from telephony.verbs.redirect import Redirect
from telephony.verbs.reject import Reject
from telephony.verbs.say import Say
from tests.telephony.interpreter.seeds import GREETING, SEED_JSON


def test_it_reads_the_document_of_the_quickstart():
    assert parse(SEED_JSON, "application/json").actions == (
        Say(text=GREETING, language="en-KE"),
        GetDigits(num_digits=1, timeout=8, finish_on_key="#", action="/voice/handle-choice"),
    )


def test_it_reads_every_verb_with_every_field():
    document = {
        "actions": [
            {"say": {"text": "Karibu.", "voice": "man", "language": "sw-KE", "loop": 2}},
            {"play": {"url": "https://cdn.example.com/a.wav", "loop": 0}},
            {"pause": {"length": 3}},
            {
                "getDigits": {
                    "numDigits": 4,
                    "timeout": 10,
                    "finishOnKey": "",
                    "action": "https://example.com/pin",
                    "nested": [{"say": {"text": "PIN?"}}, {"play": {"url": "beep.wav"}}],
                }
            },
            {"redirect": {"url": "/next", "method": "GET"}},
            {"reject": {"reason": "busy"}},
            {"hangup": {}},
        ]
    }
    assert parse_json(json.dumps(document).encode()).actions == (
        Say(text="Karibu.", voice="man", language="sw-KE", loop=2),
        Play(url="https://cdn.example.com/a.wav"),
        Pause(length=3),
        GetDigits(
            num_digits=4,
            timeout=10,
            finish_on_key="",
            action="https://example.com/pin",
            nested=(Say(text="PIN?"), Play(url="beep.wav")),
        ),
        Redirect(url="/next", method="GET"),
        Reject(reason="busy"),
        Hangup(),
    )


@pytest.mark.parametrize("raw", [b'{"actions": []}', b'\xef\xbb\xbf  {"actions":[]}\n'])
def test_an_empty_list_is_legal(raw):
    assert parse(raw).actions == ()


def test_fifty_actions_are_legal():
    assert len(parse_json(json.dumps({"actions": [{"hangup": {}}] * 50}).encode()).actions) == 50


SAY = '{"say": {"text": "Hi"}}'

# document, where, a part of the message, a part of how to mend it
BAD = [
    ("", "document", "empty", "<Response/>"),
    ("{", "line 1, column 2", "not JSON", "Write }"),
    ('{"actions": [\n  {"say": }\n]}', "line 2, column 11", "not JSON", "Write a value"),
    ('{"actions": [],}', "line 1, column 15", "not JSON", "Remove the comma"),
    ("[]", "document", "stands alone", "Wrap it"),
    ("{}", "document", "actions is missing", "Answer"),
    ('{"action": []}', "document", '"action" has no meaning', 'Did you mean "actions"'),
    ('{"say": {"text": "Hi"}}', "document", '"say" has no meaning', "Put it in the list"),
    ('{"actions": [], "version": 1}', "document", '"version"', 'Only "actions"'),
    ('{"actions": {}}', "actions", "must be a list", "Answer"),
    ('{"actions": null}', "actions", "must be a list", "Answer"),
    ('{"actions": ["say"]}', "actions[0]", "one verb", "The verbs here are say"),
    ('{"actions": [{}]}', "actions[0]", "0 verbs", "The verbs here are say"),
    (f'{{"actions": [{SAY}, {{"say": {{"text": "a"}}, "hangup": {{}}}}]}}', "actions[1]", "2 verbs", "own object"),
    ('{"actions": [{"sya": {"text": "Hi"}}]}', "actions[0]", '"sya" is not a verb', 'Did you mean "say"?'),
    ('{"actions": [{"Say": {"text": "Hi"}}]}', "actions[0]", '"Say" is not a verb', 'Did you mean "say"?'),
    ('{"actions": [{"aiAgent": {"agentId": "a"}}]}', "actions[0]", '"aiAgent" is not a verb', ", ".join(BY_NAME)),
    ('{"actions": [{"dial": {}}]}', "actions[0].dial", "exactly one of number", "Write one of them"),
    ('{"actions": [{"dial": {"number": "+254711000001", "numbers": ["+254711000002"]}}]}', "actions[0].dial", "exactly one of number", "Write one"),
    ('{"actions": [{"dial": {"number": "0711000001"}}]}', "actions[0].dial.number", "E.164", "+254712345678"),
    ('{"actions": [{"dial": {"numbers": []}}]}', "actions[0].dial.numbers", "1 to 10", "Write"),
    ('{"actions": [{"dial": {"numbers": ["+254711000001", "x"]}}]}', "actions[0].dial.numbers[1]", "E.164", "Write"),
    ('{"actions": [{"dial": {"number": "+254711000001", "record": "record-from-ringing"}}]}', "actions[0].dial.record", "true or false", "Write"),
    ('{"actions": [{"dial": {"sip": "a@b.test"}}]}', "actions[0].dial.sip", "sip cannot be", "sip:alice@"),
    ('{"actions": [{"dial": {"number": "+254711000001", "client": "a"}}]}', "actions[0].dial", "exactly one of number", "Write one"),
    ('{"actions": [{"conference": {}}]}', "actions[0].conference", "name is missing", "Add it"),
    ('{"actions": [{"conference": {"name": "a/b"}}]}', "actions[0].conference.name", "a slash", "support-4711"),
    ('{"actions": [{"conference": {"name": "a", "statusEvents": "join dance"}}]}', "actions[0].conference.statusEvents", '"dance" is not an event', "start, end, join"),
    ('{"actions": [{"conference": {"name": "a", "maxParticipants": 251}}]}', "actions[0].conference.maxParticipants", "0 to 250", "Write"),
    ('{"actions": [{"say": "Hi"}]}', "actions[0].say", "must be an object", '{"say": {"text": ...}}'),
    ('{"actions": [{"say": {}}]}', "actions[0].say", "text is missing", "What is spoken."),
    ('{"actions": [{"say": {"text": ""}}]}', "actions[0].say.text", "empty", "leave the action out"),
    ('{"actions": [{"say": {"text": " \\n"}}]}', "actions[0].say.text", "empty", "leave the action out"),
    ('{"actions": [{"say": {"text": 5}}]}', "actions[0].say.text", "must be text, not 5", "quotes"),
    ('{"actions": [{"say": {"text": null}}]}', "actions[0].say.text", "not null", "quotes"),
    ('{"actions": [{"say": {"text": "a\\u0000b"}}]}', "actions[0].say.text", "control", "Remove"),
    ('{"actions": [{"say": {"text": "\\ud800"}}]}', "actions[0].say.text", "control", "Remove"),
    (json.dumps({"actions": [{"say": {"text": "a" * 5001}}]}), "actions[0].say.text", "5001 characters", "Shorten"),
    ('{"actions": [{"say": {"txt": "Hi"}}]}', "actions[0].say", '"txt" is not a field', 'Did you mean "text"?'),
    ('{"actions": [{"say": {"text": "a", "text": "b"}}]}', "actions[0].say", "twice", "Keep one"),
    ('{"actions": [], "actions": []}', "document", '"actions" stands there twice', "Keep one"),
    ('{"actions": [{"say": {"text": "Hi", "voice": "robot"}}]}', "actions[0].say.voice", '"woman"', "leave voice out"),
    ('{"actions": [{"say": {"text": "Hi", "language": "English"}}]}', "actions[0].say.language", "language tag", "en-KE"),
    ('{"actions": [{"say": {"text": "Hi", "loop": -1}}]}', "actions[0].say.loop", "0 to 50", "Write"),
    ('{"actions": [{"say": {"text": "Hi", "loop": true}}]}', "actions[0].say.loop", "not true", "Write"),
    ('{"actions": [{"say": {"text": "Hi", "loop": 1.5}}]}', "actions[0].say.loop", "whole number", "Write"),
    ('{"actions": [{"play": {"url": "ftp://a.test/x.wav"}}]}', "actions[0].play.url", "http", "Write"),
    ('{"actions": [{"play": {"url": "https://"}}]}', "actions[0].play.url", "http", "Write"),
    ('{"actions": [{"play": {"url": "http://[::1"}}]}', "actions[0].play.url", "http", "Write"),
    ('{"actions": [{"play": {"url": "a b.wav"}}]}', "actions[0].play.url", "http", "Write"),
    (f'{{"actions": [{SAY}, {{"getDigits": {{"timeout": "soon"}}}}]}}', "actions[1].getDigits.timeout", 'not "soon"', "Write"),
    ('{"actions": [{"getDigits": {"maxDigits": 1}}]}', "actions[0].getDigits", '"maxDigits" is not a field', 'Did you mean "numDigits"?'),
    ('{"actions": [{"getDigits": {"callbackUrl": "/x"}}]}', "actions[0].getDigits", '"callbackUrl"', 'Did you mean "action"?'),
    ('{"actions": [{"getDigits": {"finishOnKey": "##"}}]}', "actions[0].getDigits.finishOnKey", "one of", "leave finishOnKey out"),
    ('{"actions": [{"getDigits": {"action": ""}}]}', "actions[0].getDigits.action", "address", "Write"),
    ('{"actions": [{"getDigits": {"nested": {"say": {}}}}]}', "actions[0].getDigits.nested", "list", "Write"),
    ('{"actions": [{"getDigits": {"nested": [{"hangup": {}}]}}]}', "actions[0].getDigits.nested[0]", '"hangup" is not a verb here', "say, play, pause."),
    ('{"actions": [{"getDigits": {"nested": [{"say": {"text": "a", "loop": 99}}]}}]}', "actions[0].getDigits.nested[0].say.loop", "0 to 50", "Write"),
    ('{"actions": [{"redirect": {}}]}', "actions[0].redirect", "url is missing", "next document"),
    ('{"actions": [{"redirect": {"url": "/a", "method": "PUT"}}]}', "actions[0].redirect.method", '"POST", "GET"', "Write"),
    ('{"actions": [{"reject": {"reason": "tired"}}]}', "actions[0].reject.reason", '"rejected", "busy"', "Write"),
    ('{"actions": [{"hangup": {"now": 1}}]}', "actions[0].hangup", '"now" is not a field', "no fields"),
    ('{"actions": [{"hangup": null}]}', "actions[0].hangup", "must be an object", '{"hangup": {}}'),
    ('{"actions": [{"pause": {"length": 0}}]}', "actions[0].pause.length", "1 to 300", "Write"),
    ('{"actions": [{"record": {"playBeep": "yes"}}]}', "actions[0].record.playBeep", "true or false", "Write true"),
    ('{"actions": [{"record": {"finishOnKey": "A"}}]}', "actions[0].record.finishOnKey", "keys of a phone", "Write"),
    ('{"actions": [{"record": {"maxLength": 3601}}]}', "actions[0].record.maxLength", "0 to 3600", "Write"),
    ('{"actions": [{"record": {"callbackUrl": "/x"}}]}', "actions[0].record", '"callbackUrl"', 'Did you mean "action"?'),
    (json.dumps({"actions": [{"hangup": {}}] * 51}), "actions", "51 actions", "redirect"),
    ('{"actions": [NaN]}', "line 1, column 14", "NaN", "null"),
    ('{"actions": [' + "9" * 5000 + "]}", "document", "too long", "shorter"),
    ('{"actions": ' + "[" * 30 + "]" * 30 + "}", "actions" + "[0]" * 15, "nested too deeply", "Remove"),
    ('{"actions": ' + "[" * 30000, "document", "nested too deeply", "Remove"),
    ('{"actions": [' + " " * BYTES_MAX + "]}", "document", "the limit is 65536", "redirect"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "message", "mend"), BAD)
def test_it_names_the_place_and_the_mend_of_a_bad_document(text, where, message, mend):
    with pytest.raises(DocumentInvalid) as refused:
        parse(text.encode(), "application/json")
    assert refused.value.where == where
    assert message in refused.value.message
    assert mend in refused.value.mend
    assert "\0" not in str(refused.value)


def test_it_refuses_bytes_that_are_not_utf8():
    with pytest.raises(DocumentInvalid) as refused:
        parse(b'{"actions": [{"say": {"text": "\xff"}}]}')
    assert refused.value.where == "byte 31"
