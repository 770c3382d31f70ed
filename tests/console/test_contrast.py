"""Text can be read: every text and ground pair of the tokens, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
GROUNDS = ("ground", "surface", "raised", "sunken")
PAIRS = [
    *[(ink, ground) for ground in GROUNDS for ink in ("ink", "muted", "accent", "danger", "live")],
    *[("ink", f"{tone}-soft") for tone in ("accent", "info", "warn", "danger", "live")],
    *[(tone, f"{tone}-soft") for tone in ("accent", "info", "warn", "danger", "live")],
    *[(tone, ground) for ground in ("ground", "surface") for tone in ("info", "warn")],
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("ground", "ink"),
    *[(f"code-{part}", "code") for part in ("ink", "muted", "string", "word")],
]


def palette(theme):
    found = re.findall(rf"--{theme}-([\w-]+):\s*#([0-9A-Fa-f]{{6}});", TOKENS.read_text())
    return dict(found)


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(theme, text, ground):
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "surface", "raised"])
def test_the_edge_of_a_field_can_be_seen(theme, ground):
    colours = palette(theme)
    assert contrast(colours["edge"], colours[ground]) >= 3


def test_every_meaning_has_both_themes():
    sheet = TOKENS.read_text()
    meanings = set(re.findall(r"--color-([\w-]+):\s*light-dark", sheet))
    plain = set(re.findall(r"--color-([\w-]+):\s*var\(--light", sheet))
    assert meanings == plain
    assert all(f"--light-{name}:" in sheet and f"--dark-{name}:" in sheet for name in meanings)
