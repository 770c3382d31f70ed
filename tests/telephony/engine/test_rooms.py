"""Rooms: who hears whom, measured in what each far end was sent, and in the recordings."""

import time

import numpy as np
import pytest

from tests.telephony.engine.child import (
    free_port,
    loud,
    read_wav,
    tone_share,
    write_speech,
    write_tone,
)
from tests.telephony.engine.test_phone import Phone

TONES = (600, 900, 1500)


@pytest.fixture
def parties(engine, sipp, tmp_path):
    """Three answered legs whose far ends say 600, 900 and 1500 Hz."""
    ports = [free_port() for _ in TONES]
    child = engine(trunk_ports=ports)
    legs = []
    for number, (port, hertz) in enumerate(zip(ports, TONES, strict=True)):
        sipp("speak", port=port, speech=write_speech(tmp_path / f"{hertz}.al", (hertz, 15)))
        legs.append(child.dial(trunk=str(number)))
    for leg in legs:
        child.wait("answered", leg=leg)
    return child, *legs


def join(child, leg, *, room="r1", **fields):
    child.send("room_join", leg=leg, room=room, id=f"{room}-{leg}", **fields)
    assert child.wait("room_joined", leg=leg)["room"] == room


def end(child, leg):
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended", leg=leg)


def shares(samples):
    """How much of each party's tone is in a piece of sound."""
    return [tone_share(samples, hertz) for hertz in TONES]


def middle(child, leg):
    """What the far end of a leg was sent, without its first and last moments."""
    _heard, sent = child.tap(leg)
    return loud(sent)[2400:-1600]


def test_three_hear_the_two_others_and_not_themselves_and_the_recording_has_all(parties, tmp_path):
    child, *legs = parties
    join(child, legs[0], path=str(tmp_path / "room.wav"))
    for leg in legs[1:]:
        join(child, leg)
    time.sleep(1.2)
    for leg in legs:
        child.send("room_leave", leg=leg)
        assert child.wait("room_left", leg=leg)["reason"] == "stopped"
    for leg in legs:
        end(child, leg)
    # Only those who were there to the end are measured: the others fell silent as they left.
    for own, leg in enumerate(legs):
        found = shares(middle(child, leg))
        others = [share for at, share in enumerate(found) if at != own]
        assert found[own] < 0.01, found
        assert min(others) > 0.4, found
        assert sum(found) > 0.95, found
    recorded = child.wait("recorded")
    assert (recorded["leg"], recorded["id"]) == (legs[0], f"r1-{legs[0]}")
    (whole,) = read_wav(tmp_path / "room.wav")
    assert len(whole) == recorded["ms"] * 8
    found = shares(whole[-8000:-1600])
    assert min(found) > 0.25, found
    assert sum(found) > 0.95, found


def test_the_muted_are_not_heard_and_hear_and_a_kick_takes_one_out(parties):
    child, first, second, third = parties
    join(child, first)
    join(child, second, muted=True)
    join(child, third, room="r2")
    time.sleep(0.8)
    child.send("room_set", leg=second, muted=False)
    time.sleep(0.8)
    child.send("room_leave", leg=first)
    assert child.wait("room_left", leg=first)["room"] == "r1"
    for leg in (first, second, third):
        end(child, leg)
    _heard, to_first = child.tap(first)
    turns = [tone_share(to_first[at : at + 800], 900) > 0.9 for at in range(0, len(to_first), 800)]
    assert 6 <= sum(turns) <= 10
    assert shares(middle(child, second))[0] > 0.95
    # A room of one is silent, and no other room is heard in it.
    _heard, to_third = child.tap(third)
    assert np.abs(to_third).max() < 50


def test_music_is_heard_apart_again_and_again_until_the_room_takes_one_in(parties, tmp_path):
    child, first, second, third = parties
    music = write_tone(tmp_path / "music.wav", hertz=400, seconds=0.2)
    join(child, first)
    join(child, second, apart=True, files=[music])
    join(child, third)
    time.sleep(1.0)
    child.send("room_set", leg=second, apart=False)
    time.sleep(0.8)
    for leg in (first, second, third):
        end(child, leg)
    _heard, to_second = child.tap(second)
    parts = [to_second[at : at + 800] for at in range(0, len(to_second) - 800, 800)]
    assert sum(tone_share(part, 400) > 0.9 for part in parts) >= 8
    assert shares(loud(to_second)[-4800:-1600])[1] < 0.01
    assert sum(shares(loud(to_second)[-4800:-1600])) > 0.95
    # While the second heard music nobody heard the second.
    _heard, to_first = child.tap(first)
    parts = [to_first[at : at + 800] for at in range(0, len(to_first) - 800, 800)]
    assert sum(tone_share(part, 1500) > 0.9 for part in parts) >= 6


def test_what_is_said_into_a_room_is_heard_by_all_and_a_beep_says_who_comes(parties, tmp_path):
    child, first, second, _third = parties
    news = write_tone(tmp_path / "news.wav", hertz=400, seconds=0.4)
    join(child, first, muted=True)
    join(child, second, muted=True, beep=True)
    time.sleep(0.5)
    child.send("room_play", room="r1", files=[news])
    time.sleep(0.7)
    for leg in (first, second):
        end(child, leg)
        _heard, sent = child.tap(leg)
        parts = [sent[at : at + 400] for at in range(0, len(sent) - 400, 400)]
        assert sum(tone_share(part, 400) > 0.9 for part in parts) >= 6
        assert sum(tone_share(part, 1000) > 0.9 for part in parts) >= 4


def test_a_room_on_two_engines_is_one_room_until_the_link_is_taken_away(engine, sipp, tmp_path):
    sides = []
    for hertz in TONES[:2]:
        port = free_port()
        child = engine(trunk_ports=[port])
        sipp("speak", port=port, speech=write_speech(tmp_path / f"{hertz}.al", (hertz, 15)))
        leg = child.dial()
        child.wait("answered", leg=leg)
        join(child, leg)
        child.send("room_link", leg="link", room="r1", peer="other")
        sides.append((child, leg, child.wait("room_linked")))
    (one, _, here), (two, _, there) = sides
    one.send("room_link_to", leg="link", host=there["host"], port=there["port"])
    two.send("room_link_to", leg="link", host=here["host"], port=here["port"])
    time.sleep(1)
    for child, _leg, _where in sides:
        child.send("room_unlink", leg="link", room="r1")
    time.sleep(0.6)
    for (child, leg, _where), others in zip(sides, (900, 600), strict=True):
        end(child, leg)
        _heard, sent = child.tap(leg)
        found = loud(sent)
        assert 0.7 < len(found) / 8000 < 1.5
        assert tone_share(found[800:-800], others) > 0.95


def test_a_leg_that_is_gone_or_seated_takes_no_seat(parties):
    child, first, second, _third = parties
    join(child, first)
    child.send("room_join", leg=first, room="r2", id="again")
    left = child.wait("room_left")
    assert (left["id"], left["reason"]) == ("again", "gone")
    child.send("bridge", leg=second, other=first, id="b", path=None)
    child.wait("bridged")
    child.send("room_join", leg=second, room="r1", id="bridged")
    assert child.wait("room_left", leg=second)["reason"] == "gone"
    end(child, first)
    assert child.wait("room_left", leg=first, after=1)["reason"] == "hangup"


def test_keys_of_a_seat_are_collected_and_stay_with_it(engine, sipp):
    ports = [free_port()]
    child = engine(trunk_ports=ports)
    sipp("digits_info", port=ports[0])
    leg = child.dial()
    child.wait("answered")
    join(child, leg, num_digits=1, finish_on_key="#")
    assert child.wait("room_digits")["digits"] == child.wait("digit")["digit"]


def test_a_softphone_of_another_make_records_the_two_others(engine, sipp, tmp_path):
    ports = [free_port() for _ in range(3)]
    child = engine(trunk_ports=ports)
    phone = Phone(tmp_path / "phone", ports[2], records=True)
    try:
        for port, hertz in zip(ports, TONES[:2], strict=False):
            sipp("speak", port=port, speech=write_speech(tmp_path / f"{hertz}.al", (hertz, 15)))
        legs = [child.dial(trunk=str(number)) for number in range(3)]
        for leg in legs:
            child.wait("answered", leg=leg)
            join(child, leg)
        time.sleep(1.5)
        end(child, legs[2])
        for leg in legs[:2]:
            end(child, leg)
    finally:
        phone.close()
    (dump,) = (tmp_path / "phone").glob("*-dec.wav")
    (samples,) = read_wav(dump)
    parts = [samples[at : at + 800] for at in range(0, len(samples) - 800, 800)]
    both = [part for part in parts if min(tone_share(part, hertz) for hertz in TONES[:2]) > 0.3]
    assert len(both) >= 8
    # Its own tone does not come back.
    assert max(tone_share(part, 440) for part in both) < 0.02
