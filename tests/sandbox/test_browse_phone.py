"""The phone's page in a real browser: it follows, rings, sounds, speaks and fits a small screen."""

import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT, environ
from tests.sandbox.peers import Media, Sandbox, Sipp, loud, purity, wait_for
from tests.sandbox.test_keep_mail import send
from tests.sandbox.test_push_payment import Till, callbacks, result_of
from tests.telephony.listening import heard, listen_to_calls

__all__ = ["callbacks"]

# One worker starts the site once.
pytestmark = pytest.mark.xdist_group("sandbox-browser")
expect.set_options(timeout=15_000)
SHOTS = ROOT / "var" / "screenshots" / "sandbox"
_last_phone = 254740000000


@pytest.fixture
def phone() -> str:
    global _last_phone
    _last_phone += 1
    return f"+{_last_phone}"


@pytest.fixture
def media():
    media = Media()
    yield media
    media.close()


@pytest.fixture(scope="module")
def site(sandbox: Sandbox, django_db_setup) -> Iterator[str]:
    port = embedded.free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {**environ, "PUBLIC_URL": url, "LIVE_URL": url, "SANDBOX_URL": sandbox.url}
    # With DEBUG the static files are looked at afresh; somebody may be editing them.
    variables |= {"SANDBOX": "1", "DEBUG": "1"}
    variables["DJANGO_SETTINGS_MODULE"] = "sautikit_site.settings"
    command = [sys.executable, "-m", "uvicorn", "tests.sandbox.browser_site:application"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning", "--lifespan", "off"],
        cwd=ROOT,
        env=variables,
    )

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/sandbox/", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    wait_for(answers, seconds=90)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(autouse=True)
def strict(page: Page) -> Iterator[None]:
    """No script may fail and no policy may be broken."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield
    assert said == []


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_prompt_appears_by_itself_and_is_paid_with_the_pin_pad(
    site: str, daraja: Sandbox, callbacks, phone: str, page: Page
) -> None:
    page.goto(f"{site}/sandbox/phone/{phone}")
    expect(page.get_by_text("Call a number")).to_be_visible()
    shoot(page, "phone-idle")
    Till(daraja, callbacks.url).push(phone, 1500)
    expect(page.get_by_text("Do you want to pay Ksh1500.00 to SAUTIKIT")).to_be_visible()
    for key in "1234":
        page.locator(f'[data-pin-key="{key}"]').click()
    shoot(page, "phone-prompt")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Confirmed. Ksh1,500.00 sent to SAUTIKIT")).to_be_visible()
    assert result_of(callbacks.wait()[0])["ResultCode"] == 0
    shoot(page, "phone-paid")


def test_a_call_rings_is_answered_heard_and_spoken_to(
    site: str, sandbox: Sandbox, sipp: Sipp, media: Media, phone: str, page: Page
) -> None:
    listen_to_calls(page)
    page.goto(f"{site}/sandbox/phone/{phone}")
    expect(page.locator('[data-link="up"]')).to_be_visible()
    process = sipp.start(phone, "100? 180 200 ack200 answer_bye", media)
    expect(page.get_by_text("Incoming call")).to_be_visible()
    shoot(page, "phone-ringing")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("button", name="Hang up")).to_be_visible()
    page.get_by_role("button", name="Speak with my microphone").click()
    expect(page.locator("[data-microphone-state]")).to_have_text("●")
    media.sing(600, 2.5)
    shoot(page, "phone-in-call")
    assert heard(page)["hertz"] == pytest.approx(600, abs=20)
    page.get_by_role("button", name="5", exact=True).click()
    wait_for(lambda: {event for event, *_ in media.keys} == {5})
    # The browser's pretended microphone beeps; some of it must have come out of the far end.
    wait_for(lambda: len(loud(media.heard)) > 5)
    assert purity(loud(media.heard).ravel(), 600) < 0.5
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_text("Call a number")).to_be_visible()
    sipp.finish(process)
    expect(page.get_by_text("Listen to the last call")).to_be_visible()


@pytest.mark.parametrize("width", [320, 900])
def test_every_page_fits(site: str, sandbox: Sandbox, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    send(sandbox, "amina@example.com")
    key = sandbox.http.get("/mail?to=amina@example.com").json()["messages"][0]["id"]
    names = {
        "home": "",
        "mail": "mail",
        "message": f"mail/{key}",
        "phone": "phone/+254712345678",
    }
    for name, path in names.items():
        page.goto(f"{site}/sandbox/{path}")
        time.sleep(0.2)
        shoot(page, f"{name}-{width}")
        assert fits(page), name
