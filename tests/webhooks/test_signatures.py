"""Our signatures, checked by programs that we did not write and by the code our docs print."""

import json
import re
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kernel import clock, ids, signing
from webhooks import sender
from webhooks.services.claims import _secrets

PAGE = Path(__file__).parents[2] / "docs" / "pages" / "webhooks.md"
OLD, NEW = ids.webhook_secret(), ids.webhook_secret()
BODIES = {
    "ascii": b'{"event":"call.completed","data":{"cost_minor":235}}',
    "utf-8": '{"name":"Wanjikũ","emoji":"🎉"}'.encode(),
    "escapes": b'{"a":"\\u00e9\\n\\"","b":1e3}',
    "spaces": b'{ "a" : 1 ,\n\t"b" : [ ] }',
    "short": b"1",
    "dots": b'{"t":"1.2.3","v1":"."}',
    "large": b'{"x":"' + b"k" * 60_000 + b'"}',
}


def headers(body, *secrets):
    parcel = sender.Parcel(
        delivery_id=ids.uuid7(), token=ids.uuid7(), lane="", endpoint_id=None, attempts_made=0,
        url="", event_id=str(ids.uuid7()), kind="call.completed", body=body, secrets=list(secrets),
    )  # fmt: skip
    return sender.headers(parcel)


def changed(body):
    """The same body with one bit of one byte turned, at every place of a short one."""
    places = range(len(body)) if len(body) < 100 else (0, len(body) // 2, len(body) - 1)
    return [body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :] for at in places]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_standard_webhooks_verifies_it_and_refuses_any_changed_byte(body):
    sent = headers(body, NEW)
    assert Webhook(NEW).verify(body, sent) is not None
    for other in changed(body):
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(other, sent)


def test_standard_webhooks_verifies_both_secrets_during_a_rotation():
    body = BODIES["ascii"]
    for secret in (NEW, OLD):
        assert Webhook(secret).verify(body, headers(body, NEW, OLD))
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, headers(body, NEW))


def printed(tab):
    """The code that our page shows in this tab."""
    found = re.search(rf"```\w+ tab={re.escape(tab)}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found, tab
    return found[1]


def vectors():
    """[body as hex, header, secret, whether it must pass]"""
    rows = []
    for body in BODIES.values():
        header = headers(body, NEW, OLD)["X-Sautikit-Signature"]
        rows += [[body.hex(), header, secret, True] for secret in (NEW, OLD)]
        rows += [[other.hex(), header, NEW, False] for other in changed(body)]
        rows.append([body.hex(), header, ids.webhook_secret(), False])
        for moment, passes in ((-200, True), (-301, False), (400, False)):
            stamp = int(time.time()) + moment
            rows.append([body.hex(), signing.signature_header([NEW], body, stamp), NEW, passes])
    return rows


def test_the_python_of_our_page_agrees_on_every_vector():
    names: dict = {}
    exec(printed("Python"), names)
    for body, header, secret, passes in vectors():
        assert names["is_ours"](bytes.fromhex(body), header, secret) is passes


NODE = """
const { isOurs } = await import(process.argv[1]);
let text = "";
for await (const part of process.stdin) text += part;
const wrong = JSON.parse(text).filter(
  ([body, header, secret, passes]) => isOurs(Buffer.from(body, "hex"), header, secret) !== passes,
);
console.log(JSON.stringify(wrong.length));
"""


def test_the_javascript_of_our_page_agrees_on_every_vector(tmp_path):
    module = tmp_path / "verify.mjs"
    module.write_text(printed("Node.js"))
    assert len(printed("Node.js").strip().splitlines()) <= 15
    node, _ = compute_driver_executable()
    rows = vectors()
    assert len(rows) > 200
    done = subprocess.run(
        [node, "--input-type=module", "-e", NODE, str(module)],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == 0


def test_the_old_secret_stops_at_its_hour():
    row = {
        "endpoint_id": ids.uuid7(),
        "endpoint__secret": NEW,
        "endpoint__previous_secret": OLD,
        "endpoint__previous_secret_until": clock.now() + timedelta(seconds=5),
    }
    assert _secrets(row) == [NEW, OLD]
    row["endpoint__previous_secret_until"] = clock.now() - timedelta(seconds=1)
    assert _secrets(row) == [NEW]
