"""Made-up requests to every operation: never a 5xx, always a documented status and shape."""

import functools
import json
import logging
from contextlib import contextmanager
from uuid import uuid4

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from accounts.models import Membership
from docs import document
from sautikit_site.wsgi import application
from telephony.models import Conference
from tests import world

EXAMPLES = 6
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
PATHS = yaml.load(document.FILE.read_text(), document.Loader)["paths"]
# These spend or end the very credential that the other examples need.
NOT_WITH_A_KEY = {"auth.sign_out"}
OPERATIONS = sorted(
    (it["operationId"], path, method)
    for path, item in PATHS.items()
    for method, it in item.items()
    if it["operationId"] not in NOT_WITH_A_KEY
)


@functools.cache
def served():
    """The document as it is served, called through WSGI."""
    return schemathesis.openapi.from_wsgi("/openapi.public.yaml", application)


@contextmanager
def one_connection():
    """Keep the test's transaction open over the requests, as Django's own client does."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


@pytest.fixture
def acme(settings):
    """A funded workspace that has one of everything."""
    settings.API_KEY_REQUESTS_PER_SECOND = settings.API_KEY_BURST = 1_000_000
    settings.CALLS_PER_SECOND = settings.CONCURRENT_CALLS_MAX = 1_000_000
    settings.DARAJA_CONSUMER_KEY = settings.DARAJA_CONSUMER_SECRET = "set"
    settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "set"
    where = world.acme()
    world.fund(where, 10_000_000)
    return where


@pytest.fixture
def known(acme):
    """Ids that exist, by the name of their path parameter."""
    api = world.api(acme)
    number = world.claim(acme)
    call = {"from": number.e164, "to": "+254712345678"}
    hook = {"url": "https://acme.example/hook", "events": ["*"]}
    return {
        "number_id": str(number.id),
        "inventory_id": str(world.offer("+254200000007").id),
        "call_id": api.post("/v1/calls", call).json()["call_id"],
        "endpoint_id": api.post("/v1/webhooks", hook).json()["id"],
        "key_id": str(world.issue(acme, label="spare").key.id),
        "member_id": str(Membership.objects.get(user=world.brian()).id),
        "listener_id": api.post("/v1/listeners", {}).json()["id"],
        "relayed_id": str(uuid4()),
        "credential_id": api.post(f"/v1/numbers/{number.id}/sip-credentials").json()["id"],
        "room": str(
            Conference.objects.create(
                workspace=acme.workspace, mode="live", name="room", participants_max=2
            ).id
        ),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "method"), [it[1:] for it in OPERATIONS], ids=[it[0] for it in OPERATIONS]
)
def test_an_operation_answers_as_documented(acme, known, caplog, path, method):
    caplog.set_level(logging.CRITICAL, logger="django.request")
    headers = {"Authorization": f"Bearer {world.api_key(acme)}"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), is_real=st.booleans())
    def answers(data, is_real):
        case = data.draw(operation.as_strategy())
        if is_real:
            case.path_parameters |= {k: v for k, v in known.items() if k in case.path_parameters}
        case.call_and_validate(headers=headers, checks=CHECKS)

    with one_connection():
        operation = served()[path][method.upper()]
        answers()


TEXTS = st.text(max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
WRITES = [
    it
    for it in OPERATIONS
    if "application/json" in PATHS[it[1]][it[2]].get("requestBody", {}).get("content", {})
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "method"), [it[1:] for it in WRITES], ids=[it[0] for it in WRITES]
)
def test_any_json_at_all_is_refused_in_the_envelope_or_understood(acme, known, path, method):
    api = world.api(acme)
    fields = list(_properties(path, method))
    address = path.format(**known)

    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(body=st.fixed_dictionaries({}, optional=dict.fromkeys(fields, VALUES)) | VALUES)
    def survives(body):
        answer = getattr(api, method)(address, json.dumps(body))
        assert answer.status_code < 500 or world.code_of(answer) == "topups.provider_failed"
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error"}

    survives()


def _properties(path, method):
    body = PATHS[path][method]["requestBody"]["content"]["application/json"]["schema"]
    title = body["$ref"].rpartition("/")[2]
    return document.read()["components"]["schemas"][title]["properties"]
