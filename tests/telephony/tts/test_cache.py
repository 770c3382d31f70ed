"""The folder of spoken texts stays whole and within its limit."""

from __future__ import annotations

import os

from telephony.tts.audio import milliseconds
from telephony.tts.cache import Cache

SECOND = bytes(16000)


def test_each_of_text_language_and_voice_has_its_own_file(tmp_path):
    cache = Cache(tmp_path / "speech")
    paths = {
        cache.path(text="a", language="en-KE", voice="woman"),
        cache.path(text="b", language="en-KE", voice="woman"),
        cache.path(text="a", language="sw-KE", voice="woman"),
        cache.path(text="a", language="en-KE", voice="man"),
    }
    assert len(paths) == 4
    assert cache.path(text="a", language="EN-ke", voice="woman") in paths


def test_a_saved_file_is_whole(tmp_path):
    cache = Cache(tmp_path)
    path = cache.path(text="a", language="en", voice="woman")
    assert not cache.hit(path)
    cache.save(path, SECOND)
    assert cache.hit(path)
    assert milliseconds(path) == 1000
    assert [each.suffix for each in tmp_path.iterdir()] == [".wav"]


def test_what_was_heard_longest_ago_goes_first(tmp_path):
    cache = Cache(tmp_path)
    for age, name in enumerate(("new", "middle", "old")):
        cache.save(tmp_path / f"{name}.wav", SECOND)
        os.utime(tmp_path / f"{name}.wav", (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "crashed.part").touch()
    cache.prune(bytes_max=33_000)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["middle.wav", "new.wav"]
