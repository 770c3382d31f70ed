"""Where samples stand: every page of the portal, and the READMEs of the project and its SDKs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from docs import library, markdown
from docs.markdown import Code
from sautikit_site.bootstrap import ROOT

READMES: Final = (
    "README.md", "sdks/node/README.md", "sdks/python/README.md", "sdks/php/README.md",
    "sdks/go/README.md", "sdks/webrtc/README.md",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One code block, with the page it stands on and its place among the blocks of that page."""

    page: str
    number: int
    code: Code

    @property
    def name(self) -> str:
        """Say which it is, for people who look for it."""
        called = self.code.name or self.code.tab or self.code.language or "text"
        return f"{self.page} {self.number}: {called}"

    @property
    def stem(self) -> str:
        return self.code.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its samples, in the order in which its reader meets them."""

    name: str
    samples: tuple[Sample, ...]


def pages() -> list[Page]:
    """Return every page that has samples."""
    found = [_page(name, text) for name, text in [*_portal(), *_readmes()]]
    return [page for page in found if page.samples]


def _portal() -> Iterator[tuple[str, str]]:
    for guide in library.GUIDES:
        yield guide.slug or "home", guide.lasting_text()
    for name in library.verb_names():
        yield f"verbs/{name}", library.verb_text(name) or ""
    for name in library.event_names():
        yield f"events/{name}", library.event_text(name) or ""
    for code in library.error_codes():
        yield f"errors/{code}", library.error_text(code) or ""


def _readmes() -> Iterator[tuple[str, str]]:
    for name in READMES:
        yield name, Path(ROOT / name).read_text()


def _page(name: str, text: str) -> Page:
    codes = enumerate(markdown.codes(text), 1)
    return Page(name, tuple(Sample(name, number, code) for number, code in codes))
