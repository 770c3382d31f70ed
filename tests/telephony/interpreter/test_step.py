"""Calls as transcripts: each row is what happened and what the interpreter wants done."""

from __future__ import annotations

import json

import pytest

from telephony.interpreter.document import DocumentInvalid
from telephony.interpreter.effects import (
    Answer,
    Dial,
    Effect,
    Fetch,
    Gather,
    Hangup,
    Note,
    Play,
    Record,
    Reject,
)
from telephony.interpreter.events import (
    Answered,
    Dialed,
    DocumentArrived,
    DocumentFailed,
    Ended,
    Event,
    Gathered,
    Played,
    Recorded,
    Started,
)
from telephony.interpreter.parse import parse
from telephony.interpreter.prompts import Audio, Silence, Speech
from telephony.interpreter.session import Session
from telephony.interpreter.step import step
from tests.telephony.interpreter.seeds import GREETING, SEED_JSON, SEED_XML

VOICE = "https://shop.test/voice"
BACKUP = "https://backup.test/voice"
SORRY = "say 'We are sorry, an application error has occurred. Goodbye.'"


def arrives(document: bytes | list, url: str = VOICE) -> DocumentArrived:
    raw = document if isinstance(document, bytes) else json.dumps({"actions": document}).encode()
    return DocumentArrived(parse(raw), url)


def heard(prompt) -> str:
    match prompt:
        case Speech(text):
            return f"say {text!r}"
        case Audio(url):
            return f"play {url}"
        case Silence(seconds):
            return f"silence {seconds}s"


def written(effect: Effect) -> str | None:
    """Write an effect as a person would; the notes have tests of their own."""
    match effect:
        case Note():
            return None
        case Fetch(id, url, purpose, method, params):
            asked = " ".join(f"{k}={v}" for k, v in params.items() if k[0].islower())
            return f"{id}: {method} {url} ({purpose}) {asked}".rstrip()
        case Play(id, prompts):
            return f"{id}: {', '.join(map(heard, prompts))}"
        case Gather(id, prompts, most, timeout, finish):
            return f"{id}: gather {most} {timeout}s {finish!r} [{', '.join(map(heard, prompts))}]"
        case Record(id, silence, longest, finish, trim, beep):
            words = [word for word, is_on in (("trim", trim), ("beep", beep)) if is_on]
            return " ".join([f"{id}: record {silence}s of {longest}s {finish!r}", *words])
        case Dial(id, numbers, is_sequential, shown, timeout, record):
            words = ["in turn"] if is_sequential else []
            words += [f"as {shown}"] if shown else []
            words += ["recorded"] if record else []
            return " ".join([f"{id}: dial {', '.join(numbers)} for {timeout}s", *words])
        case Answer():
            return "answer"
        case Reject(code):
            return f"reject {code}"
        case Hangup(reason, failure):
            return f"hangup {reason} {failure}".rstrip()


def transcript(session: Session, *events: Event) -> list[list[str]]:
    """Run the events; the session takes the way through JSON between any two of them."""
    rows = []
    for event in events:
        session, effects = step(Session.from_json(json.loads(json.dumps(session.to_json()))), event)
        rows.append([line for line in map(written, effects) if line])
    return rows


def notes(session: Session, *events: Event) -> list[tuple[str, dict]]:
    found = []
    for event in events:
        session, effects = step(session, event)
        found += [(it.kind, dict(it.payload)) for it in effects if isinstance(it, Note)]
    return found


def outbound(**fields) -> Session:
    return Session(**{"voice_url": VOICE, **fields})


def test_the_json_document_of_the_quickstart():
    assert transcript(
        outbound(),
        Started("outbound"),
        Answered(),
        arrives(SEED_JSON),
        Played("play-2"),
        Gathered("gather-3", "1", "full"),
        arrives([{"say": {"text": "Connecting you to sales.", "language": "en-KE"}}], f"{VOICE}/handle-choice"),
        Played("play-5"),
        Ended(),
    ) == [
        [],
        [f"fetch-1: POST {VOICE} (start) callSessionState=Answered"],
        [f"play-2: say {GREETING!r}"],
        ["gather-3: gather 1 8s '#' []"],
        ["fetch-4: POST https://shop.test/voice/handle-choice (digits) dtmfDigits=1"],
        ["play-5: say 'Connecting you to sales.'"],
        ["hangup completed"],
        [],
    ]  # fmt: skip


def recorded(ticket, reason="silence", digits="") -> Recorded:
    return Recorded(ticket, "id-1", "https://media.test/1.wav", 7, digits, reason)


def test_a_recording_is_reported_and_the_answer_goes_on():
    assert transcript(
        outbound(),
        Started("outbound", already_answered=True),
        arrives([{"record": {"action": "/left", "method": "GET", "maxLength": 30}}]),
        Recorded("record-9", "id-0", "", 1, "", "silence"),
        recorded("record-2", "key", "#"),
        arrives([{"record": {"playBeep": False, "trim": False, "timeout": 2, "finishOnKey": ""}}]),
        recorded("record-4", "hangup"),
        Ended(),
    ) == [
        [f"fetch-1: POST {VOICE} (start) callSessionState=Answered"],
        ["record-2: record 5s of 30s '#' trim beep"],
        [],
        [
            "fetch-3: GET https://shop.test/left (recording) recordingUrl=https://media.test/1.wav "
            "recordingId=id-1 recordingDurationInSeconds=7 recordingStatus=key dtmfDigits=#"
        ],
        ["record-4: record 2s of 120s ''"],
        [
            f"fetch-5: POST {VOICE} (recording) recordingUrl=https://media.test/1.wav "
            "recordingId=id-1 recordingDurationInSeconds=7 recordingStatus=hangup"
        ],
        [],
    ]


def test_a_dial_before_the_answer_waits_and_its_outcome_is_reported():
    dial = {"numbers": ["+254711000001", "+254711000002"], "sequential": True, "record": True}
    assert transcript(
        outbound(direction="inbound"),
        Started("inbound"),
        arrives([{"dial": dial}]),
        Answered(),
        Dialed("dial-9", "busy"),
        Dialed("dial-2", "completed", "id-2", "+254711000002", 47, "", "https://media.test/2.wav"),
        arrives([{"dial": {"number": "+254711000003", "timeout": 9, "callerId": "+254200000000"}}]),
        Dialed("dial-4", "failed", number="+254711000003", reason="calls.destination_denied"),
    ) == [
        [f"fetch-1: POST {VOICE} (start) callSessionState=Ringing"],
        ["dial-2: dial +254711000001, +254711000002 for 30s in turn recorded"],
        [],
        [],
        [
            f"fetch-3: POST {VOICE} (dial) dialCallStatus=completed dialCallId=id-2 "
            "dialDestinationNumber=+254711000002 dialDurationInSeconds=47 "
            "recordingUrl=https://media.test/2.wav"
        ],
        ["dial-4: dial +254711000003 for 9s as +254200000000"],
        [
            f"fetch-5: POST {VOICE} (dial) dialCallStatus=failed dialCallId= "
            "dialDestinationNumber=+254711000003 dialDurationInSeconds=0 "
            "dialFailureReason=calls.destination_denied"
        ],
    ]


def test_a_document_that_dials_again_and_again_ends():
    session = outbound()
    session, _ = step(session, Started("outbound", already_answered=True))
    again = arrives([{"dial": {"number": "+254711000001"}}])
    for _ in range(10):
        session, _ = step(session, again)
        session, _ = step(session, Dialed(session.waiting_for, "completed"))
    _, effects = step(session, again)
    assert [line for line in map(written, effects) if line] == ["hangup completed"]


def test_the_xml_document_of_the_quickstart_speaks_both_sentences_and_posts_to_its_own_address():
    assert transcript(
        outbound(),
        Started("outbound"),
        Answered(),
        arrives(SEED_XML),
        Played("play-2"),
        Gathered("gather-3", "2", "full"),
    ) == [
        [],
        [f"fetch-1: POST {VOICE} (start) callSessionState=Answered"],
        [f"play-2: say {GREETING!r}"],
        ["gather-3: gather 1 8s '#' [say 'Enter your choice.']"],
        [f"fetch-4: POST {VOICE} (digits) dtmfDigits=2"],
    ]


def test_digits_travel_under_both_names():
    session = outbound()
    for event in (Started("outbound", True), arrives([{"getDigits": {}}])):
        session, _ = step(session, event)
    _, effects = step(session, Gathered("gather-2", "42", "key"))
    assert effects[-1].params == {"Digits": "42", "dtmfDigits": "42"}


@pytest.mark.parametrize("reason", ["timeout", "key", "stopped"])
def test_when_nothing_is_typed_the_next_action_runs(reason):
    assert transcript(
        outbound(),
        Started("outbound", already_answered=True),
        arrives([{"getDigits": {"timeout": 3}}, {"say": {"text": "Nothing?"}}]),
        Gathered("gather-2", "", reason),
        Played("play-4"),
    )[1:] == [
        ["gather-2: gather 0 3s '#' []"],
        ["play-4: say 'Nothing?'"],
        ["hangup completed"],
    ]


def test_digits_typed_before_the_timeout_are_posted():
    rows = transcript(
        outbound(),
        Started("outbound", already_answered=True),
        arrives([{"getDigits": {"numDigits": 4}}]),
        Gathered("gather-2", "12", "timeout"),
    )
    assert rows[-2:] == [
        ["gather-2: gather 4 5s '#' []"],
        [f"fetch-3: POST {VOICE} (digits) dtmfDigits=12"],
    ]


def test_an_inbound_call_is_asked_about_first_and_answered_when_something_is_to_be_heard():
    assert transcript(
        outbound(),
        Started("inbound"),
        arrives([{"redirect": {"url": "menu"}}]),
        arrives([{"play": {"url": "/hi.wav", "loop": 2}}, {"pause": {"length": 2}}], "https://shop.test/menu"),
        Answered(),
        Played("play-3"),
        Played("play-4"),
    ) == [
        [f"fetch-1: POST {VOICE} (start) callSessionState=Ringing"],
        ["fetch-2: POST https://shop.test/menu (redirect)"],
        ["answer"],
        ["play-3: play https://shop.test/hi.wav, play https://shop.test/hi.wav"],
        ["play-4: silence 2s"],
        ["hangup completed"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        ({"reject": {}}, "reject 603"),
        ({"reject": {"reason": "busy"}}, "reject 486"),
        ({"hangup": {}}, "reject 480"),
    ],
)
def test_an_inbound_call_can_be_refused_without_being_answered(action, effect):
    assert transcript(outbound(), Started("inbound"), arrives([action]))[-1] == [effect]


def test_an_empty_document_ends_the_call():
    assert transcript(outbound(), Started("outbound", True), arrives(b"<Response/>"))[-1] == [
        "hangup completed"
    ]
    assert transcript(outbound(), Started("inbound"), arrives(b"<Response/>"))[-1] == ["reject 480"]


def test_reject_after_the_answer_is_noted_and_skipped():
    events = (Started("outbound", True), arrives([{"reject": {}}, {"say": {"text": "Hi"}}]))
    assert transcript(outbound(), *events)[-1] == ["play-2: say 'Hi'"]
    assert notes(outbound(), *events)[0] == (
        "voice.error",
        {
            "where": "actions[0].reject",
            "reason": "reject works only before the call is answered; it was skipped.",
        },
    )


def test_hangup_ends_the_call_before_the_end_of_the_list():
    document = [{"hangup": {}}, {"say": {"text": "never heard"}}]
    assert transcript(outbound(), Started("outbound", True), arrives(document))[-1] == [
        "hangup completed"
    ]


def test_without_a_voice_url_an_outbound_call_says_so():
    assert transcript(Session(), Started("outbound"), Answered(), Played("play-1")) == [
        [],
        ["play-1: say 'This is a call from Sautikit. No voice instructions were set.'"],
        ["hangup completed"],
    ]


def test_without_a_voice_url_an_inbound_call_is_refused():
    assert transcript(Session(), Started("inbound")) == [["reject 480"]]


def test_a_failed_document_is_asked_for_at_the_fallback_once():
    assert transcript(
        outbound(fallback_url=BACKUP),
        Started("outbound", already_answered=True),
        DocumentFailed("voice_callback_unreachable", "timed out"),
        DocumentFailed("voice_callback_unreachable", "refused"),
        Played("play-3"),
    ) == [
        [f"fetch-1: POST {VOICE} (start) callSessionState=Answered"],
        [
            f"fetch-2: POST {BACKUP} (fallback) failedUrl={VOICE} "
            "failureCode=voice_callback_unreachable failureReason=timed out"
        ],
        [f"play-3: {SORRY}"],
        ["hangup completed voice_callback_unreachable"],
    ]


def test_the_fallback_serves_again_after_the_voice_url_recovered():
    rows = transcript(
        outbound(fallback_url=BACKUP),
        Started("outbound", already_answered=True),
        DocumentFailed("voice_callback_unreachable", "timed out"),
        arrives([{"redirect": {"url": VOICE}}], BACKUP),
        arrives([{"redirect": {"url": "/next"}}]),
        DocumentFailed("voice_callback_unreachable", "timed out"),
    )
    assert [row[0].split(" ")[3] for row in rows] == [
        "(start)",
        "(fallback)",
        "(redirect)",
        "(redirect)",
        "(fallback)",
    ]


def test_a_fallback_that_leads_back_to_the_failure_ends_in_the_apology():
    rows = transcript(
        outbound(fallback_url=BACKUP),
        Started("outbound", already_answered=True),
        DocumentFailed("voice_callback_unreachable", "timed out"),
        arrives([{"redirect": {"url": VOICE}}], BACKUP),
        DocumentFailed("voice_callback_unreachable", "timed out"),
    )
    assert rows[-1] == [f"play-4: {SORRY}"]


def test_an_invalid_document_on_a_ringing_call_answers_to_apologise():
    failed = DocumentFailed.invalid(
        DocumentInvalid("actions[1].say.text", "text is empty.", "Write some.")
    )
    events = (Started("inbound"), failed, Answered(), Played("play-2"))
    assert transcript(outbound(), *events)[1:] == [
        ["answer"],
        [f"play-2: {SORRY}"],
        ["hangup completed voice_document_invalid"],
    ]
    assert notes(outbound(), *events)[0] == (
        "voice.error",
        {
            "code": "voice_document_invalid",
            "reason": "actions[1].say.text: text is empty. Write some.",
            "url": VOICE,
        },
    )


def test_a_redirect_that_fails_falls_back_to_the_actions_after_it():
    assert transcript(
        outbound(fallback_url=BACKUP),
        Started("outbound", already_answered=True),
        arrives([{"redirect": {"url": "/slow"}}, {"say": {"text": "Still here."}}]),
        DocumentFailed("voice_callback_unreachable", "timed out"),
    )[1:] == [["fetch-2: POST https://shop.test/slow (redirect)"], ["play-3: say 'Still here.'"]]


def test_documents_that_only_redirect_come_to_an_end():
    circle = arrives([{"redirect": {"url": "/voice"}}])
    rows = transcript(outbound(), Started("outbound", True), *[circle] * 21)
    assert rows[20] == [f"fetch-21: POST {VOICE} (redirect)"]
    assert rows[21] == [f"play-22: {SORRY}"]


def test_a_menu_may_go_round_for_as_long_as_the_caller_hears_it():
    events = [Started("outbound", already_answered=True)]
    for turn in range(2, 200, 2):
        events.append(arrives([{"say": {"text": "Menu."}}, {"redirect": {"url": VOICE}}]))
        events.append(Played(f"play-{turn}"))
    assert transcript(outbound(), *events)[-1] == [f"fetch-199: POST {VOICE} (redirect)"]


@pytest.mark.parametrize(
    "late",
    [
        Played("play-1"),
        Played("gather-3"),
        Gathered("gather-2", "1", "full"),
        Gathered("play-3", "1", "full"),
        arrives([{"hangup": {}}]),
        DocumentFailed("voice_callback_unreachable", "late"),
        Started("outbound"),
        Answered(),
    ],
)
def test_an_event_nobody_waits_for_changes_nothing(late):
    session = outbound()
    for event in (
        Started("outbound", already_answered=True),
        arrives([{"say": {"text": "Hi"}}, {"getDigits": {}}]),
        Played("play-2"),
    ):
        session, _ = step(session, event)
    assert step(session, late) == (session, ())


def test_an_answer_to_an_older_fetch_is_ignored():
    session, _ = step(outbound(fallback_url=BACKUP), Started("inbound"))
    session, _ = step(session, DocumentFailed("voice_callback_unreachable", "timed out", "fetch-1"))
    document = arrives([{"hangup": {}}]).document
    assert step(session, DocumentArrived(document, VOICE, "fetch-1")) == (session, ())
    assert step(session, DocumentArrived(document, VOICE, "fetch-2"))[1][-1] == Reject(480)


def test_after_the_end_nothing_happens():
    session, _ = step(outbound(), Started("outbound"))
    ended, effects = step(session, Ended())
    assert effects == ()
    assert step(ended, Answered()) == (ended, ())


def test_every_verb_leaves_its_line_on_the_time_line():
    document = b"""<Response><Tweet/><Say language="sw-KE">Karibu</Say><Play>/a.wav</Play><Pause/>
        <GetDigits maxDigits="1"><Say>Choose.</Say></GetDigits><Redirect>/b</Redirect></Response>"""
    found = notes(
        outbound(),
        Started("outbound", already_answered=True),
        arrives(document),
        Played("play-2"),
        Played("play-3"),
        Played("play-4"),
        Gathered("gather-5", "", "timeout"),
        arrives([{"hangup": {}}]),
    )
    assert found[0][0] == "voice.warning"
    assert found[0][1]["where"] == "line 1, column 11 <Tweet>"
    assert found[1:] == [
        ("voice.say", {"text": "Karibu", "language": "sw-KE", "voice": "woman", "times": 1}),
        ("voice.play", {"url": "https://shop.test/a.wav", "times": 1}),
        ("voice.pause", {"seconds": 1}),
        ("voice.gather", {"num_digits": 1, "timeout_seconds": 5, "finish_on_key": "#"}),
        ("voice.say", {"text": "Choose.", "language": "en-KE", "voice": "woman", "times": 1}),
        ("digits", {"digits": "", "reason": "timeout"}),
        ("voice.redirect", {"url": "https://shop.test/b", "method": "POST"}),
        ("voice.hangup", {}),
    ]
