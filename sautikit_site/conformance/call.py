"""One case from its call to its verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.http import HttpFailed, Timeouts, request
from sautikit_site.conformance import steps, waves
from sautikit_site.conformance.case import Case, Friend
from sautikit_site.conformance.customer import Customer, Visits, as_answer
from sautikit_site.conformance.judge import (
    TERMINAL,
    compare_end,
    compare_questions,
    compare_sounds,
)
from sautikit_site.conformance.phones import Phone, Phones, Softphone

_POLL_SECONDS: Final = 0.05
# What may still be on its way when the last word was said: goodbyes, hooks, final reports.
_AFTERWARDS_SECONDS: Final = 25.0
# A melody or a voice may touch any frequency for a moment.
_STRAY_FRAMES: Final = 10
_STORED_SECONDS: Final = 20.0
_STARTED_SECONDS: Final = 40.0
_PATIENT: Final = Timeouts(connect_seconds=10.0, total_seconds=60.0)


@dataclass
class Run:
    """What all cases of a run share."""

    web: int
    key: str
    longest_seconds: int
    customer: Customer
    phones: Phones
    # The place of a case at the customer's, and its number.
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    softphones: dict[str, Softphone] = field(default_factory=dict)


@dataclass
class Played:
    """The phones of one case, by the name its document uses; the first is the case's own."""

    phone: Phone | None
    does: str
    friends: dict[str, tuple[Friend, Phone]]

    def all(self) -> Iterator[tuple[str, str, Phone]]:
        if self.phone:
            yield "the phone", self.does, self.phone
        for name, (friend, phone) in self.friends.items():
            yield name, friend.does, phone


def judge(run: Run, case: Case) -> list[str]:
    """Make the call of a case and return what is wrong with it."""
    try:
        return list(_judge(run, case))
    except Exception as problem:
        return [f"{type(problem).__name__}: {problem}"]


def _judge(run: Run, case: Case) -> Iterator[str]:
    key, number = run.numbers[case.name]
    played = _phones(run, case)
    words = {name: phone.number for name, (_, phone) in played.friends.items()}
    words |= {"number": number, "customer": f"{run.customer.url}/c/{key}"}
    words |= {"closed": run.customer.closed_url, "deaf": run.customer.deaf_url}
    words["bots"] = run.customer.bots.url
    # The same server by another name: a host that no document comes from.
    words["elsewhere"] = words["customer"].replace("127.0.0.1", "localhost")
    if "@upload@" in repr(case.pages):
        words["upload"] = _upload(run)
    visits = run.customer.visits[key] = Visits(case.answers(words))
    try:
        yield from _play(run, case, visits, played, number)
        yield from _wait_for_the_end(case, visits, played)
    finally:
        for _, _, phone in played.all():
            run.phones.forget(phone)
    yield from _compare(run, case, visits, played, words)


def _upload(run: Run) -> str:
    """Keep a tone with the exchange and return its address; raises ValueError when it is refused."""
    head = 'Content-Disposition: form-data; name="file"; filename="tone.bin"'
    sound = waves.wav(waves.tone(650, 0.8), rate=16_000)
    reply = request(
        "POST", f"http://127.0.0.1:{run.web}/v1/uploads/audio",
        headers={
            "Authorization": f"Bearer {run.key}",
            "Content-Type": "multipart/form-data; boundary=tone",
        },
        body=f"--tone\r\n{head}\r\n\r\n".encode() + sound + b"\r\n--tone--\r\n",
        timeouts=_PATIENT, trusted=True,
    )  # fmt: skip
    if reply.status != 201:
        raise ValueError(f"POST /v1/uploads/audio answered {reply.status}: {reply.body!r}")
    return str(json.loads(reply.body)["url"])


def _phones(run: Run, case: Case) -> Played:
    own = None
    if not case.softphone:
        own = run.phones.calling(case.phone) if case.is_inbound else run.phones.called(case.phone)
    friends = {
        name: (friend, run.phones.called(friend.behaviour)) for name, friend in case.friends.items()
    }
    return Played(own, case.does, friends)


def _play(run: Run, case: Case, visits: Visits, played: Played, number: str) -> Iterator[str]:
    """Start the call and have everybody do their part, each in a thread of their own."""
    deadline = time.monotonic() + case.seconds_max
    if case.is_inbound:
        assert played.phone is not None
        run.phones.ring(played.phone, number)
    else:
        visits.call_id = _place(run, number, _callee(run, case, played))
    for friend, phone in played.friends.values():
        if friend.page:
            home = f"{run.customer.url}/c/{run.numbers[case.name][0]}"
            _place(run, number, phone.number, f"{home}/{friend.page}")
    actors = [actor for actor in played.all() if actor[1]]
    with ThreadPoolExecutor(max(1, len(actors))) as pool:
        acts = [pool.submit(_act, who, does, phone, deadline) for who, does, phone in actors]
        if case.interrupts:
            yield from _interrupt(run, case, visits, played, deadline)
        yield from (act.result() for act in acts if act.result())
    if case.softphone and case.does:
        yield from _use_softphone(run.softphones[case.name], case.does)


def _interrupt(
    run: Run, case: Case, visits: Visits, played: Played, deadline: float
) -> Iterator[str]:
    """Post another document to the running call once its phone hears what is to be stopped."""
    assert case.interrupts is not None
    assert played.phone is not None
    label, written = case.interrupts
    # A tone that ends as soon as it is heard is too short to be told from a voice.
    does = f"hear {label}; wait 0.3"
    yield from filter(None, [_act("the phone", does, played.phone, deadline)])
    home = f"{run.customer.url}/c/{run.numbers[case.name][0]}".encode()
    document = as_answer(written)
    body = document.body.replace(b"@home@", home)
    reply = request(
        "POST", f"http://127.0.0.1:{run.web}/v1/calls/{visits.call_id}/actions",
        headers={"Authorization": f"Bearer {run.key}", "Content-Type": document.kind},
        body=body, timeouts=_PATIENT, trusted=True,
    )  # fmt: skip
    if reply.status != 200:
        yield f"POST …/actions answered {reply.status}: {reply.body!r}"


def _callee(run: Run, case: Case, played: Played) -> str:
    if case.softphone:
        return run.softphones[case.name].number
    assert played.phone is not None
    return played.phone.number


def _place(run: Run, number: str, to: str, voice_url: str = "") -> str:
    """Ask the API for a call and return its id; raises ValueError when it is refused."""
    reply = request(
        "POST", f"http://127.0.0.1:{run.web}/v1/calls",
        headers={"Authorization": f"Bearer {run.key}", "Content-Type": "application/json"},
        body=json.dumps(
            {"from": number, "to": [to], **({"voice_callback_url": voice_url} if voice_url else {})}
        ).encode(), timeouts=_PATIENT, trusted=True,
    )  # fmt: skip
    if reply.status != 202:
        raise ValueError(f"POST /v1/calls answered {reply.status}: {reply.body!r}")
    return str(json.loads(reply.body)["call_id"])


def _act(who: str, does: str, phone: Phone, deadline: float) -> str:
    """Do what a phone does once it is up; return what went wrong."""
    if not _until(lambda: phone.is_up, deadline):
        return f"{who} never got through; its marks are {phone.marks}"
    try:
        steps.do(does, phone.ear, deadline)
    except steps.StepFailed as problem:
        return f"{who}: {problem}"
    return ""


def _use_softphone(phone: Softphone, does: str) -> Iterator[str]:
    """Press keys, hold, resume or hang up as a person would: `wait 1; sndcode 5; hangup`."""
    for step in map(str.strip, does.split(";")):
        verb, _, value = step.partition(" ")
        if verb == "wait":
            time.sleep(float(value))
            continue
        for each in value or " ":
            try:
                phone.obey(verb, each.strip())
            except (OSError, TimeoutError) as problem:
                yield str(problem)
            time.sleep(0.2)


def _wait_for_the_end(case: Case, visits: Visits, played: Played) -> Iterator[str]:
    """Wait for the final event, the final report, and the goodbyes of the phones."""
    if not _until(lambda: visits.event(*TERMINAL), time.monotonic() + case.seconds_max):
        kinds = [each["event"] for each in visits.events]
        yield f"the call did not end within {case.seconds_max:.0f} s; events {kinds}"
        return
    afterwards = time.monotonic() + _AFTERWARDS_SECONDS
    if not case.voice_at:
        _until(lambda: visits.ends, afterwards)
        if not visits.ends:
            yield "the voice URL was never told that the call is over"
    for who, _, phone in played.all():
        if phone.process:
            if not _until(lambda it=phone: it.process.poll() is not None, afterwards):  # type: ignore[misc]
                yield f"{who} (SIPp {phone.word}) is not done"
            elif phone.process.returncode:
                yield f"{who} (SIPp {phone.word}) ended with {phone.process.returncode}"
        elif "invited" in phone.marks and not _until(
            lambda it=phone: "done" in it.marks,  # type: ignore[misc]
            afterwards,
        ):
            yield f"{who} ({phone.word}) heard no goodbye; its marks are {phone.marks}"


def _compare(
    run: Run, case: Case, visits: Visits, played: Played, words: Mapping[str, str]
) -> Iterator[str]:
    if case.hears is not None:
        heard = played.phone.ear.heard() if played.phone else run.softphones[case.name].heard()
        yield from compare_sounds("the phone", case.hears, heard)
    for name, (friend, phone) in played.friends.items():
        if friend.hears is not None:
            yield from compare_sounds(name, friend.hears, phone.ear.heard())
        if friend.keys != "".join(phone.ear.keys):
            yield f"the keys {phone.ear.keys} arrived at {name}, not {friend.keys!r}"
        if friend.is_called != ("invited" in phone.marks):
            yield f"{name} was {'never' if friend.is_called else 'wrongly'} called"
    if case.never_hears and played.phone:
        frames = sum(case.never_hears in label.split("+") for label in played.phone.ear.labels())
        if frames > _STRAY_FRAMES:
            yield f"the phone heard {frames} frames of {case.never_hears}"
    if played.phone and case.keys != "".join(played.phone.ear.keys):
        yield f"the keys {played.phone.ear.keys} arrived, not {case.keys!r}"
    # Guests are calls of their own, whose questions come in no order with the case's.
    guests = {friend.page for friend in case.friends.values()}
    asked = [each for each in visits.asked if each.page not in guests]
    yield from compare_questions(_asks(case, words), asked)
    yield from compare_end(case.end, case.cause, visits.own_events(), visits.ends)
    final = visits.event(*TERMINAL)
    told = final["data"] if final else {}
    for fact in case.tells.split():
        name, _, value = fact.partition("=")
        if str(told.get(name)) != value:
            yield f"the final event says {name}={told.get(name)}, not {value}"
    if case.lasts and told:
        seconds = told.get("duration_seconds") or 0
        if not case.lasts[0] <= seconds <= case.lasts[1]:
            yield f"it lasted {seconds} s, not {case.lasts[0]} to {case.lasts[1]}"
    yield from _compare_recordings(case, visits)


def _asks(case: Case, words: Mapping[str, str]) -> list[str]:
    """Return what the pages are asked, the first question included, with `@word@` filled in."""
    asks = [_filled(ask, words) for ask in case.asks]
    goes_unanswered = not case.is_inbound and case.end.split()[0] != "completed"
    if case.voice_at or goes_unanswered:
        return asks
    if asks and "=" in asks[0].split()[0]:
        return [f"voice {asks[0]}", *asks[1:]]
    return ["voice", *asks]


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def _compare_recordings(case: Case, visits: Visits) -> Iterator[str]:
    """Fetch each recording the pages were told of and hold its channels against what is wanted."""
    urls = [each.form["recordingUrl"] for each in visits.asked if each.form.get("recordingUrl")]
    if len(urls) < len(case.recorded):
        yield f"{len(urls)} recordings were told of, not {len(case.recorded)}"
    for wanted, url in zip(case.recorded, urls, strict=False):
        try:
            channels = waves.read_wav(_download(url))
        except (ValueError, HttpFailed) as problem:
            yield f"the recording cannot be had: {problem}"
            continue
        sides = wanted.split("|")
        if len(sides) != len(channels):
            yield f"the recording has {len(channels)} channels, not {len(sides)}"
        for at, (side, channel) in enumerate(zip(sides, channels, strict=False)):
            yield from compare_sounds(f"channel {at}", side.strip(), waves.runs_of(channel))


def _download(url: str) -> bytes:
    deadline = time.monotonic() + _STORED_SECONDS
    while True:
        reply = request("GET", url, timeouts=_PATIENT, max_bytes=1 << 24, trusted=True)
        if reply.status == 200:
            return reply.body
        if time.monotonic() > deadline:
            raise ValueError(f"{url.split('?')[0]} answers {reply.status}")
        time.sleep(0.3)


# Whatever is waited for counts by its truth.
def _until(found: Callable[[], Any], deadline: float) -> bool:
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
