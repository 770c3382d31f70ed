"""What somebody meant who wrote a value or a word that is not understood; the grammar is the judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from telephony.interpreter.document import DocumentInvalid
from telephony.interpreter.fields import ABSENT, Field, Text
from telephony.interpreter.source import Place, nearest

# Words of other platforms and of everyday speech for our verbs.
VERB_WORDS: Final = {
    "speak": "say", "talk": "say", "tts": "say", "text": "say", "message": "say", "announce": "say",
    "prompt": "say", "speech": "say", "sms": "say", "voice": "say",
    "audio": "play", "sound": "play", "playaudio": "play", "playback": "play", "media": "play",
    "wait": "pause", "sleep": "pause", "silence": "pause", "delay": "pause",
    "gather": "getDigits", "collect": "getDigits", "dtmf": "getDigits", "input": "getDigits",
    "digits": "getDigits", "getinput": "getDigits", "readdigits": "getDigits", "keypad": "getDigits",
    "call": "dial", "transfer": "dial", "forward": "dial", "connect": "dial", "bridge": "dial",
    "voicemail": "record", "recording": "record", "recordvoice": "record",
    "goto": "redirect", "next": "redirect", "jump": "redirect", "continue": "redirect",
    "decline": "reject", "refuse": "reject", "deny": "reject", "busy": "reject",
    "end": "hangup", "stop": "hangup", "exit": "hangup", "bye": "hangup", "disconnect": "hangup",
    "leave": "hangup", "terminate": "hangup", "finish": "hangup",
    "room": "conference", "meeting": "conference", "enqueue": "conference", "queue": "conference",
}  # fmt: skip
# The same for fields, by what they may stand for; the first that fits the verb counts.
FIELD_WORDS: Final = {
    "message": ("text",), "body": ("text",), "content": ("text",), "words": ("text",),
    "value": ("text", "url", "number", "length"), "prompt": ("text",), "speech": ("text",),
    "payload": ("text",), "say": ("text",), "ssml": ("text",),
    "src": ("url",), "href": ("url",), "file": ("url",), "link": ("url",), "uri": ("url",),
    "audio": ("url",), "source": ("url",), "address": ("url",), "target": ("url", "number"),
    "location": ("url",), "path": ("url",), "play": ("url",),
    "lang": ("language",), "locale": ("language",), "speaker": ("voice",), "gender": ("voice",),
    "repeat": ("loop",), "times": ("loop",), "count": ("loop", "numDigits"), "loops": ("loop",),
    "seconds": ("length", "timeout", "maxLength"), "duration": ("length", "maxLength", "timeout"),
    "time": ("length", "timeout"), "delay": ("length",), "wait": ("timeout", "length"),
    "digits": ("numDigits",), "max": ("numDigits", "maxLength"), "length": ("numDigits", "maxLength"),
    "limit": ("numDigits", "maxLength"), "maxdigits": ("numDigits",), "numberofdigits": ("numDigits",),
    "terminator": ("finishOnKey",), "key": ("finishOnKey",), "endkey": ("finishOnKey",),
    "stopkey": ("finishOnKey",), "submitonhash": ("finishOnKey",), "terminationkey": ("finishOnKey",),
    "callback": ("action",), "webhook": ("action",), "next": ("action", "url"), "onresult": ("action",),
    "actionurl": ("action",), "callback_url": ("action",), "eventurl": ("action",), "url": ("action",),
    "prompts": ("nested",), "children": ("nested",), "actions": ("nested",), "verbs": ("nested",),
    "to": ("number", "url"), "phone": ("number",), "phonenumber": ("number",), "destination": ("number",),
    "msisdn": ("number",), "phone_number": ("number",), "tel": ("number",), "endpoint": ("number",),
    "from": ("callerId",), "callerid": ("callerId",), "caller": ("callerId",),
    "recording": ("record",), "recordcall": ("record",), "beep": ("playBeep", "beep"),
    "beepstart": ("playBeep",), "room": ("name",), "roomname": ("name",), "conferencename": ("name",),
    "code": ("reason",), "cause": ("reason",), "maxduration": ("maxLength", "timeout"),
    "silence": ("timeout",), "silencetimeout": ("timeout",), "endonsilence": ("timeout",),
    "maxseconds": ("maxLength",), "httpmethod": ("method",), "verb": ("method",),
    "barge": ("finishOnKey",), "ringtimeout": ("timeout",), "ring": ("timeout",),
}  # fmt: skip
_COUNTS: Final = {
    word: at
    for at, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "half a minute": 30,
    "a minute": 60,
    "forever": 50,
    "infinite": 50,
}
_UNITS: Final = {
    "s": 1,
    "sec": 1,
    "secs": 1,
    "second": 1,
    "seconds": 1,
    "m": 60,
    "min": 60,
    "mins": 60,
}
_UNITS_MORE: Final = {"minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600}
_YES: Final = (
    "yes",
    "y",
    "on",
    "true",
    "1",
    "enabled",
    "record",
    "loud",
    "record-from-ringing",
    "always",
    "t",
)
_NO: Final = ("no", "n", "off", "false", "0", "disabled", "none", "never", "f", "")
_LANGUAGES: Final = {
    "english": "en-KE", "swahili": "sw-KE", "kiswahili": "sw-KE", "en": "en-KE", "sw": "sw-KE",
    "en_ke": "en-KE", "sw_ke": "sw-KE", "en_us": "en-US", "en_gb": "en-GB", "kenya": "sw-KE",
    "ke": "sw-KE", "kenyan english": "en-KE",
}  # fmt: skip
_MEANT: Final = {
    "female": "woman", "male": "man", "robot": "woman", "polly.joanna": "woman", "bob": "man",
    "post": "POST", "get": "GET", "put": "POST", "patch": "POST", "delete": "POST", "decline": "rejected",
    "declined": "rejected", "reject": "rejected", "no": "rejected", "engaged": "busy", "hash": "#",
    "pound": "#", "star": "*", "asterisk": "*", "none": "", "user_busy": "busy", "in use": "busy",
    "486": "busy", "603": "rejected", "inbound": "inbound_track", "outbound": "outbound_track",
    "both": "both_tracks",
}  # fmt: skip
_EXAMPLES: Final = ("/voice/next", "+254712345678", 1, "support", "wss://example.com/audio")
_PLAIN: Final = str.maketrans("“”„‘’–—\u00a0", '"""\'\'-- ')


def accepts(kind: Field, value: object) -> bool:
    """Say whether the grammar takes a value."""
    try:
        kind.from_json(value, "it", Place("it"))
    except (DocumentInvalid, TypeError):
        return False
    return True


def better(kind: Field, value: object) -> Any:
    """Return what was meant and is taken, or ABSENT."""
    return next((each for each in _readings(value) if accepts(kind, each)), ABSENT)


def example(kind: Field) -> Any:
    """Return some value that is taken, for what has to be there."""
    if isinstance(kind, Text):
        return "Hello."
    return next((each for each in _EXAMPLES if accepts(kind, each)), ABSENT)


def nearest_limit(kind: Field, value: object) -> Any:
    """Return the end of the range that a number lies beyond, or ABSENT."""
    number = value if isinstance(value, (int, float)) else next(_numbers(str(value)), None)
    least, most = getattr(kind, "least", None), getattr(kind, "most", None)
    if number is None or isinstance(value, bool) or least is None or most is None:
        return ABSENT
    words = getattr(kind, "words", ())
    if words:
        return min(words, key=lambda word: abs(word - number))
    return min(max(round(number), least), most)


def verb_for(word: str, known: Iterable[str], elements: Iterable[str] = ()) -> str:
    """Return the verb that a word stands for, or nothing."""
    names = {each.lower(): each for each in known}
    plain = re.sub(r"[\s_-]", "", word).lower()
    if plain in names:
        return names[plain]
    spoken = VERB_WORDS.get(plain, "").lower()
    by_end = names.get(spoken, "")
    return by_end or (names.get(nearest(plain, names).lower(), "") if plain else "")


def field_for(word: str, known: Iterable[str]) -> list[str]:
    """Return the fields that a word may stand for, the likeliest first."""
    names = {each.lower(): each for each in known}
    plain = re.sub(r"[\s_-]", "", word).lower()
    meant = [names[each.lower()] for each in FIELD_WORDS.get(plain, ()) if each.lower() in names]
    exact = [names[plain]] if plain in names else []
    close = nearest(plain, names)
    return list(dict.fromkeys([*exact, *meant, *([names[close.lower()]] if close else [])]))


def _readings(value: object) -> Iterator[Any]:
    """Give what a value may have meant, the likeliest first."""
    if isinstance(value, list) and len(value) == 1:
        yield from _readings(value[0])
    if isinstance(value, dict):
        for inner in value.values():
            yield from _readings(inner)
    if isinstance(value, list):
        yield [next(iter(_phones(str(each))), each) for each in value]
        yield " ".join(map(str, value))
    if isinstance(value, bool):
        yield value
        yield 1 if value else 0
        yield str(value).lower()
    elif isinstance(value, (int, float)):
        yield from _readings_of_number(value)
    elif isinstance(value, str):
        yield from _readings_of_text(value)
    elif isinstance(value, dict):
        return


def _readings_of_number(value: int | float) -> Iterator[Any]:
    yield value
    yield round(value)
    yield from _phones(str(value))
    if value in (0, 1):
        yield bool(value)
    if str(value) in _MEANT:
        yield _MEANT[str(value)]
    yield str(value)
    # Milliseconds, where seconds are wanted.
    if value >= 1000 and value % 1000 == 0:
        yield round(value / 1000)


def _readings_of_text(value: str) -> Iterator[Any]:
    plain = value.translate(_PLAIN).strip().strip("\"'").strip()
    word = plain.lower()
    if not plain:
        return
    yield plain
    yield from _phones(plain)
    if word in _MEANT:
        yield _MEANT[word]
    if word in _LANGUAGES:
        yield _LANGUAGES[word]
    yield plain.upper()
    yield word
    if word in _YES:
        yield True
    if word in _NO:
        yield False
    for number in _numbers(plain):
        yield number
        yield round(number)
        if number >= 1000:
            yield round(number / 1000)
    yield from _addresses(plain)
    for parting in (r"[,;/]\s*", r"[,;/\s]+"):
        if len(parts := [each for each in re.split(parting, plain) if each]) > 1:
            yield [next(iter(_phones(each)), each) for each in parts]
    if plain[0] in "0123456789*#":
        yield plain[0]
    yield "".join(each for each in plain if each in "0123456789*#")
    yield re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", value)
    yield re.sub(r"/+", "-", plain)
    yield " ".join(re.split(r"[,\s]+", word))
    yield value[:5000]


def _numbers(text: str) -> Iterator[float | int]:
    """Give the seconds, or the count, that a text means."""
    word = text.strip().lower()
    if word in _COUNTS:
        yield _COUNTS[word]
    if found := re.fullmatch(r"(\d{1,3}):(\d{2})", word):
        yield int(found[1]) * 60 + int(found[2])
    if found := re.fullmatch(r"pt(\d+)s", word):
        yield int(found[1])
    if found := re.match(r"([+-]?\d+(?:\.\d+)?)\s*([a-z]*)", word):
        number, unit = float(found[1]), found[2]
        number *= (_UNITS | _UNITS_MORE).get(unit, 1)
        number = number / 1000 if unit == "ms" else number
        yield int(number) if number == int(number) else number
    first, _, rest = word.partition(" ")
    if first in _COUNTS and rest:
        yield _COUNTS[first] * (_UNITS | _UNITS_MORE).get(rest, 1)


def _phones(text: str) -> Iterator[str]:
    """Give the number in E.164 that a Kenyan means."""
    digits = re.sub(
        r"[^0-9+]", "", re.sub(r"\(0\)", "", text.removeprefix("tel:").partition("@")[0])
    )
    digits = digits.replace("O", "0")
    if digits.startswith("+") and digits.count("+") == 1:
        yield re.sub(r"^\+2540", "+254", digits)
    bare = digits.replace("+", "")
    for begin in ("000254", "00254", "2540", "254", "0"):
        if bare.startswith(begin) and len(bare) - len(begin) == 9:
            yield f"+254{bare[len(begin) :]}"
    if len(bare) == 9 and bare[0] in "127":
        yield f"+254{bare}"
    if bare.startswith("00"):
        yield f"+{bare[2:]}"
    if len(bare) > 10:
        yield f"+{bare}"


def _addresses(text: str) -> Iterator[str]:
    """Give the web address that a text means."""
    plain = text.replace("\\", "/").strip("<>[]() ")
    if found := re.match(r"([a-zA-Z]+)\s*:/*\s*(.*)", plain):
        scheme, rest = found[1].lower(), found[2].replace(" ", "%20")
        if scheme in ("htp", "htttp", "htps", "httpss", "ttps", "https", "http", "hxxps"):
            yield f"https://{rest}"
        if scheme in ("http", "https", "ws", "wss"):
            yield f"wss://{rest}"
        if len(scheme) == 1:
            # A path of Windows.
            yield f"/{rest}"
        if "." in rest.partition("/")[0]:
            yield f"https://{rest}"
    if re.match(r"(www\.|[\w-]+\.(com|co\.ke|org|net|example|ke)(/|$))", plain, re.I):
        yield f"https://{plain.replace(' ', '%20')}"
    yield plain.replace(" ", "%20")
    yield plain.split("\n")[0].replace(" ", "")
    yield f"wss://{plain.lstrip('/')}"
    ascii_only = plain.encode("ascii", "ignore").decode().replace(" ", "%20")
    yield ascii_only
