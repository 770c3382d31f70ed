"""Pages are Markdown with template tags; here they become text, and text becomes HTML."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(settings.BASE_DIR) / "docs" / "pages"
LINKED = re.compile(r"`|\[|\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Part:
    """A second-level heading with what stands under it: text, and the code beside it."""

    anchor: str
    title: str
    text: SafeString
    code: SafeString


@dataclass(frozen=True, slots=True)
class Plain:
    """A second-level heading with what is written under it, without any markup."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """One code block: the language of its fence, its name or its tab, and where it stands."""

    language: str
    name: str
    tab: str
    content: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page: its title, its parts, and what comes before the first of them."""

    title: str
    parts: tuple[Part, ...]


def fill(name: str, context: Mapping[str, object]) -> str:
    """Return a page as plain Markdown."""
    return re.sub(r"\n{3,}", "\n\n", _template(name)({**context})).strip() + "\n"


def render(source: str, *, code_beside: bool = False) -> Page:
    """Return a page as HTML; `code_beside` takes the code of each part out of its text."""
    tokens = _MARKDOWN.parse(source)
    _anchor(tokens)
    title = next((_words(tokens[i + 1]) for i, it in enumerate(tokens) if it.tag == "h1"), "")
    return Page(title, tuple(_part(each, code_beside) for each in _split(tokens)))


def plain(source: str) -> list[Plain]:
    """Return the parts of a page as text; what is looked for is found in them."""
    tokens = _MARKDOWN.parse(source)
    return [_plain_part(part) for part in _split(tokens)]


def codes(source: str) -> list[Code]:
    """Return every code block of a page."""
    return [_code(it) for it in _MARKDOWN.parse(source) if it.type in ("fence", "code_block")]


def _plain_part(tokens: list[Token]) -> Plain:
    is_named = tokens[0].tag == "h2"
    title = _words(tokens[1]) if is_named else ""
    has_heading = tokens[0].type == "heading_open"
    said = [_said(it) for it in (tokens[3:] if has_heading else tokens)]
    text = " ".join(" ".join(said).split())
    return Plain(anchor(title) if is_named else "", title, text)


def _said(token: Token) -> str:
    if token.type == "fence":
        return token.content
    return "".join(it.content or " " for it in token.children or [])


def _code(token: Token) -> Code:
    language, _, rest = token.info.partition(" ")
    name, _, tab = rest.partition("tab=")
    line = token.map[0] + 1 if token.map else 0
    return Code(language, name.strip(), tab, token.content, line)


@functools.cache
def _template(name: str) -> Callable[[dict[str, object]], str]:
    text = (FOLDER / f"{name}.md").read_text()
    whole = f"{{% autoescape off %}}{text}{{% endautoescape %}}"
    return engines["django"].from_string(whole).render


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "heading_open" and token.tag == "h2":
            parts.append([])
        parts[-1].append(token)
    return [part for part in parts if part]


def _part(tokens: list[Token], code_beside: bool) -> Part:
    head = tokens[0]
    is_named = head.tag == "h2"
    codes = [it for it in tokens if it.type == "fence"] if code_beside else []
    text = [it for it in tokens if it not in codes]
    return Part(
        anchor=str(head.attrGet("id") or "") if is_named else "",
        title=_words(tokens[1]) if is_named else "",
        text=_html(text),
        code=_html(codes),
    )


def _html(tokens: list[Token]) -> SafeString:
    """Render blocks; neighbours with a `tab=` become one group of tabs."""
    pieces: list[str] = []
    bare: list[Token] = []
    tabs: list[Token] = []
    for token in [*tokens, None]:
        if token is not None and token.type == "fence" and "tab=" in token.info:
            tabs.append(token)
            continue
        if tabs:
            pieces += [_markup(bare), _tabs(tabs)]
            bare, tabs = [], []
        if token is not None:
            bare.append(token)
    # Every piece was escaped by the renderer or a template.
    return SafeString("".join([*pieces, _markup(bare)]))


def _markup(tokens: list[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _tabs(tokens: list[Token]) -> str:
    panels = [(_code(token).tab, _fence([token], 0)) for token in tokens]
    return render_to_string("docs/_tabs.html", {"panels": panels})


# The renderer hands over options and its environment too, which a fence has no use for.
def _fence(tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    it = _code(tokens[index])
    return render_to_string(
        "docs/_fence.html", {"language": it.language, "name": it.name, "content": it.content}
    )


def _anchor(tokens: Sequence[Token]) -> None:
    """Give every heading below the first an id and a link to itself."""
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or token.tag == "h1":
            continue
        inline = tokens[index + 1]
        name = anchor(_words(inline))
        token.attrSet("id", name)
        opened, closed = Token("link_open", "a", 1), Token("link_close", "a", -1)
        opened.attrSet("class", "anchor")
        opened.attrSet("href", f"#{name}")
        inline.children = [opened, *(inline.children or []), closed]


def _words(inline: Token) -> str:
    return LINKED.sub("", inline.content)


def _build() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("fence", lambda _renderer, *rest: _fence(*rest))
    made.add_render_rule(
        "table_open", lambda *_rest: '<div class="docs__table" tabindex="0"><table>'
    )
    made.add_render_rule("table_close", lambda *_rest: "</table></div>")
    return made


_MARKDOWN = _build()


def anchor(text: str) -> str:
    """Return the id a heading of this text gets."""
    return slugify(text.replace("/", "-").replace(".", "-"))
