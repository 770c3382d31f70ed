"""What sign-in leaves behind."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from accounts import services
from accounts.models import MagicLink
from kernel import clock
from tests.accounts.test_sign_in import ask

pytestmark = pytest.mark.django_db


def test_only_what_nothing_can_use_any_more_is_forgotten():
    ask()
    ask("old@x.example")
    old = clock.now() - timedelta(days=31)
    MagicLink.objects.filter(email="old@x.example").update(created_at=old)
    for key, when in (("dead", old), ("alive", clock.now() + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=when)
    assert services.forget_sign_ins() == 2
    assert MagicLink.objects.get().email == "amina@acme.example"
    assert Session.objects.get().session_key == "alive"
