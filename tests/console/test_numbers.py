"""The numbers' pages: choose, claim, route, release."""

import pytest

from numbers.models import Number
from tests import world

pytestmark = pytest.mark.django_db

SHEET = {"HX-Request": "true", "HX-Target": "sheet-body"}
VOICE = "https://app.example.com/voice"


def browser(user=None):
    return world.browser(user or world.amina()).client


def test_an_empty_list_teaches_with_one_line_of_code():
    page = browser().get("/numbers").text
    assert "/v1/numbers/available" in page


def test_free_numbers_show_what_they_cost_today():
    world.offer()
    page = browser().get("/numbers/available").text
    assert "+254\xa0200\xa0000\xa0000" in page
    assert "KES\xa03.00" in page


def test_the_digits_narrow_the_list():
    world.offer()
    page = browser().get("/numbers/available?contains=999").text
    assert "No free number fits these filters" in page


def test_prefix_and_price_narrow_the_list():
    world.offer()
    world.offer("+254709100000", monthly_price_minor=20_000)
    client = browser()
    page = client.get("/numbers/available").text
    assert "+254709" in page.partition('name="prefix"')[2].partition("</select>")[0]
    assert "KES\xa0200.00" in page.partition('name="price"')[2].partition("</select>")[0]
    dear = client.get("/numbers/available?prefix=%2B254709").text
    assert "+254\xa0709\xa0100" in dear
    assert "+254\xa0200" not in dear
    cheap = client.get("/numbers/available?price=10000").text
    assert "+254\xa0200" in cheap
    assert "+254\xa0709" not in cheap


def test_filters_that_cannot_be_read_are_left_out():
    world.offer()
    assert "+254\xa0200" in browser().get("/numbers/available?price=x&prefix=%2B1").text


def test_the_sum_is_shown_before_it_is_paid():
    world.fund(world.acme(), 50_000)
    offer = world.offer()
    page = browser().get(f"/numbers/available/{offer.id}", headers=SHEET).text
    for words in ("Rest of", "VAT 16 %", "Today", "Then, on 1", "KES\xa0116.00", "Balance after"):
        assert words in page
    assert not Number.objects.exists()


def test_a_claim_leads_to_the_number():
    world.fund(world.acme(), 50_000)
    path = f"/numbers/available/{world.offer().id}"
    answer = browser().post(path, {"voice_callback_url": VOICE})
    number = Number.objects.get()
    assert answer.url == f"/numbers/{number.id}"
    assert number.voice_callback_url == VOICE


def test_inside_the_sheet_the_whole_page_follows():
    world.fund(world.acme(), 50_000)
    answer = browser().post(f"/numbers/available/{world.offer().id}", {}, headers=SHEET)
    assert answer.headers["HX-Redirect"] == f"/numbers/{Number.objects.get().id}"


def test_an_empty_wallet_is_told_what_is_missing():
    path = f"/numbers/available/{world.offer().id}"
    assert "are missing in your wallet" in browser().get(path).text
    answer = browser().post(path, {})
    assert answer.status_code == 402
    assert "Nothing was charged" in answer.text


def test_a_bad_url_is_kept_beside_the_reason():
    world.fund(world.acme(), 50_000)
    path = f"/numbers/available/{world.offer().id}"
    answer = browser().post(path, {"voice_callback_url": "ftp://nowhere"})
    assert answer.status_code == 400
    assert 'value="ftp://nowhere"' in answer.text
    assert not Number.objects.exists()


def test_a_bad_url_is_explained_in_the_language_of_the_page():
    number = world.claim(world.acme())
    client = browser()
    client.post("/i18n/setlang/", {"language": "sw", "next": "/numbers"})
    answer = client.post(f"/numbers/{number.id}", {"voice_callback_url": "ftp://nowhere"})
    assert "anwani lazima ianze kwa https:// na itaje seva" in answer.text
    assert "the URL must begin with" not in answer.text


def test_routing_is_changed_on_the_page_of_the_number():
    number = world.claim(world.acme())
    client = browser()
    client.post(f"/numbers/{number.id}", {"voice_callback_url": VOICE, "events_url": VOICE})
    number.refresh_from_db()
    assert (number.voice_callback_url, number.events_url) == (VOICE, VOICE)
    assert "from now on" in client.get(f"/numbers/{number.id}").text


def test_releasing_names_the_refund_before_and_after():
    number = world.claim(world.acme())
    client = browser()
    assert "Back to your wallet" in client.get(f"/numbers/{number.id}").text
    client.post(f"/numbers/{number.id}/release")
    assert "went back to your wallet" in client.get("/numbers").text
    assert Number.objects.get().status == "released"


def test_chege_cannot_see_or_release_a_number_of_acme():
    number = world.claim(world.acme())
    stranger = browser(world.chege().owner)
    assert stranger.get(f"/numbers/{number.id}").status_code == 404
    assert stranger.post(f"/numbers/{number.id}/release").status_code == 404
    assert Number.objects.get().status == "active"


def test_a_viewer_may_look_and_nothing_else():
    acme = world.acme()
    number = world.claim(acme)
    viewer = browser(world.join(acme, world.person("vera@acme.example"), "viewer"))
    assert viewer.get(f"/numbers/{number.id}").status_code == 200
    assert viewer.post(f"/numbers/{number.id}/release").status_code == 403
    assert viewer.post(f"/numbers/{number.id}", {"events_url": VOICE}).status_code == 403
