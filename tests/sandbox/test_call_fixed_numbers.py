"""The fixed numbers of the test carrier, called by SIPp."""

import time

import numpy as np
import pytest

from tests.sandbox.peers import Media, Sandbox, Sipp, loud, purity, wait_for


@pytest.fixture
def media():
    media = Media()
    yield media
    media.close()


def test_number_1_answers_and_speaks_at_an_even_pace(sipp: Sipp, media: Media) -> None:
    process = sipp.start("+254711000001", "100? 180 200 ack200 pause3000 bye", media)
    sipp.finish(process)
    sounding = loud(media.heard)
    assert purity(sounding.ravel()[: 160 * 10], 440) > 0.95
    assert 0.3 < len(sounding) / len(media.audio) < 0.9
    arrived, sequences = zip(*media.arrivals, strict=True)
    gaps = np.diff(arrived)
    assert list(sequences) == list(range(sequences[0], sequences[0] + len(sequences)))
    assert 0.019 < np.median(gaps) < 0.021
    assert abs(len(gaps) * 0.02 - (arrived[-1] - arrived[0])) < 0.05


def test_number_2_presses_1_after_our_prompt_and_stays(sipp: Sipp, media: Media) -> None:
    process = sipp.start("+254711000002", "100? 180 200 ack200 pause5000 bye", media)
    wait_for(lambda: media.audio)
    time.sleep(0.5)
    assert not media.keys
    media.sing(700, 2.5)
    wait_for(lambda: any(is_end for *_, is_end in media.keys), seconds=3)
    sipp.finish(process)
    assert {event for event, *_ in media.keys} == {1}
    assert len({timestamp for _, timestamp, *_ in media.keys}) == 1
    durations = [duration for _, _, duration, is_end in media.keys if not is_end]
    assert durations == [160, 320, 480, 640, 800]
    assert sum(is_end for *_, is_end in media.keys) == 3


def test_number_3_is_busy(sipp: Sipp) -> None:
    sipp.finish(sipp.start("+254711000003", "100? 486 ack"))


def test_number_4_rejects(sipp: Sipp) -> None:
    sipp.finish(sipp.start("+254711000004", "100? 180 603 ack"))


def test_number_5_rings_until_the_caller_gives_up(sipp: Sipp) -> None:
    sipp.finish(sipp.start("+254711000005", "100? 180 pause3000 cancel ack"))


def test_number_6_hangs_up_after_ten_seconds(sipp: Sipp, media: Media) -> None:
    process = sipp.start("+254711000006", "100? 180 200 ack200 answer_bye", media)
    wait_for(lambda: media.audio)
    answered = time.monotonic()
    sipp.finish(process)
    assert 9.5 < time.monotonic() - answered < 20


def test_number_7_gives_back_sound_and_keys(sipp: Sipp, media: Media) -> None:
    process = sipp.start("+254711000007", "100? 180 200 ack200 pause3000 bye", media)
    wait_for(lambda: media.audio)
    media.sing(1000, 1.0)
    media.press(5)
    wait_for(lambda: media.keys)
    sipp.finish(process)
    assert len(loud(media.heard)) >= 45
    assert purity(loud(media.heard)[3:-3].ravel(), 1000) > 0.95
    assert {event for event, *_ in media.keys} == {5}


def test_number_8_answers_after_five_seconds(sipp: Sipp, media: Media) -> None:
    started = time.monotonic()
    process = sipp.start("+254711000008", "100? 180 200 ack200 pause300 bye", media)
    wait_for(lambda: media.audio, seconds=8)
    assert 4.8 < time.monotonic() - started < 15
    sipp.finish(process)


def test_number_9_fails(sipp: Sipp) -> None:
    sipp.finish(sipp.start("+254711000009", "100? 503 ack"))


def test_a_wrong_password_is_challenged_again(sipp: Sipp) -> None:
    sipp.password = "guess"
    sipp.finish(sipp.start("+254711000001", "100? 401 ack"))


def test_an_unknown_user_is_challenged_in_the_same_words(sipp: Sipp) -> None:
    sipp.user = "stranger"
    sipp.finish(sipp.start("+254711000001", "100? 401 ack"))


def test_a_number_abroad_does_not_exist(sipp: Sipp) -> None:
    sipp.finish(sipp.start("+14155550100", "100? 404 ack"))


def test_a_host_name_in_the_description_is_refused(sipp: Sipp) -> None:
    sipp.host = "media.example"
    sipp.finish(sipp.start("+254711000001", "100? 488 ack"))


def test_audio_we_cannot_speak_is_refused(sipp: Sipp) -> None:
    sipp.kinds = "18 101"
    sipp.finish(sipp.start("+254711000001", "100? 488 ack"))


def test_a_carrier_without_a_sandbox_offers_the_fixed_numbers_only(make_sandbox, tmp_path) -> None:
    with make_sandbox(tmp_path, SANDBOX="0", TEST_CARRIER="1") as alone:
        assert isinstance(alone, Sandbox)
        caller = Sipp(alone, tmp_path)
        caller.finish(caller.start("+254711000003", "100? 486 ack"))
        caller.finish(caller.start("+254712345678", "100? 404 ack"))
