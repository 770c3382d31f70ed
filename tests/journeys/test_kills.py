"""kill -9 in the middle of a call: the wallet stays right, the call ends, its hold is gone."""

import os
import signal
import time
from pathlib import Path

import pytest

from kernel.money import call_cost
from sautikit_site.quickstart.client import wait_for
from sautikit_site.quickstart.handler import CustomerServer
from tests.journeys import newcomer

MARKS = {
    "worker": "celery",
    "engine": "telephony.engine",
    "gateway": "manage.py\0engine",
    "web": "gunicorn",
    "relay": "manage.py\0relay",
}
# What may die without a word of the talk being lost.
BYSTANDERS = {"worker", "web", "relay"}


def pids(stack, mark):
    """Find the processes of this stack whose command line has the mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if mark in command and f"VAR_DIR={stack.env['VAR_DIR']}\0".encode() in environment + b"\0":
            found.append(int(folder.name))
    return found


def talking(story):
    """Place a call to a number that echoes, and wait until it is answered."""
    call = story.api.call("POST", "/v1/calls", {"from": story.number, "to": "+254711000007"})
    wait_for("the answer", lambda: state(story, call) == "answered" or None, seconds=20)
    return call


def state(story, call):
    return story.api.call("GET", f"/v1/calls/{call['call_id']}")["call"]["status"]


@pytest.fixture(scope="module")
def story(stack):
    with CustomerServer() as server:
        yield newcomer.ready_to_call(stack.url, server)


@pytest.mark.parametrize("victim", MARKS)
def test_a_killed_process_costs_nobody_money(stack, story, victim):
    before = balance(story)["balance_minor"]
    call = talking(story)
    time.sleep(1)
    struck = pids(stack, MARKS[victim])
    assert struck, f"no {victim} process was found"
    for pid in struck:
        os.kill(pid, signal.SIGKILL)
    story.wait_until_ready()
    if victim in BYSTANDERS:
        assert state(story, call) == "answered", "the talk goes on"
    story.api.call("POST", f"/v1/calls/{call['call_id']}/hangup")
    final = newcomer.final(story, call["call_id"])
    assert final["status"] == ("completed" if victim in BYSTANDERS else "failed")
    wait_for("the hold to go", lambda: not balance(story)["held_minor"] or None, seconds=20)
    cost = final["cost_minor"]
    assert cost == call_cost(final["duration_seconds"], 300)
    assert 5 <= cost <= 300
    assert balance(story)["balance_minor"] == before - cost


def balance(story):
    return story.api.call("GET", "/v1/wallet/balance")
