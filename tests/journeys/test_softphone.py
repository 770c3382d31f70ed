"""The console's softphone and the sandbox's handset talk: two browsers, a tone from each, measured."""

import wave

import numpy as np
import pytest
from playwright.sync_api import expect

from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer
from tests.journeys.walk import NARROW, SCREENS, WIDE
from tests.telephony.listening import heard, listen_to_calls

expect.set_options(timeout=30_000)
CONSOLE_HERTZ, HANDSET_HERTZ = 600, 900

# A tone is noise to a browser that cleans speech, so the cleaning is switched off.
PLAIN = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
navigator.mediaDevices.getUserMedia = () => ask({ audio: plain });
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy ${event.violatedDirective} broken by ${event.blockedURI}`));
"""


@pytest.fixture
def singing(playwright, browser_type_launch_args, tmp_path):
    """Open a page in a browser of its own whose microphone sings a tone; nothing may go wrong in it."""
    browsers, complaints = [], []

    def open_page(hertz, *, cookie="", url=""):
        path = tmp_path / f"{hertz}.wav"
        write_tone(path, hertz)
        arguments = [
            *browser_type_launch_args["args"],
            "--allow-loopback-in-peer-connection",
            f"--use-file-for-fake-audio-capture={path}",
        ]
        browser = playwright.chromium.launch(**{**browser_type_launch_args, "args": arguments})
        browsers.append(browser)
        context = browser.new_context(permissions=["microphone"])
        if cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.add_init_script(PLAIN)
        listen_to_calls(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda it: complaints.append(it.text) if it.type == "error" else None)
        return page

    yield open_page
    for browser in browsers:
        browser.close()
    assert complaints == []


def write_tone(path, hertz):
    at = np.arange(48_000 * 2) / 48_000
    samples = (12_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())


def hears(page, hertz):
    """Wait until a page has heard a tone for a second, and return how pure it was."""

    def found():
        middle = heard(page)
        return middle if middle["count"] > 50 and abs(middle["hertz"] - hertz) < 10 else None

    return wait_for(f"{hertz} Hz", found, seconds=20)


def shoot(page, name):
    """Keep the open softphone on a small screen, light and dark; it must fit."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(NARROW)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENS / f"{name}-360-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("#softphone-panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    assert box["y"] >= 0
    page.set_viewport_size(WIDE)


def part(page, name):
    return page.locator(f"[data-softphone-{name}]")


@pytest.mark.timeout(200)
def test_a_softphone_calls_a_handset_and_is_called_back(stack, singing, capsys):
    with CustomerServer() as server:
        story = newcomer.ready_to_call(stack.url, server)
        console = singing(CONSOLE_HERTZ, cookie=story.api.cookie, url=stack.url)
        console.goto(f"{stack.url}/numbers")
        toggle = part(console, "toggle")
        expect(part(console, "peer")).to_be_hidden()
        toggle.focus()
        console.keyboard.press("Enter")
        expect(part(console, "state")).to_have_text("Ready")
        shoot(console, "softphone")
        handset = singing(HANDSET_HERTZ)
        handset.goto(f"{stack.url}/sandbox/phone/{story.phone}")
        expect(handset.locator('[data-link="up"]')).to_be_visible()

        console.get_by_label("Call a number").fill("0" + story.phone[4:])
        console.keyboard.press("Enter")
        expect(handset.get_by_text("Incoming call")).to_be_visible()
        expect(part(console, "state")).to_have_text("Ringing")
        handset.get_by_role("button", name="Answer").click()
        handset.get_by_role("button", name="Speak with my microphone").click()
        expect(part(console, "state")).to_have_text("In a call")
        to_console, to_handset = hears(console, HANDSET_HERTZ), hears(handset, CONSOLE_HERTZ)
        shoot(console, "softphone-call")
        part(console, "keys").get_by_text("5", exact=True).click()
        wait_for("the key", lambda: "5" in (story.in_call("up") or {}).get("digits", "") or None)
        part(console, "mute").click()
        expect(part(console, "mute")).to_have_attribute("aria-pressed", "true")
        part(console, "hangup").click()
        expect(part(console, "state")).to_have_text("Ready")
        expect(handset.get_by_text("Call a number")).to_be_visible()
        placed = calls_of(story)
        assert sorted(call["cost_minor"] > 0 for call in placed) == [False, True]
        assert {call["remote_e164"] for call in placed} == {story.phone}

        route(story, voice_callback_url=None, ring_client="console")
        handset.get_by_label("Call a number").fill(story.number)
        handset.keyboard.press("Enter")
        expect(part(console, "state")).to_have_text("Incoming call")
        expect(part(console, "peer")).to_have_text(story.phone)
        part(console, "answer").click()
        expect(handset.get_by_role("button", name="Hang up")).to_be_visible()
        handset.get_by_role("button", name="Speak with my microphone").click()
        back_to_console = hears(console, HANDSET_HERTZ)
        back_to_handset = hears(handset, CONSOLE_HERTZ)
        handset.get_by_role("button", name="Hang up").click()
        expect(part(console, "state")).to_have_text("Ready")
        a_refusal_is_told_in_kiswahili(console, stack.url)
    shares = [it["share"] for it in (to_console, to_handset, back_to_console, back_to_handset)]
    with capsys.disabled():
        print(f"\nshare of the energy on the tone: {[round(share, 4) for share in shares]}")
    assert min(shares) > 0.9


def a_refusal_is_told_in_kiswahili(console, url):
    console.context.add_cookies([{"name": "django_language", "value": "sw", "url": url}])
    console.reload()
    expect(part(console, "state")).to_have_text("Iko tayari")
    part(console, "dial").locator("[name=to]").fill("+1 242 555 0100")
    console.keyboard.press("Enter")
    expect(part(console, "problem")).to_have_text(
        "Eneo hili la kazi haliruhusiwi kupiga +12425550100."
    )


def calls_of(story):
    """The newcomer's calls once all of them have ended."""

    def ended():
        found = story.api.call("GET", "/v1/calls")["data"]
        return found if found and all(call["ended_at"] for call in found) else None

    return wait_for("the end of the calls", ended, seconds=30)


def route(story, **changes):
    numbers = story.api.call("GET", "/v1/numbers")["numbers"]
    story.api.call("PATCH", f"/v1/numbers/{numbers[0]['id']}/routing", changes)
