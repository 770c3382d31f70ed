"""What a workspace decides about its recordings: how long they stay, what is said before one."""

from datetime import timedelta

import pytest

from calls import services
from calls.models import RecordingPolicy
from kernel.errors import BadRequest
from kernel.models import AuditEntry
from tests import world

pytestmark = pytest.mark.django_db
SAID = "Simu hii inarekodiwa."


def decide(where, **options):
    facts = {"keep_days": 30, "announcement": SAID, "language": "sw-KE", "actor": "tests"}
    return services.set_recording_policy(workspace_id=where.id, **facts | options)


def test_without_a_decision_the_tier_decides_and_nothing_is_said():
    acme = world.acme()
    policy = services.recording_policy(acme.id)
    assert (policy.keep_days, policy.announcement) == (None, "")
    assert recording_policy_days(acme, 90) == 90
    assert not RecordingPolicy.objects.exists()


def recording_policy_days(where, tier_days):
    from calls.services.recording_policy import shorter

    return shorter(timedelta(days=tier_days), where.id).days


def test_recordings_stay_as_long_as_was_decided_but_never_longer_than_the_tier():
    acme = world.acme()
    decide(acme, keep_days=30)
    assert recording_policy_days(acme, 90) == 30
    decide(acme, keep_days=365)
    assert recording_policy_days(acme, 90) == 90
    assert recording_policy_days(world.chege(), 90) == 90


def test_a_decision_is_in_the_audit_log_with_before_and_after():
    acme = world.acme()
    decide(acme, keep_days=None, announcement="")
    decide(acme, announcement="  Simu   hii inarekodiwa. ")
    entry = AuditEntry.objects.filter(action_kind="recordings.policy_set").latest("created_at")
    assert entry.before == {"keep_days": None, "announcement": "", "language": "sw-KE"}
    assert entry.after == {"keep_days": 30, "announcement": SAID, "language": "sw-KE"}


@pytest.mark.parametrize(
    "wrong", [{"keep_days": 31}, {"language": "fr-FR"}, {"announcement": "a" * 301}]
)
def test_what_cannot_be_decided_is_refused(wrong):
    with pytest.raises(BadRequest):
        decide(world.acme(), **wrong)


PAGE = "/settings/recordings"


def test_the_page_shows_what_holds_and_saves_what_is_decided():
    acme = world.acme()
    browser = world.browser(acme.owner).client
    assert "This call may be recorded." in browser.get(PAGE).text
    body = {"keep_days": "30", "announces": "on", "announcement": SAID, "language": "sw-KE"}
    assert browser.post(PAGE, body).url == PAGE
    assert services.recording_policy(acme.id).announcement == SAID
    page = browser.get(PAGE).text
    assert SAID in page
    assert 'value="30" selected' in page
    browser.post(PAGE, body | {"announces": ""} | {"keep_days": ""})
    policy = services.recording_policy(acme.id)
    assert (policy.announcement, policy.keep_days) == ("", None)


def test_an_announcement_that_says_nothing_is_refused():
    browser = world.browser(world.acme().owner).client
    page = browser.post(PAGE, {"announces": "on", "announcement": " ", "language": "en-KE"})
    assert page.status_code == 400
    assert "Write what is said" in page.text


def test_an_announcement_that_says_too_much_is_refused_for_that_alone():
    browser = world.browser(world.acme().owner).client
    page = browser.post(PAGE, {"announces": "on", "announcement": "a" * 301, "language": "en-KE"})
    assert "at most 300 characters" in page.text
    assert "Write what is said" not in page.text


def test_a_member_reads_the_page_and_decides_nothing():
    acme = world.acme()
    brian = world.browser(world.brian()).client
    world.join(acme, world.brian(), "viewer")
    assert brian.get(PAGE).status_code == 200
    assert brian.post(PAGE, {"language": "en-KE"}).status_code == 403
    assert not RecordingPolicy.objects.exists()
