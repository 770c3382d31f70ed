"""What roles and keys may do, straight from contract 13.2."""

import pytest

from accounts import roles


def test_a_viewer_reads_everything_and_changes_nothing():
    assert all(name.endswith(".read") for name in roles.VIEWER)
    assert "audit.read" in roles.VIEWER


def test_a_member_is_a_viewer_without_the_audit_log_who_may_work():
    gained = roles.MEMBER - roles.VIEWER
    assert {"audit.read"} == roles.VIEWER - roles.MEMBER
    assert gained == {
        "calls.write", "calls.supervise", "numbers.claim", "numbers.route", "numbers.release",
        "wallet.topup", "webhooks.manage", "webrtc.token", "conferences.manage",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_owners_and_admins_may_do_everything(role):
    assert roles.role_scopes(role) == set(roles.SCOPES)


def test_somebody_without_a_role_may_do_nothing():
    assert roles.role_scopes(None) == roles.role_scopes("stranger") == frozenset()


def test_a_key_without_a_list_gets_the_role_less_people_and_keys():
    withheld = roles.ALL - roles.key_scopes(own=None, role="owner")
    assert withheld == {"members.manage", "api_keys.manage"}


def test_a_key_is_never_stronger_than_the_role_of_its_maker_today():
    own = ["calls.read", "calls.write", "api_keys.manage"]
    assert roles.key_scopes(own=own, role="viewer") == {"calls.read"}
    assert roles.key_scopes(own=own, role=None) == frozenset()
