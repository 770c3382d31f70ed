"""A browser that walks through the console: it complains of every error and photographs pages."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from sautikit_site.bootstrap import ROOT

SCREENS = ROOT / "var" / "screens"
TALL = 2000
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 360, "height": 760}

# Tells of broken policies, and measures what the page really plays.
HOOKS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy ${event.violatedDirective} broken by ${event.blockedURI}`));
let meter = null;
document.addEventListener("sautikit:call", ({ detail: call }) => call.on("stream", (stream) => {
  const context = new AudioContext();
  meter = new AnalyserNode(context, { fftSize: 8192 });
  new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(meter);
}));
window.loudnessPlayed = () => {
  if (!meter) return 0;
  const samples = new Float32Array(meter.fftSize);
  meter.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
};
"""


class Walk:
    """One browser context; `complaints` must stay empty."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.complaints: list[str] = []
        self._shots = 0
        context.add_init_script(HOOKS)
        context.set_default_timeout(30_000)
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._note(page, line.type, line.text))

    def _note(self, page: Page, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(f"{page.url}: {text}")

    def open(self, path: str = "") -> Page:
        page = self.context.new_page()
        page.set_viewport_size(WIDE)
        page.goto(self.url + path)
        return page

    def shoot(self, page: Page, name: str) -> None:
        """Keep the page wide and at 360, light and dark; note when it is wider than the screen."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self._shots += 1
        # A page behind another one is drawn once in seconds only.
        page.bring_to_front()
        # A dialog covers the window only, so a picture of the whole page would show it torn.
        is_whole = page.locator("dialog[open]").count() == 0
        for width, size in (("360", NARROW), ("wide", WIDE)):
            page.set_viewport_size(size)
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                path = SCREENS / f"{self._shots:02d}-{name}-{width}-{scheme}.png"
                height = page.evaluate("document.documentElement.scrollHeight") if is_whole else 0
                clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height, TALL)}
                page.screenshot(path=path, full_page=is_whole, clip=clip if is_whole else None)
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                self.complaints.append(f"{page.url} ({name}) is wider than the screen at {width}")

    def clear_screens(self) -> None:
        for old in Path(SCREENS).glob("*.png"):
            old.unlink()
