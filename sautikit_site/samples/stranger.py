"""A stranger follows a page in a clean folder: saves the program, types the lines, and a phone rings."""

from __future__ import annotations

import subprocess
import time

from sautikit_site.samples.documents import Wrong
from sautikit_site.samples.found import Page, Sample
from sautikit_site.samples.place import NUMBERS, Place
from sautikit_site.samples.shell import SECONDS, localised


def follow(sample: Sample, page: Page, place: Place) -> str:
    """Do what one tab says, with the package managers a stranger has; say how long it took."""
    program = next(
        (
            it
            for it in page.samples
            if it.code.tab == sample.code.tab and it.stem in ("call", "place")
        ),
        None,
    )
    if program is None or program is sample:
        raise Wrong(f"there is no program for {sample.code.tab}")
    place.hold(*NUMBERS)
    place.quiet()
    folder = place.new_folder("stranger")
    (folder / program.code.name).write_text(localised(program.code.content, place))
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", sample.code.content],
        cwd=folder, env=place.variables(place.live_key), capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Wrong(f"exited with {done.returncode}: {done.stdout}{done.stderr}")
    place.rings()
    place.quiet()
    return f"the phone rang {time.monotonic() - began:.1f} s after the first line"
