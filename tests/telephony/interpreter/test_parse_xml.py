"""The XML form: what it reads, what it skips with a remark, and where it says it is wrong."""

from __future__ import annotations

import pytest

from telephony.interpreter.document import BYTES_MAX, DocumentInvalid, Remark
from telephony.interpreter.mending.mend import mended
from telephony.interpreter.parse import parse
from telephony.interpreter.xml_form import parse_xml
from telephony.verbs import BY_ELEMENT
from telephony.verbs.dial import Dial
from telephony.verbs.get_digits import GetDigits
from telephony.verbs.hangup import Hangup
from telephony.verbs.pause import Pause
from telephony.verbs.play import Play
from telephony.verbs.record import Record
from telephony.verbs.redirect import Redirect
from telephony.verbs.reject import Reject
from telephony.verbs.say import Say
from telephony.verbs.stream import Stream
from tests.telephony.interpreter.seeds import GREETING, SEED_XML


def read(inner: str):
    return parse_xml(f"<Response>{inner}</Response>".encode())


def test_it_reads_the_document_of_the_quickstart():
    document = parse(SEED_XML, "application/xml")
    assert document.actions == (
        Say(text=GREETING, language="en-KE"),
        GetDigits(
            num_digits=1,
            timeout=8,
            finish_on_key="#",
            nested=(Say(text="Enter your choice.", language="en-KE"),),
        ),
    )
    assert document.remarks == ()


def test_it_reads_every_verb():
    document = parse_xml(
        b"""<?xml version="1.0" encoding="UTF-8"?>
        <Response>
            <Say voice="man" language="sw-KE" loop="2">
                Karibu,
                mteja.
            </Say>
            <Play>https://cdn.example.com/a.wav?x=1&amp;y=2</Play>
            <GetDigits maxDigits="4" timeout="10" finishOnKey="" action="/pin"><Play>b.wav</Play></GetDigits>
            <Redirect method="get">/next</Redirect>
            <Reject reason="busy"/>
            <Hangup/>
        </Response>"""
    )
    assert document.actions == (
        Say(text="Karibu, mteja.", voice="man", language="sw-KE", loop=2),
        Play(url="https://cdn.example.com/a.wav?x=1&y=2"),
        GetDigits(
            num_digits=4, timeout=10, finish_on_key="", action="/pin", nested=(Play(url="b.wav"),)
        ),
        Redirect(url="/next", method="GET"),
        Reject(reason="busy"),
        Hangup(),
    )
    assert document.remarks == ()


@pytest.mark.parametrize("raw", [b"<Response/>", b"<Response></Response>", b"\n <Response />\n"])
def test_an_empty_response_is_legal(raw):
    assert parse(raw, "text/xml").actions == ()


def test_it_reads_the_words_of_africas_talking():
    document = read(
        '<GetDigits numDigits="2" timeout="30" callbackUrl="https://a.test/d"><Say>Two.</Say></GetDigits>'
        '<Play url="https://a.test/m.mp3"/>'
    )
    assert document.actions == (
        GetDigits(num_digits=2, timeout=30, action="https://a.test/d", nested=(Say(text="Two."),)),
        Play(url="https://a.test/m.mp3"),
    )


def test_it_reads_the_words_of_twiml():
    document = read(
        '<Gather numDigits="1" action="/d"><Say>One.</Say><Pause/></Gather><Pause length="3"/>'
    )
    assert document.actions == (
        GetDigits(num_digits=1, action="/d", nested=(Say(text="One."), Pause(length=1))),
        Pause(length=3),
    )


@pytest.mark.parametrize(
    ("inner", "record"),
    [
        ("<Record/>", Record()),
        (
            '<Record maxLength="30" finishOnKey="#" playBeep="true" trim="trim-silence"/>',
            Record(max_length=30),
        ),
        (
            '<Record maxLength="60" trimSilence="false" playBeep="False" callbackUrl="/r"/>',
            Record(max_length=60, trim=False, play_beep=False, action="/r"),
        ),
        (
            '<Record timeout="3" finishOnKey="1234567890*#" method="get" trim="do-not-trim"/>',
            Record(timeout=3, finish_on_key="1234567890*#", method="GET", trim=False),
        ),
    ],
)
def test_it_reads_the_recordings_of_every_dialect(inner, record):
    document = read(inner)
    assert (document.actions, document.remarks) == ((record,), ())


@pytest.mark.parametrize(
    ("inner", "dial"),
    [
        ("<Dial>+254711000001</Dial>", Dial(number="+254711000001")),
        (
            '<Dial callerId="+254200000000" timeout="9" record="true"><Number>+254711000001</Number></Dial>',
            Dial(number="+254711000001", caller_id="+254200000000", timeout=9, record=True),
        ),
        (
            '<Dial phoneNumbers="+254711000001,+254711000002" sequential="true"/>',
            Dial(numbers=("+254711000001", "+254711000002"), sequential=True),
        ),
        (
            '<Dial record="record-from-answer"><Number> +254711000001</Number><Number>+254711000002</Number></Dial>',
            Dial(numbers=("+254711000001", "+254711000002"), record=True),
        ),
    ],
)
def test_it_reads_the_dials_of_every_dialect(inner, dial):
    document = read(inner)
    assert (document.actions, document.remarks) == ((dial,), ())


@pytest.mark.parametrize(
    ("inner", "times"),
    [
        ('<Say loop="0">Hi</Say>', 0),
        ('<Say loop="0">Hi</Say><Pause/>', 50),
        ('<Say loop="0">Hi</Say><GetDigits input="dtmf"/>', 50),
        ('<Say loop="0">Hi</Say><GetDigits numDigits="1"/>', 0),
        ("<Say>Hi</Say><Gather/>", 0),
        ('<Say loop="3">Hi</Say><Gather/>', 3),
    ],
)
def test_loop_0_is_once_except_beside_a_word_only_twiml_has(inner, times):
    assert read(inner).actions[0].loop == times


REMARKS = [
    ("<Enqueue>support</Enqueue>", "line 1, column 11 <Enqueue>", f"The verbs here are {', '.join(BY_ELEMENT)}."),
    ("<say>Hi</say>", "line 1, column 11 <say>", "Did you mean <Say>?"),
    ("\n  <Hangpu/>", "line 2, column 3 <Hangpu>", "Did you mean <Hangup>?"),
    ('<Say emotion="glad">Hi</Say>', "line 1, column 11 <Say>", "attribute emotion"),
    ('<Say voice="Polly.Amy">Hi</Say>', "line 1, column 11 <Say>", '"woman" is used'),
    ("<Say>Hi <break/> you</Say>", "line 1, column 19 <break>", "skipped"),
    ("<GetDigits><Record/></GetDigits>", "line 1, column 22 <Record>", "Say, Play, Pause."),
    ("<GetDigits>Choose</GetDigits>", "line 1, column 11 <GetDigits>", '"Choose"'),
    ("Hello", "line 1, column 1 <Response>", '"Hello" stands outside'),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "where", "message"), REMARKS)
def test_what_is_not_understood_is_named_and_skipped(inner, where, message):
    document = read(inner)
    assert [remark.where for remark in document.remarks] == [where]
    assert message in document.remarks[0].message


def test_the_words_around_an_unknown_element_are_still_spoken():
    assert read("<Say>Hi <break/> you</Say>").actions == (Say(text="Hi you"),)


def test_remarks_are_limited():
    remarks = read("<Unknown/>" * 500).remarks
    assert len(remarks) == 20
    assert isinstance(remarks[0], Remark)


BAD = [
    ("<Response>", "line 1, column 11", "not well-formed", "</Response>"),
    ("<Response><Say>Hi</Response>", "line 1, column 18", "<Say> is closed", "Write </Say>"),
    ("<Response>\n<Say>A & B</Say></Response>", "line 2, column 8", "not well-formed", "&amp;"),
    ("<Response/><Response/>", "line 1, column 12", "one root", "one <Response>"),
    ("hello", "line 1, column 1", "not well-formed", "Remove"),
    ("<Root/>", "line 1, column 1 <Root>", "must be <Response>", "Answer"),
    ("<response/>", "line 1, column 1 <response>", "must be <Response>", "Answer"),
    ("<!DOCTYPE html><html></html>", "document", "document type", "Remove"),
    ('<!DOCTYPE r [<!ENTITY a "b">]><Response>&a;</Response>', "document", "document type", "Remove"),
    ('<?xml version="1.0" encoding="no-such"?><Response/>', "document", "", ""),
    ("<Response><Say/></Response>", "line 1, column 11 <Say>", "text is missing", "What is spoken"),
    ("<Response><Play></Play></Response>", "line 1, column 11 <Play>", "url is missing", "sound file"),
    ("<Response><Play>ftp://a/b</Play></Response>", "line 1, column 11 <Play>", "http", "Write"),
    ('<Response><Say language="??">Hi</Say></Response>', "line 1, column 11 <Say>", "language", "en-KE"),
    ('<Response>\n\n    <GetDigits timeout="soon"/></Response>', "line 3, column 5 <GetDigits>", 'timeout must be a whole number from 0 to 300, not "soon"', "Write"),
    ('<Response><GetDigits maxDigits="-1"/></Response>', "line 1, column 11 <GetDigits>", "maxDigits", "Write"),
    ('<Response><Gather numDigits="１"/></Response>', "line 1, column 11 <Gather>", "numDigits", "Write"),
    ('<Response><GetDigits finishOnKey="A"/></Response>', "line 1, column 11 <GetDigits>", "finishOnKey", "leave"),
    ('<Response><GetDigits><Say loop="x">Hi</Say></GetDigits></Response>', "line 1, column 22 <Say>", "loop", "Write"),
    ('<Response><Reject reason="tired"/></Response>', "line 1, column 11 <Reject>", "reason", "rejected"),
    ('<Response><Redirect method="PUT">/a</Redirect></Response>', "line 1, column 11 <Redirect>", "method", "POST"),
    ("<Response><Redirect/></Response>", "line 1, column 11 <Redirect>", "url is missing", "next document"),
    ('<Response><Pause length="0"/></Response>', "line 1, column 11 <Pause>", "1 to 300", "Write"),
    ("<Response>" + "<Hangup/>" * 51 + "</Response>", "line 1, column 1 <Response>", "51 actions", "Redirect"),
    ("<Response>" + "<GetDigits>" + "<Pause/>" * 21 + "</GetDigits></Response>", "line 1, column 11 <GetDigits>", "21 prompts", "Keep 20"),
    ("<Response>" + " " * BYTES_MAX + "</Response>", "document", "the limit is 65536", "redirect"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "message", "mend"), BAD)
def test_it_names_the_place_and_the_mend_of_a_bad_document(text, where, message, mend):
    with pytest.raises(DocumentInvalid) as refused:
        parse(text.encode(), "text/xml")
    if message:
        assert refused.value.where == where
    assert message in refused.value.message
    assert mend in refused.value.mend


def test_it_reads_the_encoding_the_bytes_declare():
    raw = '<?xml version="1.0" encoding="iso-8859-1"?><Response><Say>Café</Say></Response>'
    assert parse_xml(raw.encode("iso-8859-1")).actions == (Say(text="Café"),)


def test_deep_nesting_is_read_without_recursion():
    assert read("<a>" * 8000 + "</a>" * 8000).actions == ()


def test_it_reads_streams_in_the_words_of_twiml():
    document = read(
        '<Connect><Stream url="wss://a.example/b" track="inbound_track">'
        '<Parameter name="customer" value="1842"/></Stream></Connect>'
        '<Start><Stream url="wss://a.example/c" name="log"/></Start><Pause length="1"/>'
    )
    assert document.remarks == ()
    assert document.actions == (
        Stream(url="wss://a.example/b", connect=True, header_metadata='{"customer": "1842"}'),
        Stream(url="wss://a.example/c", connect=False, name="log"),
        Pause(length=1),
    )


@pytest.mark.parametrize(
    ("inner", "where", "words"),
    [
        ('<Connect action="/next"><Stream url="wss://a.example/b"/></Connect>', 11, "action"),
        ("<Connect><Room>x</Room></Connect>", 20, "<Room> is not understood in <Connect>"),
        ("<Start/>", 11, "has no <Stream>"),
        ("<Start>now</Start>", 11, "text inside"),
        ('<Stop><Stream name="log"/></Stop>', 11, "<Stop> is not a verb"),
        ('<Connect><Stream url="wss://a.example/b"><Param/></Stream></Connect>', 52, "no meaning"),
        (
            '<Start><Stream url="wss://a.example/b" statusCallbackMethod="GET"/></Start>',
            18,
            "statusCallbackMethod",
        ),
    ],
)
def test_what_is_not_understood_around_a_stream_is_named(inner, where, words):
    (remark, *_) = read(inner).remarks
    assert remark.where.startswith(f"line 1, column {where} ")
    assert words in remark.message


def test_a_wrong_stream_is_named_where_it_stands():
    with pytest.raises(DocumentInvalid) as caught:
        read('<Connect><Stream url="https://a.example/b"/></Connect>')
    assert caught.value.where == "line 1, column 20 <Stream>"


@pytest.mark.parametrize(
    ("inner", "mend"),
    [
        (
            '<Connect action="/n"><Room/><Stream url="wss://a.example/b"/></Connect>',
            '<Connect><Stream url="wss://a.example/b"/></Connect>',
        ),
        (
            '<Start><stream url="wss://a.example/b"/></Start>',
            '<Start><Stream url="wss://a.example/b"/></Start>',
        ),
        ("<Say>Karibu.</Say><Connect/>", "<Say>Karibu.</Say>"),
    ],
)
def test_a_mend_keeps_the_stream_where_it_is(inner, mend):
    made = mended(f"<Response>{inner}</Response>".encode())
    assert (
        "".join(made.split("\n")).replace("  ", "").replace(" />", "/>")
        == f"<Response>{mend}</Response>"
    )
