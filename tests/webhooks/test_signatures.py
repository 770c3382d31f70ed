"""Our signatures, checked by the libraries that others wrote, and for as long as a secret lives."""

import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kernel import clock, ids
from sautikit_site import toolchains
from tests.foreign import NODE_LOCK
from tests.webhooks.vectors import BODIES, NEW, OLD, changed, headers
from webhooks.services.claims import _secrets


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_standard_webhooks_in_python_verifies_it_and_refuses_any_changed_byte(body):
    sent = headers(body, NEW)
    assert Webhook(NEW).verify(body, sent) is not None
    for other in changed(body):
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(other, sent)


NODE = """
const { Webhook } = require("standardwebhooks");
const wrong = JSON.parse(require("node:fs").readFileSync(0, "utf8")).filter(
  ([body, headers, secret, passes]) => {
    try {
      new Webhook(secret).verify(Buffer.from(body, "hex").toString(), headers);
      return !passes;
    } catch (problem) {
      return passes || problem.constructor.name !== "WebhookVerificationError";
    }
  },
);
console.log(JSON.stringify(wrong));
"""


def test_standard_webhooks_in_node_verifies_it_and_refuses_any_changed_byte():
    rows = []
    for body in BODIES.values():
        sent = headers(body, NEW, OLD)
        rows += [[body.hex(), sent, secret, True] for secret in (NEW, OLD)]
        rows += [[other.hex(), sent, NEW, False] for other in changed(body)]
        rows.append([body.hex(), sent, ids.webhook_secret(), False])
        rows.append([body.hex(), headers(body, NEW), OLD, False])
    assert len(rows) > 180
    folder = toolchains.npm_packages(NODE_LOCK)
    said = toolchains.node().run("-e", NODE, cwd=folder, stdin=json.dumps(rows))
    assert json.loads(said) == []


def test_standard_webhooks_verifies_both_secrets_during_a_rotation():
    body = BODIES["ascii"]
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(body, headers(body, NEW, OLD))
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, headers(body, NEW))


def test_the_old_secret_stops_at_its_hour():
    def in_force(until):
        row = (None, 0, "", "", ids.uuid7(), NEW, OLD, until, "whsec_of_the_workspace")
        return _secrets(row, clock.now())

    assert in_force(clock.now() + timedelta(seconds=5)) == [NEW, OLD]
    assert in_force(clock.now() - timedelta(seconds=1)) == [NEW]
