"""What is printed from the console, read from the PDF that the browser makes of it."""

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests import world
from wallet import services as wallet

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("sandbox-browser"),
]


def read(pdf):
    """The words of each sheet, and the colour of its corner."""
    sheets = list(pypdfium2.PdfDocument(pdf))
    words = [" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in sheets]
    return words, {sheet.render(scale=0.2).to_pil().getpixel((2, 2)) for sheet in sheets}


def test_a_statement_is_printed_whole_and_light(live_server, page: Page, settings):
    acme = world.acme()
    # Others have words of two lines; as many as the list shows at once.
    for number in range(60):
        wallet.credit(
            workspace_id=acme.id, mode="live", net_minor=100 + number, vat_minor=0,
            kind="adjustment", key=f"paper:{number}", description=f"Line {number} " + "long " * 30,
        )  # fmt: skip
    cookie = world.browser(acme.owner).client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.emulate_media(color_scheme="dark")
    page.goto(f"{live_server.url}/wallet")
    # Chosen for good, not only followed from the system.
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    words, corners = read(page.pdf(format="A4", print_background=True))
    assert len(words) > 1
    assert corners == {(255, 255, 255)}
    assert words[0].startswith("Acme Fintech · Sautikit Wallet")
    assert all("VAT inside Amount Balance after" in sheet for sheet in words)
    assert "Older rows follow on the next page of the list." in words[-1]
    for left_out in ("Overview", "Top up", "Older ", "Skip to the content", "http"):
        assert left_out not in " ".join(words).replace("Older rows", "")
