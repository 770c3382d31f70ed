"""Any story of two workspaces leaves the books right after each of its steps."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.wallet.daraja import scripted
from tests.wallet.machine import story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(4 * 3_600)]
# Each run of the gate tells the same stories, so that a change is red for its own sake.
GATE = settings(
    max_examples=20, stateful_step_count=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
)  # fmt: skip
# `manage.py faults wallet --property` tells other ones each time and longer ones.
LONG = settings(GATE, max_examples=200, stateful_step_count=300, derandomize=False)


def test_no_story_of_money_breaks_the_books(request, settings):
    with scripted(story.MoneyMachine.mpesa) as (url, _script):
        story.configure(settings, url)
        is_long = request.config.getoption("--long-stories")
        run_state_machine_as_test(story.MoneyMachine, settings=LONG if is_long else GATE)
    told = story.MoneyMachine.tally
    print("stories of money:", ", ".join(f"{told[name]} {name}" for name in sorted(told)))
    # A story in which nothing happens would prove nothing.
    # What was taken back later had landed first.
    landed = told["receipts credited"] + told["receipts reversed"]
    assert told["calls completed"] > 20 and landed > 20 and told["holds voided"]
