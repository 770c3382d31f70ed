"""The rules of WCAG 2.2 AA as axe-core reads them, run inside a page that is open."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from sautikit_site import toolchains

_LOCK: Final = Path(__file__).with_name("node") / "axe" / "package-lock.json"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# What a theme can change, for a theme is colours alone.
CONTRAST: Final = "color-contrast"
LINKS: Final = "link-in-text-block"
# What only the width can change on a page of a make that is judged whole in this width elsewhere.
SIZES: Final = ("target-size", "scrollable-region-focusable")
_RUN: Final = """async ([only, without, isFresh]) => {
  const found = await axe.run(isFresh ? { include: window.freshTexts } : document, {
    runOnly: only, resultTypes: ['violations'], rules: { 'target-size': { enabled: true },
      ...Object.fromEntries(without.map((rule) => [rule, { enabled: false }])) } });
  return found.violations.map((rule) => ({ id: rule.id, help: rule.help,
    nodes: rule.nodes.slice(0, 4).map((node) => ({ html: node.html.slice(0, 160),
      why: (node.any[0] || node.all[0] || node.none[0] || {}).message || '' })) }));
}"""
# How each text looks: its colour and size, and every ground behind it. One text stands for all
# that look alike; those whose look is not known yet are left for the rules, in `freshTexts`.
_LOOKS: Final = """(known) => {
  const looks = new Set(known), fresh = new Map(), grounds = new Map([[null, '']]);
  const ground = (it) => {
    if (!grounds.has(it)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } = getComputedStyle(it);
      const own = `${backgroundColor} ${backgroundImage} ${opacity} ${filter} ${mixBlendMode}`;
      const isNothing = own === 'rgba(0, 0, 0, 0) none 1 none normal';
      grounds.set(it, ground(it.parentElement) + (isNothing ? '' : `${own};`));
    }
    return grounds.get(it);
  };
  const see = (it) => {
    if (!it.checkVisibility()) return;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(it);
    const look = `${color} ${fontSize} ${fontWeight} ${textShadow};${ground(it)}`;
    if (!looks.has(look)) fresh.set(look, it);
    looks.add(look);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) see(texts.currentNode.parentElement);
  document.querySelectorAll('input, select, textarea').forEach(see);
  window.freshTexts = [...fresh.values()];
  return [...fresh.keys()];
}"""


@functools.cache
def source() -> str:
    """Return the rules as a script for a page."""
    folder = toolchains.npm_packages(_LOCK)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()


class Judge:
    """Judges pages one after the other; the contrast of texts that look alike is judged once."""

    def __init__(self) -> None:
        self._looks: set[str] = set()

    def whole(self, page: Page) -> list[str]:
        """Say what breaks any rule, one sentence for each rule with its first places."""
        told = _run(page, {"type": "tag", "values": TAGS})
        self._looks.update(page.evaluate(_LOOKS, []))
        return told

    def layout(self, page: Page) -> list[str]:
        """Say it of a page that was judged whole in another width."""
        rules = {"type": "tag", "values": TAGS}
        return [*_run(page, rules, without=(CONTRAST,)), *self._contrast(page)]

    def colours(self, page: Page) -> list[str]:
        """Say it of a page that was judged in this width in another theme."""
        return [*_run(page, {"type": "rule", "values": [LINKS]}), *self._contrast(page)]

    def sizes(self, page: Page) -> list[str]:
        """Say it of one page of many in another width and theme."""
        rules = {"type": "rule", "values": [LINKS, *SIZES]}
        return [*_run(page, rules), *self._contrast(page)]

    def _contrast(self, page: Page) -> list[str]:
        looks = page.evaluate(_LOOKS, list(self._looks))
        self._looks.update(looks)
        return _run(page, {"type": "rule", "values": [CONTRAST]}, is_fresh=True) if looks else []


# What axe is told and what it says is JSON.
def _run(
    page: Page, only: dict[str, Any], *, without: tuple[str, ...] = (), is_fresh: bool = False
) -> list[str]:
    return [_told(rule) for rule in page.evaluate(_RUN, [only, list(without), is_fresh])]


def _told(rule: dict[str, Any]) -> str:
    places = "; ".join(f"{node['html']} ({node['why']})" for node in rule["nodes"])
    return f"axe {rule['id']}: {rule['help']}: {places}"
