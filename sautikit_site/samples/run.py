"""One sample, or all of them: which runner it has, what came of it, and what is printed."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sautikit_site import toolchains
from sautikit_site.quickstart.client import Failed
from sautikit_site.samples import browser, cli, documents, programs, shell, stranger, transcripts
from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Page, Sample
from sautikit_site.samples.place import Place

SHELL: Final = frozenset({"sh", "curl"})
PROGRAMS: Final = frozenset({"js", "python", "php", "go"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sample; `problem` is empty when it passed."""

    sample: Sample
    seconds: float
    problem: str
    said: str = ""


def run_page(page: Page, place: Place) -> Iterator[Outcome]:
    """Run the samples of a page in their order, as its reader would, in one folder."""
    folder = place.new_folder(re.sub(r"\W+", "-", page.name))
    for sample in page.samples:
        yield run_sample(sample, page, place, folder)


def run_sample(sample: Sample, page: Page, place: Place, folder: Path) -> Outcome:
    """Run one sample; nothing is skipped, and what nobody knows how to run is wrong."""
    began, said, problem = time.monotonic(), "", ""
    try:
        said = _dispatch(sample, page, place, folder)
    except (Wrong, Failed, toolchains.ToolFailed, subprocess.TimeoutExpired) as wrong:
        problem = str(wrong)
    except Exception as wrong:
        problem = f"{type(wrong).__name__}: {wrong}"
    return Outcome(sample, time.monotonic() - began, problem, said)


def is_document(sample: Sample) -> bool:
    """Tell whether a sample is judged without a platform."""
    return documents.check_of(sample) is not None


def _dispatch(sample: Sample, page: Page, place: Place, folder: Path) -> str:
    code = sample.code
    if check := documents.check_of(sample):
        check(code.content)
    elif code.name == "mcp.json":
        cli.check_server(sample, place)
    elif code.language == "txt":
        transcripts.check(sample, page, place)
    elif code.language in SHELL and sample.stem == "run":
        return stranger.follow(sample, page, place)
    elif code.language in SHELL:
        return shell.run(sample, place, folder)
    elif code.language == "html" or page.name == "sdks/webrtc/README.md":
        browser.run(sample, page, place)
    elif code.language in PROGRAMS:
        _prove(sample, place)
    else:
        raise Wrong(f"nobody knows how to run “{code.language}”")
    return ""


def _prove(sample: Sample, place: Place) -> None:
    text = (sample.code.name, sample.code.content)
    if place.repeats or text not in place.proven:
        programs.run(sample, place)
        place.proven.add(text)
