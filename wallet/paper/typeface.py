"""Our typeface for paper: two fixed weights of the variable web font, with figures that line up."""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

SOURCE = Path(settings.BASE_DIR) / "static" / "vendor" / "inter" / "inter-latin-variable.woff2"
REGULAR, SEMIBOLD = 400, 600
FIGURES = "0123456789"
# It would tell of every glyph.
logging.getLogger("fontTools").setLevel(logging.WARNING)


@functools.cache
def font_file(weight: int) -> Path:
    """Return the file of one weight, made once for an installation: a PDF embeds no web font."""
    mark = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    path = Path(settings.VAR_DIR) / "fonts" / f"inter-{weight}-{mark}.ttf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(weight, path)
    return path


def _make(weight: int, path: Path) -> None:
    """Write the weight beside its place and move it there, so that no reader meets half a file."""
    # Only the process that makes paper needs them.
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = instancer.instantiateVariableFont(TTFont(SOURCE), {"wght": weight})
    _line_up_figures(font)
    font.flavor = None
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".ttf")
    os.close(handle)
    font.save(name)
    Path(name).replace(path)


# fontTools declares no types for the tables of a font.
def _line_up_figures(font: Any) -> None:
    """Let every digit stand on the same width, as `tabular-nums` does on the pages."""
    tables = font["GSUB"].table
    lookups = [
        tables.LookupList.Lookup[index]
        for record in tables.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    ]
    wide: dict[str, str] = {}
    for lookup in lookups:
        for part in lookup.SubTable:
            wide.update(getattr(part, "ExtSubTable", part).mapping)
    for cmap in font["cmap"].tables:
        for figure in FIGURES:
            plain = cmap.cmap.get(ord(figure))
            if plain is not None:
                cmap.cmap[ord(figure)] = wide.get(plain, plain)
