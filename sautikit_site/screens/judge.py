"""The rules of WCAG 2.2 AA as axe-core reads them, run inside a page that is open."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from sautikit_site import toolchains

_LOCK: Final = Path(__file__).with_name("node") / "axe" / "package-lock.json"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN: Final = """async () => {
  const only = { type: 'tag', values: TAGS };
  const found = await axe.run(document, { runOnly: only, resultTypes: ['violations'],
    rules: { 'target-size': { enabled: true } } });
  return found.violations.map((rule) => ({ id: rule.id, help: rule.help,
    nodes: rule.nodes.slice(0, 4).map((node) => ({ html: node.html.slice(0, 160),
      why: (node.any[0] || node.all[0] || node.none[0] || {}).message || '' })) }));
}""".replace("TAGS", json.dumps(TAGS))


@functools.cache
def _source() -> str:
    folder = toolchains.npm_packages(_LOCK)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """Say what breaks the rules, one sentence for each rule with its first places."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    found = page.evaluate(_RUN)
    return [_told(rule) for rule in found]


# What axe says is JSON.
def _told(rule: dict[str, Any]) -> str:
    places = "; ".join(f"{node['html']} ({node['why']})" for node in rule["nodes"])
    return f"axe {rule['id']}: {rule['help']}: {places}"
