"""What old lines and careful carriers do: keys as tones, and sessions that are refreshed."""

import time

import numpy as np
import pytest

from telephony.engine import refresh, tones
from telephony.engine.codec import PCMA

KEYS = "0123456789*#ABCD"


def pressed(key, ms, *, level=6000, twist=1.0, drift=1.0, noise=0):
    """The sound of one key."""
    row = next(at for at, keys in enumerate(tones.PAD) if key in keys)
    column = tones.PAD[row].index(key)
    at = np.arange(8 * ms) / 8000
    low = np.sin(2 * np.pi * tones.ROWS[row] * drift * at)
    high = np.sin(2 * np.pi * tones.COLUMNS[column] * drift * at)
    return (low + high * twist) * level + np.random.default_rng(1).normal(0, noise, 8 * ms)


def typed(keys, ms=80, pause_ms=60, **how):
    quiet = np.zeros(8 * pause_ms)
    return np.concatenate(
        [quiet[:333], *(it for key in keys for it in (pressed(key, ms, **how), quiet))]
    )


def heard(sound):
    """The keys that are heard in a sound that went over a telephone line."""
    line = PCMA.decode(PCMA.encode(np.clip(sound, -32768, 32767).astype(np.int16)))
    listener = tones.Listener()
    found = [listener.hear(line[at : at + 160]) for at in range(0, len(line) - 159, 160)]
    return [each for each in found if each]


@pytest.mark.parametrize("ms", [60, 80, 200])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"noise": 400},
        {"drift": 1.015},
        {"drift": 0.985},
        {"twist": 0.45},
        {"twist": 2.2},
        {"level": 1200},
    ],
)
def test_every_key_is_heard_once_whatever_the_line_does(ms, how):
    found = heard(typed(KEYS, ms, **how))
    assert "".join(each.key for each in found) == KEYS
    assert {each.source for each in found} == {"inband"}
    assert all(abs(each.duration_ms - ms) <= 20 for each in found)


def test_one_tone_noise_and_a_song_are_no_keys():
    at = np.arange(8000 * 3) / 8000
    noise = np.random.default_rng(2).normal(0, 4000, 24_000)
    song = sum(np.sin(2 * np.pi * hertz * at) for hertz in (262, 330, 392, 523, 784)) * 3000
    for sound in (np.sin(2 * np.pi * 697 * at) * 9000, noise, song, np.zeros(8000)):
        assert heard(sound) == []


def test_a_far_end_without_telephone_events_presses_keys_by_their_tones(child, sipp, tmp_path):
    speech = tmp_path / "keys.al"
    sound = np.concatenate([np.zeros(8000), typed("42#", 120, 120), np.zeros(8000 * 8)])
    speech.write_bytes(PCMA.encode(sound.astype(np.int16)))
    sipp("speak_plain", port=child.trunk_port, speech=speech)
    leg = child.dial()
    child.wait("answered")
    child.send("gather", leg=leg, id="g1", files=[], num_digits=0, timeout_s=8, finish_on_key="#")
    gathered = child.wait("gathered")
    assert (gathered["digits"], gathered["reason"]) == ("42", "key")
    assert {each["source"] for each in child.events if each["kind"] == "digit"} == {"inband"}
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")


def test_a_session_that_the_far_end_refreshes_goes_on(child, sipp):
    peer = sipp("refresh", port=child.trunk_port)
    leg = child.dial()
    child.wait("answered")
    time.sleep(0.6)
    assert "ended" not in child.kinds()
    child.send("hangup", leg=leg, cause="done")
    child.wait("ended")
    assert peer.done() == 0


@pytest.mark.parametrize(("seconds", "patience"), [(90, 80), (1800, 1790)])
def test_who_does_not_refresh_is_gone_a_little_before_the_end(seconds, patience):
    assert refresh.patience(seconds) == patience
