"""One style sheet and one script from the small files under static/css and static/js."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
FIRST = ("layers", "tokens", "reset", "base", "layout")
LAST = ("utilities",)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def css_sources(static: Path = STATIC) -> list[Path]:
    """List the style sheets in the order of their layers; the sandbox brings its own."""
    components = sorted((static / "css" / "components").glob("*.css"))
    ours = [path for path in components if not path.name.startswith("sandbox")]
    return [*_named(static, FIRST), *ours, *_named(static, LAST)]


def js_sources(static: Path = STATIC) -> list[Path]:
    """List the script modules; each works alone on a data attribute."""
    return sorted((static / "js" / "modules").glob("*.js"))


def build(static: Path = STATIC) -> dict[Path, str]:
    """Return what the two served files must hold."""
    css = "\n".join(_squeeze(path.read_text()) for path in css_sources(static))
    js = "\n".join(_wrapped(path.read_text()) for path in js_sources(static))
    return {static / "css" / "app.css": css, static / "js" / "app.js": js}


def write(static: Path = STATIC) -> None:
    """Write the two served files."""
    for path, text in build(static).items():
        path.write_text(text)


def _named(static: Path, names: tuple[str, ...]) -> list[Path]:
    return [static / "css" / f"{name}.css" for name in names]


def _squeeze(css: str) -> str:
    """Drop comments and indentation, which are a third of the bytes."""
    lines = (line.strip() for line in COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line)


def _wrapped(js: str) -> str:
    """Keep the names of one module out of the others."""
    return f"(() => {{\n{js.strip()}\n}})();"
