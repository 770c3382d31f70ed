"""The reduced selection of `manage.py voice_conformance`, and the judge's own ear."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sautikit_site.bootstrap import ROOT, environ
from sautikit_site.conformance import waves
from sautikit_site.conformance.cases import ALL, choose
from sautikit_site.conformance.judge import compare_sounds
from sautikit_site.conformance.waves import Run
from sautikit_site.throwaway import OWN


@pytest.mark.timeout(400)
@pytest.mark.xdist_group("servers")
def test_the_documents_that_matter_most_behave_on_real_calls():
    kept = {key: value for key, value in environ.items() if key not in OWN}
    done = subprocess.run(
        [sys.executable, "manage.py", "voice_conformance", "--quick"],
        cwd=ROOT,
        env={**kept, "SAUTIKIT_NO_VENV": "1"},
        capture_output=True,
        text=True,
        timeout=380,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(choose(is_quick=True, only=""))
    assert done.stdout.splitlines()[-1] == f"{count} passed, 0 failed"


def test_the_suite_is_as_large_as_it_says():
    assert len(ALL) >= 120
    assert sum("(XML)" in case.name for case in ALL) >= 60
    assert 20 <= len(choose(is_quick=True, only="")) <= 60


def test_the_suite_knows_no_engine():
    folder = Path(ROOT, "sautikit_site", "conformance")
    wrong = [file for file in folder.rglob("*.py") if "telephony.engine" in file.read_text()]
    assert wrong == []


@pytest.mark.parametrize("payload_type", [waves.PCMU, waves.PCMA])
def test_a_tone_survives_its_law(payload_type):
    sound = waves.decode(waves.encode(waves.tone(900, 1.0), payload_type), payload_type)
    assert waves.runs_of(sound) == [Run("900", 1.0)]


def test_silence_tones_ringing_and_two_voices_are_told_apart():
    ringing = waves.tone(425, 1.0, 6000)
    two = waves.tone(700, 0.5) // 2 + waves.tone(1500, 0.5) // 2
    noise = np.random.default_rng(4).normal(0, 3000, 8000).astype(np.int16)
    sound = np.concatenate([waves.tone(0, 0.5), waves.tone(450, 0.4), ringing, two, noise])
    labels = [run.label for run in waves.runs_of(sound)]
    assert labels == ["quiet", "450", "ring", "700+1500", "voice"]


@pytest.mark.parametrize(
    ("wanted", "is_right"),
    [
        ("450 0.4, quiet 1-3, 900 0.4", True),
        ("450 0.4, 900 0.4", True),
        ("450 0.4, ...", True),
        ("450 1.0, 900 0.4", False),
        ("450 0.4", False),
        ("450 0.4, quiet 3-4, 900 0.4", False),
        ("450 0.4, 650 0.4", False),
        ("", False),
    ],
)
def test_what_is_heard_is_held_against_what_is_wanted(wanted, is_right):
    heard = [Run("quiet", 0.5), Run("450", 0.4), Run("quiet", 2.0), Run("900", 0.42)]
    assert (list(compare_sounds("the phone", wanted, heard)) == []) is is_right
