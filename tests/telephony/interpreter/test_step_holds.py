"""Whatever arrives in whatever order, a step never fails and a call that ended stays ended."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.interpreter.document import Document, DocumentInvalid
from telephony.interpreter.effects import END, Hangup, Reject
from telephony.interpreter.events import (
    Answered,
    Dialed,
    DocumentArrived,
    DocumentFailed,
    Ended,
    Gathered,
    Played,
    Recorded,
    Started,
)
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.parse import parse
from telephony.interpreter.session import Session
from telephony.interpreter.step import step
from telephony.verbs.dial import Dial
from telephony.verbs.get_digits import GetDigits
from telephony.verbs.hangup import Hangup as HangupVerb
from telephony.verbs.pause import Pause
from telephony.verbs.play import Play
from telephony.verbs.record import Record
from telephony.verbs.redirect import Redirect
from telephony.verbs.reject import Reject as RejectVerb
from telephony.verbs.say import Say

urls = st.sampled_from(
    ["/next", "menu?x=1", "https://other.test/v", "//cdn.test/a.wav", "?again=1"]
)
prompts = st.one_of(
    st.builds(Say, text=st.sampled_from(["Hi", "Karibu"]), loop=st.integers(0, 3)),
    st.builds(Play, url=urls, loop=st.integers(0, 3)),
    st.builds(Pause, length=st.integers(1, 5)),
)
verbs = st.one_of(
    prompts,
    st.builds(
        GetDigits,
        num_digits=st.integers(0, 4),
        timeout=st.integers(0, 9),
        action=st.one_of(st.just(""), urls),
        nested=st.lists(prompts, max_size=2).map(tuple),
    ),
    st.builds(
        Dial,
        number=st.just("+254711000001"),
        sequential=st.booleans(),
        timeout=st.integers(0, 9),
        record=st.booleans(),
        action=st.one_of(st.just(""), urls),
    ),
    st.builds(Dial, numbers=st.just(("+254711000001", "+254711000002"))),
    st.builds(
        Record,
        action=st.one_of(st.just(""), urls),
        timeout=st.integers(0, 9),
        finish_on_key=st.sampled_from(["", "#", "1*"]),
        play_beep=st.booleans(),
        trim=st.booleans(),
    ),
    st.builds(Redirect, url=urls, method=st.sampled_from(["POST", "GET"])),
    st.builds(RejectVerb, reason=st.sampled_from(["rejected", "busy"])),
    st.builds(HangupVerb),
)
documents = st.lists(verbs, max_size=5).map(lambda actions: Document(tuple(actions)))
AWAITED = "what the call waits for"
ids = st.sampled_from([AWAITED, AWAITED, AWAITED, "play-1", "gather-2", "fetch-1", "start", ""])
events = st.one_of(
    st.builds(Started, st.sampled_from(["inbound", "outbound"]), st.booleans()),
    st.just(Answered()),
    st.builds(DocumentArrived, documents, st.just("https://shop.test/voice"), ids),
    st.builds(DocumentFailed, st.just("voice_document_invalid"), st.text(max_size=5), ids),
    st.builds(Played, ids),
    st.builds(
        Gathered, ids, st.text("0123456789*#", max_size=4), st.sampled_from(["full", "timeout"])
    ),
    st.builds(Dialed, ids, st.sampled_from(["completed", "busy", "failed"])),
    st.builds(
        Recorded,
        ids,
        st.just("r"),
        st.just("https://shop.test/r.wav"),
        st.integers(0, 9),
        st.sampled_from(["", "#"]),
        st.sampled_from(["silence", "key", "hangup"]),
    ),
)
sessions = st.builds(
    Session,
    voice_url=st.sampled_from(["", "https://shop.test/voice"]),
    fallback_url=st.sampled_from(["", "https://backup.test/voice"]),
)


def addressed(event, session: Session):
    """Point an event at what the session waits for, where the strategy asked for that."""
    if getattr(event, "id", "") != AWAITED:
        return event
    return type(event)(
        **{**{k: getattr(event, k) for k in event.__slots__}, "id": session.waiting_for}
    )


@settings(max_examples=400, deadline=None)
@given(sessions, st.lists(events, max_size=30))
def test_a_step_never_fails_and_the_call_always_ends(session, happened):
    finished = False
    for event in happened:
        session, effects = step(session, addressed(event, session))
        awaiting = [effect for effect in effects if effect.awaits]
        assert len(awaiting) <= 1, "a call stands still for one thing at a time"
        assert not (finished and effects), "nothing follows the end"
        if awaiting:
            assert effects[-1] is awaiting[0], "notes come before what they announce"
            assert session.waiting_for == awaiting[0].awaits
        finished = finished or any(isinstance(effect, Hangup | Reject) for effect in effects)
        assert finished == (session.waiting_for == END)
        assert Session.from_json(json.loads(json.dumps(session.to_json()))) == session
    session, effects = step(session, Ended())
    assert (session.ended, effects) == (True, ())
    for event in happened:
        assert step(session, addressed(event, session)) == (session, ())


@settings(max_examples=200, deadline=None)
@given(documents)
def test_a_document_written_as_json_is_read_as_the_same(document):
    raw = json.dumps({"actions": [verb.to_json() for verb in document.actions]}).encode()
    assert parse_json(raw).actions == document.actions


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda text: f"<Response>{text}</Response>".encode(errors="replace")),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["actions", "say", "text", "getDigits", "nested", "x"]), inner, max_size=3),
            ),
        ).map(lambda value: json.dumps({"actions": value}).encode()),
    )
)  # fmt: skip
def test_any_bytes_are_read_or_refused_with_a_place(raw):
    try:
        document = parse(raw)
    except DocumentInvalid as refused:
        assert refused.where
        assert refused.message
        assert refused.mend
    else:
        assert isinstance(document, Document)
