"""The samples of the SDKs, read from their READMEs: printed on our pages and run by the tests."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SDKS = Path(settings.BASE_DIR) / "sdks"
_FENCE = re.compile(r"^```(\w+) (\S+\.\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sample:
    """A whole program of a README; its file name says what it shows."""

    language: str
    # As a fence names it.
    fence: str
    file: str
    code: str

    @property
    def topic(self) -> str:
        return self.file.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK as the pages speak of it."""

    folder: str
    title: str
    install: str
    about: str


ALL = (
    Sdk("node", "Node.js", "npm i @sautikit/node", "Node.js 18, no dependencies, types included."),
    Sdk(
        "python", "Python", "pip install sautikit", "Python 3.9, no dependencies; the command line."
    ),
    Sdk("php", "PHP", "composer require sautikit/sautikit", "PHP 8.1, any PSR-18 client or none."),
    Sdk(
        "go", "Go", "go get github.com/sautikit/go", "Go 1.24, standard library only; in a module."
    ),
)
BROWSER = Sdk(
    "webrtc", "Browser", "npm i @sautikit/webrtc", "A phone in a web page, no dependencies."
)
TOPICS = {
    "place": "Place a call",
    "list": "Walk a list",
    "refused": "When it is refused",
    "follow": "Follow a call",
    "voice": "Answer a voice callback",
    "webhook": "Verify a webhook",
}


@functools.cache
def samples(folder: str) -> tuple[Sample, ...]:
    """Return every program of an SDK's README."""
    found = _FENCE.findall((SDKS / folder / "README.md").read_text())
    return tuple(Sample(folder, fence, file, code) for fence, file, code in found)


def topics() -> list[dict[str, str]]:
    """Return what every SDK shows, each with its tabs."""
    return [{"title": title, "tabs": tabs(topic)} for topic, title in TOPICS.items()]


def tabs(topic: str, *, without: str = "") -> str:
    """Return one sample in every language, as fences that a page shows as tabs."""
    pieces = [
        f"```{it.fence} {it.file} tab={sdk.title}\n{it.code}```"
        for sdk in ALL
        for it in samples(sdk.folder)
        if it.topic == topic and sdk.folder != without
    ]
    return "\n\n".join(pieces)
