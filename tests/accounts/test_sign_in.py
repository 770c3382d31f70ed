"""The mail, the link and the code."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts import services
from accounts.errors import TokenExpired, TokenInvalid, TokenUsed
from accounts.models import MagicLink, User
from kernel import clock
from kernel.errors import RateLimited
from kernel.models import Mail, Work
from tests import world

EMAIL = "amina@acme.example"


def ask(email=EMAIL, browser="b1", ip="10.0.0.1", next_url=""):
    services.request_magic_link(email=email, browser=browser, ip=ip, next_url=next_url)
    return last_mail()


def last_mail():
    text = Mail.objects.order_by("-created_at", "-id").first().text
    token = re.search(r"/auth/link/([\w-]+)", text).group(1)
    return token, re.search(r"^(\d{6})$", text, re.MULTILINE).group(1)


@pytest.mark.django_db
def test_the_mail_carries_a_link_and_a_code_and_only_their_hashes_are_kept():
    token, code = ask()
    row = MagicLink.objects.get()
    assert token not in row.token_digest
    assert code not in row.code_digest
    assert Work.objects.filter(name="kernel.send_mail").count() == 1
    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_address_in_capitals_is_the_same_person():
    first = services.consume_magic_link(ask("Amina@ACME.example")[0])
    again = services.consume_magic_link(ask("amina@acme.example")[0])
    assert (first.created, again.created) == (True, False)
    assert first.user == again.user
    assert not first.user.has_usable_password()


@pytest.mark.django_db
def test_a_link_works_once_and_using_one_spends_its_siblings():
    older, newer = ask()[0], ask()[0]
    services.consume_magic_link(older)
    for token in (older, newer):
        with pytest.raises(TokenUsed):
            services.consume_magic_link(token)


@pytest.mark.django_db
def test_asking_again_does_not_kill_the_older_link():
    older = ask()[0]
    ask()
    assert services.consume_magic_link(older).user.email == EMAIL


@pytest.mark.django_db
def test_a_link_is_too_late_after_a_quarter_of_an_hour():
    token, _ = ask()
    with time_machine.travel(clock.now() + timedelta(minutes=16)), pytest.raises(TokenExpired):
        services.consume_magic_link(token)


@pytest.mark.django_db
def test_a_made_up_token_is_refused():
    with pytest.raises(TokenInvalid):
        services.consume_magic_link("x" * 43)


@pytest.mark.django_db
def test_a_person_who_was_closed_does_not_get_in():
    user = world.person(EMAIL)
    user.is_active = False
    user.save()
    with pytest.raises(TokenInvalid):
        services.consume_magic_link(ask()[0])


@pytest.mark.django_db
def test_a_code_works_in_the_browser_that_asked_and_nowhere_else():
    _, code = ask(browser="mine")
    with pytest.raises(TokenInvalid):
        services.consume_code(email=EMAIL, code=code, browser="another")
    assert services.consume_code(email=EMAIL, code=code, browser="mine").user.email == EMAIL


@pytest.mark.django_db
def test_a_code_is_too_late_after_ten_minutes_while_its_link_still_works():
    token, code = ask()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        with pytest.raises(TokenInvalid):
            services.consume_code(email=EMAIL, code=code, browser="b1")
        assert services.consume_magic_link(token)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.django_db
def test_three_wrong_codes_kill_the_code_but_not_the_link():
    token, code = ask()
    for _ in range(3):
        with pytest.raises(TokenInvalid):
            services.consume_code(email=EMAIL, code=wrong(code), browser="b1")
    with pytest.raises(TokenInvalid):
        services.consume_code(email=EMAIL, code=code, browser="b1")
    assert services.consume_magic_link(token)


@pytest.mark.django_db
def test_ten_wrong_codes_a_day_switch_codes_off_for_the_address():
    for ip in range(4):
        _, code = ask(ip=f"10.0.0.{ip}")
        for _ in range(3):
            with pytest.raises(TokenInvalid):
                services.consume_code(email=EMAIL, code=wrong(code), browser="b1")
    assert sum(MagicLink.objects.values_list("code_misses", flat=True)) == 10
    _, code = ask(ip="10.0.0.9")
    with pytest.raises(TokenInvalid):
        services.consume_code(email=EMAIL, code=code, browser="b1")
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        _, code = ask(ip="10.0.0.8")
        assert services.consume_code(email=EMAIL, code=code, browser="b1")


@pytest.mark.django_db
def test_the_sixth_mail_of_an_hour_from_one_place_is_refused():
    for _ in range(5):
        ask()
    with pytest.raises(RateLimited) as refusal:
        ask()
    assert refusal.value.retry_after_seconds > 0
    ask(ip="10.0.0.2")


@pytest.mark.django_db
def test_an_address_gets_at_most_twenty_mails_an_hour_and_an_ip_thirty():
    for ip in range(20):
        ask(ip=f"10.1.0.{ip}")
    with pytest.raises(RateLimited):
        ask(ip="10.1.1.1")
    for who in range(30):
        ask(email=f"p{who}@x.example", ip="10.2.0.1")
    with pytest.raises(RateLimited):
        ask(email="p30@x.example", ip="10.2.0.1")


@pytest.mark.django_db(transaction=True)
def test_of_eight_simultaneous_clicks_one_wins():
    token, _ = ask()

    def click(_):
        browser = Client()
        browser.get(f"/auth/link/{token}", follow=True)
        return browser.post("/auth/link/confirm").status_code

    statuses = world.together(8, click)
    assert sorted(statuses) == [302] + [410] * 7
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_links_of_one_address_used_at_once_let_one_in():
    tokens = [ask()[0] for _ in range(4)]
    results = world.together(4, lambda index: services.consume_magic_link(tokens[index]))
    assert sorted(type(result).__name__ for result in results) == ["SignIn"] + ["TokenUsed"] * 3
