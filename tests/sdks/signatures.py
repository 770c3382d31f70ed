"""Run inside the throw-away environment: the package's own verdicts on one signature."""

import json
import sys

from sautikit import SignatureError, verify_signature

facts = json.loads(sys.argv[1])
body, header, secret = facts["body"], facts["header"], facts["secret"]


def refused(*arguments, now=facts["moment"]):
    try:
        verify_signature(*arguments, now=now)
    except SignatureError:
        return True
    return False


assert not refused(body, header, secret)
assert not refused(body.encode(), header, secret, now=facts["moment"] + 299)
assert refused(body, header, secret, now=facts["moment"] + 301)
assert refused(body, header, secret, now=facts["moment"] - 301)
assert refused(body + " ", header, secret)
assert refused(body, header, secret[:-1])
for nonsense in ("", "t=1", "v1=ab", "t=x,v1=ab", "t=1,t=2,v1=ab", header.replace("v1", "v2")):
    assert refused(body, nonsense, secret), nonsense
print("all as it should be")
