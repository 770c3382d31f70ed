import hashlib
import hmac

from standardwebhooks.webhooks import Webhook

from kernel import ids, signing

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_over_body_dot_timestamp():
    body = b'{"event":"call.completed"}'
    expected = hmac.new(SECRET.encode(), body + b".1719500000", hashlib.sha256).hexdigest()
    header = signing.signature_header([SECRET], body, 1719500000)
    assert header == f"t=1719500000,v1={expected}"


def test_two_secrets_in_force_give_two_marks():
    header = signing.signature_header(["a", "b"], b"{}", 1)
    assert header.count("v1=") == 2


def test_a_library_of_others_verifies_our_standard_webhooks_signature():
    import time

    secret, now = ids.webhook_secret(), int(time.time())
    body = b'{"a": 1}'
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(now),
        "webhook-signature": signing.standard_webhooks_signature([secret], "evt_1", body, now),
    }
    assert Webhook(secret).verify(body, headers) == {"a": 1}


def test_a_token_is_read_back_and_a_changed_one_is_not():
    token = signing.make_token("key", "call", "live")
    assert signing.read_token("key", token) == ("call", "live")
    assert signing.read_token("other", token) is None
    assert signing.read_token("key", token[:-3] + "abc") is None
    assert signing.read_token("key", "%%%") is None
