import pytest

from webhooks.errors import EventUnsupported
from webhooks.subscriptions import check, matches


@pytest.mark.parametrize(
    "names", [["*"], ["call.*"], ["call.completed", "wallet.*"], ["recording.*"]]
)
def test_names_families_and_everything_can_be_subscribed(names):
    assert check(names) == names


def test_the_older_name_of_a_recording_is_understood():
    assert check(["call.recording.ready"]) == ["recording.ready"]


@pytest.mark.parametrize(
    "name", ["number.assigned", "topup.completed", "call", "call.**", "", "x.*"]
)
def test_dead_and_unknown_names_are_refused_by_name(name):
    with pytest.raises(EventUnsupported) as refused:
        check([name])
    assert repr(name) in str(refused.value)


def test_a_family_matches_its_events_only():
    assert matches(["call.*"], "call.completed")
    assert not matches(["call.*"], "wallet.top_up")
    assert matches(["*"], "wallet.top_up")
