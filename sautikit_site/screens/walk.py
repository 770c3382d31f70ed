"""A browser that opens every page, wide and at 360 pixels, light and dark, and says what is wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from sautikit_site.bootstrap import environ
from sautikit_site.screens import judge
from sautikit_site.screens.scene import Scene
from sautikit_site.screens.visits import Visit

Rules = Callable[[Page], list[str]]
WIDE, NARROW = 1280, 360
HEIGHTS: Final = {WIDE: 860, NARROW: 760}
WAYS: Final = ((WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light"))
# Orders in which the ways of one width are neighbours; each way begins one of them.
ORDERS: Final = ((0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1))
TALL: Final = 2400
COOKIE: Final = "sk_session"
# A broken policy becomes an error of the console that names it.
POLICY: Final = "content policy"
_HOOKS: Final = f"""
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `{POLICY}: ${{event.violatedDirective}} broken by ${{event.blockedURI}} ${{event.sample}}`));
"""
# A colour that is still on its way to another theme is no colour of either.
_SETTLED: Final = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = document.getAnimations().filter((it) => it instanceof CSSTransition);
  await Promise.allSettled(moving.map((it) => it.finished));
}"""
_TOO_WIDE: Final = """() => document.documentElement.scrollWidth > innerWidth &&
  [...document.querySelectorAll("body :not(pre *)")].filter((it) => it.getBoundingClientRect().right >
  innerWidth + 1).map((it) => it.outerHTML.slice(0, 120)).slice(0, 3).join(" … ")"""
_ARGUMENTS: Final = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic", "--disable-gpu", "--no-sandbox", "--hide-scrollbars",
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """What one look at one page brought."""

    visit: Visit
    screens: int = 0
    errors: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [*self.errors, *self.reports, *self.faults]


def launch_options() -> dict[str, Any]:
    """Return how the system's Chromium is started."""
    chromium = environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not installed: sudo python3 manage.py system_packages")
    return {"executable_path": chromium, "args": list(_ARGUMENTS)}


class Walk:
    """One browser with a context for each person; `folder` keeps pictures, None keeps none.

    A page is opened once and judged in all four ways where it stands.
    """

    def __init__(self, browser: Browser, url: str, scene: Scene, folder: Path | None) -> None:
        self.browser, self.url, self.scene, self.folder = browser, url, scene, folder
        self._pages: dict[str, Page] = {}
        self._seen: Seen | None = None
        self._judge = judge.Judge()

    def look(self, visits: Iterable[Visit]) -> Iterator[Seen]:
        """Visit one page after the other."""
        for number, visit in enumerate(visits):
            self._seen = Seen(visit)
            self._visit(self._page(visit.who), self._seen, self._rules(visit, number))
            yield self._seen

    def _rules(self, visit: Visit, number: int) -> Iterator[tuple[tuple[int, str], Rules]]:
        """Go through the ways with the rules of each.

        The first way of a width is judged by every rule, the second by its colours. Guides and the
        lists of operators are many of one make: each is judged whole in one way, in turn.
        """
        by = self._judge
        is_one_of_many = visit.who == "operator" or visit.page == "docs:guide"
        ways = [WAYS[place] for place in ORDERS[number % 4]]
        second = by.sizes if is_one_of_many else by.layout
        return zip(ways, (by.whole, by.colours, second, by.colours), strict=True)

    def _page(self, who: str) -> Page:
        if who not in self._pages:
            self._pages[who] = self._context(who).new_page()
            self._pages[who].on("console", self._note)
            self._pages[who].on("pageerror", self._fail)
        return self._pages[who]

    def _context(self, who: str) -> BrowserContext:
        context = self.browser.new_context(reduced_motion="reduce", locale="en-GB")
        context.set_default_timeout(30_000)
        context.add_init_script(_HOOKS)
        context.add_init_script(judge.source())
        context.add_cookies([{"name": COOKIE, "value": self.scene.sessions[who], "url": self.url}])
        return context

    def _visit(
        self, page: Page, seen: Seen, rules: Iterator[tuple[tuple[int, str], Rules]]
    ) -> None:
        visit = seen.visit
        page.set_viewport_size({"width": WIDE, "height": HEIGHTS[WIDE]})
        page.emulate_media(color_scheme="light")
        answer = page.goto(self.url + visit.path)
        assert answer is not None
        wanted = 200 if visit.act else visit.status
        if answer.status != wanted:
            seen.faults.append(f"answered {answer.status} instead of {wanted}")
        if urlsplit(page.url).path != visit.path.partition("?")[0]:
            seen.faults.append(f"led to {urlsplit(page.url).path}")
        if visit.act:
            self._act(page, visit)
        for way, judged in rules:
            self._inspect(page, seen, way, judged)

    def _act(self, page: Page, visit: Visit) -> None:
        page.evaluate(visit.act)
        page.wait_for_timeout(400)
        page.wait_for_load_state("load")

    def _inspect(self, page: Page, seen: Seen, way: tuple[int, str], judged: Rules) -> None:
        width, scheme = way
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.evaluate(_SETTLED)
        place = f"at {width}, {scheme}"
        if wide := page.evaluate(_TOO_WIDE):
            seen.faults.append(f"{place}: wider than the screen: {wide}")
        for told in judged(page):
            if not any(told in known for known in seen.faults):
                seen.faults.append(f"{place}: {told}")
        if self.folder is not None:
            self._shoot(page, seen, self.folder / f"{seen.visit.name}-{width}-{scheme}.png")

    def _shoot(self, page: Page, seen: Seen, path: Path) -> None:
        """Photograph the whole page; a dialog covers the window only."""
        is_whole = page.locator("dialog[open]").count() == 0
        width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALL)}
        page.screenshot(path=path, full_page=is_whole, clip=clip if is_whole else None)  # type: ignore[arg-type]  # It is a FloatRect.
        seen.screens += 1

    def _note(self, message: ConsoleMessage) -> None:
        assert self._seen is not None
        text = message.text
        if message.type != "error" or self._is_expected(message):
            return
        if text.startswith(POLICY):
            self._seen.reports.append(text)
        # The browser says of a broken policy in words of its own, too.
        elif not re.search(r"violates the following Content Security Policy", text):
            self._seen.errors.append(f"console: {text} {message.location.get('url', '')}")

    def _is_expected(self, message: ConsoleMessage) -> bool:
        """A page that is meant to answer 404 makes the browser complain of just that."""
        assert self._seen is not None
        visit = self._seen.visit
        return visit.status != 200 and f"status of {visit.status}" in message.text

    def _fail(self, problem: object) -> None:
        assert self._seen is not None
        self._seen.errors.append(f"script: {problem}")
