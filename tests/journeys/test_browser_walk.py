"""A newcomer in a browser: signs up, pays, claims, makes a key, and sees a call being counted."""

import json
import re
import secrets
import subprocess
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from sautikit_site.quickstart.client import Client, wait_for
from sautikit_site.quickstart.handler import MENU, CustomerServer, Post
from tests.journeys.walk import Walk

expect.set_options(timeout=30_000)


@pytest.fixture
def walk(stack, context: BrowserContext):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.url)
    walk = Walk(context, stack.url)
    walk.clear_screens()
    yield walk
    assert walk.complaints == []


def answer(post: Post):
    """The walkthrough's menu; the choice talks on, so that there is something to look at."""
    if post.path.split("?")[0] != "/voice":
        return {
            "actions": [{"say": {"text": "Connecting you to sales."}}, {"pause": {"length": 4}}]
        }
    return MENU


@pytest.mark.timeout(240)
def test_a_newcomer_walks_from_nothing_to_a_billed_call(stack, walk):
    mark = secrets.token_hex(4)
    phone_number = f"+25471{secrets.randbelow(10**7):07d}"
    with CustomerServer(answer) as server:
        page = sign_up(walk, f"amina-{mark}@example.com")
        onboard(walk, page)
        phone = top_up(walk, page, phone_number)
        number = claim(walk, page, f"{server.url}/voice")
        key = make_key(walk, page)
        call = place_with_curl(stack, key, number, phone_number)
        answer_on_the_page(walk, phone)
        watch_the_call(walk, page, phone, call, key)
        look_around(walk, page)


def sign_up(walk: Walk, email: str) -> Page:
    page = walk.open("/")
    walk.shoot(page, "home")
    page.goto(f"{walk.url}/signin")
    page.get_by_label("Email").fill(email)
    walk.shoot(page, "signin")
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    walk.shoot(page, "signin-sent")
    with walk.context.expect_page() as opened:
        page.get_by_role("link", name="Open the sandbox mailbox").click()
    page.close()
    mail = opened.value
    mail.set_viewport_size({"width": 1280, "height": 860})
    wait_for("the mail", lambda: find_mail(mail, email), seconds=30)
    mail.get_by_role("link", name=re.compile(re.escape(email))).first.click()
    walk.shoot(mail, "mail")
    mail.locator(".mailbox__text a", has_text="/auth/link/").click()
    expect(mail.get_by_role("heading", name="One more press")).to_be_visible()
    walk.shoot(mail, "link-confirm")
    mail.get_by_role("button", name="Sign in").click()
    expect(mail).to_have_url(re.compile("/onboarding$"))
    return mail


def find_mail(page: Page, email: str) -> bool | None:
    page.reload()
    return page.get_by_text(email).first.is_visible() or None


def onboard(walk: Walk, page: Page) -> None:
    page.get_by_label("Your name").fill("Amina Otieno")
    page.get_by_label("Workspace name").fill("Acme Fintech")
    walk.shoot(page, "onboarding")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("heading", name="Acme Fintech is ready")).to_be_visible()
    walk.shoot(page, "onboarded")
    page.get_by_role("link", name="Go to the console").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    walk.shoot(page, "overview-new")


def top_up(walk: Walk, page: Page, phone_number: str) -> Page:
    page.get_by_role("link", name="Top up").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("KES 1,000").click()
    sheet.get_by_label("M-Pesa phone number").fill(f"0{phone_number.removeprefix('+254')}")
    walk.shoot(page, "topup")
    sheet.get_by_role("button", name="Send prompt").click()
    expect(sheet.get_by_text("Check your phone and enter your M-Pesa PIN")).to_be_visible()
    walk.shoot(page, "topup-waiting")

    phone = walk.open(f"/sandbox/phone/{phone_number}")
    expect(phone.get_by_text("Do you want to pay Ksh1000.00 to SAUTIKIT")).to_be_visible()
    for key in "1234":
        phone.locator(f'[data-pin-key="{key}"]').click()
    walk.shoot(phone, "phone-prompt")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Confirmed. Ksh1,000.00 sent to SAUTIKIT")).to_be_visible()
    walk.shoot(phone, "phone-paid")

    expect(sheet.get_by_text("1,000.00 received")).to_be_visible()
    receipt = sheet.locator(".copy-field").first.inner_text()
    assert re.match(r"[A-Z0-9]{10}", receipt)
    expect(page.locator("#top-balance")).to_contain_text("1,000.00")
    walk.shoot(page, "topup-paid")
    sheet.get_by_role("link", name="Done").click()
    return phone


def claim(walk: Walk, page: Page, voice_url: str) -> str:
    page.goto(f"{walk.url}/numbers/available")
    walk.shoot(page, "numbers-available")
    row = page.get_by_role("row").nth(secrets.randbelow(15) + 5)
    number = row.get_by_role("link", name=re.compile("Claim")).inner_text().split()[-1]
    row.get_by_role("link", name=re.compile("Claim")).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Voice URL").fill(voice_url)
    walk.shoot(page, "claim")
    sheet.get_by_role("button", name=re.compile("Claim for")).click()
    expect(page.get_by_text(f"{number} is yours.")).to_be_visible()
    walk.shoot(page, "number")
    return number


def make_key(walk: Walk, page: Page) -> str:
    page.goto(f"{walk.url}/settings/api-keys")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Label").fill("My server")
    walk.shoot(page, "key-form")
    dialog.get_by_role("button", name="Create key").click()
    secret = page.locator("[data-secret]").inner_text().strip()
    assert secret.startswith("tsk_live_")
    page.get_by_role("button", name="Copy the key").click()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    walk.shoot(page, "key-once")
    return secret


def place_with_curl(stack, key: str, number: str, to: str) -> dict:
    wish = json.dumps({"from": number, "to": to})
    line = f"curl -sS -X POST {stack.url}/v1/calls -H 'Authorization: Bearer '$SAUTIKIT_API_KEY"
    line += f" -H 'Content-Type: application/json' -d '{wish}'"
    variables = {"SAUTIKIT_API_KEY": key, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", line], env=variables, capture_output=True, text=True)
    placed = json.loads(done.stdout)
    assert placed["status"] == "ringing"
    return placed


def answer_on_the_page(walk: Walk, phone: Page) -> None:
    phone.bring_to_front()
    expect(phone.get_by_text("Incoming call")).to_be_visible()
    walk.shoot(phone, "phone-ringing")
    phone.get_by_role("button", name="Answer").click()
    expect(phone.get_by_role("button", name="Hang up")).to_be_visible()
    loudest = 0.0
    for _ in range(40):
        loudest = max(loudest, phone.evaluate("loudnessPlayed()"))
        if loudest > 0.02:
            break
        time.sleep(0.1)
    assert loudest > 0.02, "the page plays the prompt"


def watch_the_call(walk: Walk, page: Page, phone: Page, call: dict, key: str) -> None:
    page.bring_to_front()
    page.goto(f"{walk.url}/calls/{call['call_id']}")
    page.evaluate("window.isStillHere = true")
    clock, cost = (page.locator("#call-head .figures dd").nth(index) for index in (0, 1))
    expect(clock).to_have_text(re.compile(r"\d:\d\d"))
    first = (clock.inner_text(), cost.inner_text())
    expect(clock).not_to_have_text(first[0])
    expect(cost).not_to_have_text(first[1])
    phone.bring_to_front()
    phone.get_by_role("button", name="1", exact=True).click()
    page.bring_to_front()
    expect(page.locator("#call-head [data-status=answered]")).to_be_visible()
    walk.shoot(page, "call-running")
    phone.bring_to_front()
    walk.shoot(phone, "phone-in-call")
    expect(page.locator("#call-head [data-status=completed]")).to_be_visible(timeout=60_000)
    client = Client(walk.url, key=key)
    final = client.call("GET", f"/v1/calls/{call['call_id']}")["call"]
    expect(cost).to_have_text(f"KES\u00a00.{final['cost_minor']:02d}")
    expect(clock).to_contain_text(f"0:{final['duration_seconds']:02d}")
    spoken = page.get_by_role("paragraph").filter(has_text="Connecting you to sales.")
    expect(spoken).to_be_visible()
    assert page.evaluate("window.isStillHere"), "the page was never loaded again"
    digits = [e["payload"] for e in final["events"] if e["kind"] == "digits"]
    assert digits
    page.bring_to_front()
    walk.shoot(page, "call-final")


def look_around(walk: Walk, page: Page) -> None:
    """Photograph what the walk itself does not pass."""
    pages = (
        "overview", "calls", "numbers", "wallet", "wallet/topup", "webhooks", "settings",
        "settings/api-keys", "developers", "developers/errors/wallet.insufficient_balance",
        "sandbox", "sandbox/mail",
    )  # fmt: skip
    for path in pages:
        answered = page.goto(f"{walk.url}/{path}")
        assert answered.status == 200, path
        page.wait_for_load_state("networkidle") if path.startswith("developers") else None
        walk.shoot(page, path.replace("/", "-"))
