"""From nothing to a call with the keyboard alone, and the focus seen at every stop."""

import re
import secrets

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from sautikit_site.quickstart.client import Client, wait_for

STOPS_MAX = 120
# A ring around what has the focus, or around the label that stands for it.
SEEN = """() => {
  const it = document.activeElement, shown = [it, it.closest("label"), it.nextElementSibling];
  const box = it.getBoundingClientRect();
  const isThere = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const hasRing = (each) => each && getComputedStyle(each).outlineStyle !== "none"
    && parseFloat(getComputedStyle(each).outlineWidth) >= 1;
  return { isThere, hasRing: shown.some(hasRing), what: it.outerHTML.slice(0, 160) };
}"""


class Hands:
    """Somebody who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus, looking at every stop on the way."""
        expect(target).to_be_visible()
        for _ in range(STOPS_MAX):
            if target.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self._look()
        raise AssertionError(f"Tab never reached {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.reach(target)
        self.page.keyboard.press(key)

    def type(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def _look(self) -> None:
        found = self.page.evaluate(SEEN)
        # Between the last stop and the first the browser itself has the focus.
        if not found["what"].startswith(("<body", "<main")) and not (
            found["isThere"] and found["hasRing"]
        ):
            self.unseen.append(found["what"])


@pytest.mark.timeout(240)
def test_a_newcomer_without_a_mouse_signs_up_pays_claims_and_calls(stack, context: BrowserContext):
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 860})
    page.set_default_timeout(30_000)
    hands, outside = Hands(page), Client(stack.url)
    email = f"wanja-{secrets.token_hex(4)}@example.com"
    phone = f"+25472{secrets.randbelow(10**7):07d}"
    sign_up(page, hands, outside, email, stack.url)
    top_up(page, hands, outside, phone)
    claim(page, hands)
    place_call(page, hands, outside, phone)
    assert hands.unseen == []


def sign_up(page, hands, outside, email, url):
    page.goto(f"{url}/signin")
    hands.type(page.get_by_label("Email"), email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    hands.type(page.get_by_label("Code"), wait_for("the code", lambda: code_of(outside, email)))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/onboarding$"))
    hands.type(page.get_by_label("Your name"), "Wanja Njoroge")
    hands.type(page.get_by_label("Workspace name"), "Duka la Wanja")
    page.keyboard.press("Enter")
    hands.press(page.get_by_role("link", name="Go to the console"))
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def code_of(outside, email):
    found = outside.call("GET", f"/sandbox/api/mail?to={email}")["messages"]
    if not found:
        return None
    text = outside.call("GET", f"/sandbox/api/mail/{found[0]['id']}")["text"]
    return re.search(r"\b(\d{6})\b", text)[1]


def top_up(page, hands, outside, phone):
    hands.press(page.locator(".top").get_by_role("link", name="Top up"))
    sheet = page.get_by_role("dialog")
    hands.reach(sheet.locator("input[name=amount]:checked"))
    page.keyboard.press("ArrowRight")
    hands.type(sheet.get_by_label("M-Pesa phone number"), f"0{phone.removeprefix('+254')}")
    hands.press(sheet.get_by_role("button", name="Send prompt"), "Space")
    expect(sheet.get_by_text("Check your phone and enter your M-Pesa PIN")).to_be_visible()

    def prompt():
        return outside.call("GET", f"/sandbox/api/phones/{phone}")["mpesa"]["prompt"]

    asked = wait_for("the prompt", prompt)
    answer = {"id": asked["id"], "action": "pin", "pin": "1234"}
    outside.call("POST", f"/sandbox/api/phones/{phone}/stk", answer)
    expect(sheet.get_by_text("1,000.00 received")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator("#top-balance")).to_contain_text("1,000.00")


def claim(page, hands):
    hands.press(page.locator(".side").get_by_role("link", name="Numbers"))
    hands.press(page.get_by_role("link", name="Claim a number").first)
    expect(page.get_by_role("heading", name="Choose a number")).to_be_visible()
    # The first two belong to the lines that the pages print.
    hands.press(page.get_by_role("row").nth(4).get_by_role("link", name=re.compile("Claim")))
    sheet = page.get_by_role("dialog")
    hands.press(sheet.get_by_role("button", name=re.compile("Claim for")))
    expect(page.get_by_text("is yours.")).to_be_visible()


def place_call(page, hands, outside, phone):
    hands.press(page.locator(".side").get_by_role("link", name="Try it"))
    hands.type(page.locator("#try-form [name=to_e164]"), phone)
    hands.press(page.get_by_role("button", name="Place the call"))

    def rings():
        call = outside.call("GET", f"/sandbox/api/phones/{phone}")["call"]
        return call and call["state"] == "ringing"

    wait_for("the phone to ring", rings, seconds=40)
