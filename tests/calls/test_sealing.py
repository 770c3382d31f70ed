import io

import pytest

from calls import sealing

FACTS = {"secret": "s", "owner": "w", "name": "r"}


def sealed(plain, **changes):
    return b"".join(sealing.seal(io.BytesIO(plain), **{**FACTS, **changes}))


def opened(raw, start, stop, **changes):
    facts = {**FACTS, **changes, "start": start, "stop": stop}
    return b"".join(sealing.unseal(io.BytesIO(raw), **facts))


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_what_is_sealed_is_read_back_whole_and_in_any_part(length):
    plain = bytes(at % 251 for at in range(length))
    raw = sealed(plain)
    assert opened(raw, 0, length) == plain
    for start, stop in [(0, 1), (65_530, 65_540), (length // 2, length), (length - 1, length)]:
        if 0 <= start < stop <= length:
            assert opened(raw, start, stop) == plain[start:stop]


def test_the_plain_text_is_nowhere_in_the_sealed_file_and_two_files_differ():
    plain = b"a secret said aloud " * 100
    assert b"secret said" not in sealed(plain)
    assert sealed(plain) != sealed(plain)


@pytest.mark.parametrize("change", [{"secret": "t"}, {"owner": "x"}, {"name": "q"}])
def test_another_secret_workspace_or_row_cannot_read_it(change):
    with pytest.raises(sealing.Unreadable):
        opened(sealed(b"hello"), 0, 5, **change)


def test_a_changed_a_moved_and_a_cut_file_is_refused():
    raw = sealed(bytes(200_000))
    chunk = sealing.CHUNK_BYTES + sealing.TAG_BYTES
    head, first, second = raw[:20], raw[20 : 20 + chunk], raw[20 + chunk : 20 + 2 * chunk]
    flipped = raw[:100] + bytes([raw[100] ^ 1]) + raw[101:]
    for bad in (flipped, head + second + first, raw[:60_000], b"RIFF" + raw[4:], b""):
        with pytest.raises(sealing.Unreadable):
            opened(bad, 0, 70_000)
