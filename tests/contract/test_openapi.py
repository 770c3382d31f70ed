"""The OpenAPI document and the code say the same, in both directions."""

import inspect
import json
import re

import pytest
from rest_framework.settings import api_settings

from accounts.roles import SCOPES
from docs import document
from docs.openapi import AutoSchema
from kernel import errors, events
from kernel.api import ApiView
from tests.contract.routes import api_routes


def as_path(route):
    for converter in ("str:", "uuid:", "int:", "slug:"):
        route = route.replace(converter, "")
    return "/" + route.replace("<", "{").replace(">", "}")


@pytest.fixture(scope="module")
def made():
    return document.document()


def operations(made):
    return [
        (path, method, it) for path, item in made["paths"].items() for method, it in item.items()
    ]


def test_every_address_is_documented_and_every_documented_address_exists(made):
    real = {(as_path(route), method) for route, _cls, methods in api_routes() for method in methods}
    written = {(path, method) for path, method, _it in operations(made)}
    assert written == real


def test_every_view_is_one_of_ours_and_says_who_may_use_it():
    for route, cls, methods in api_routes():
        assert issubclass(cls, ApiView), route
        for method in methods:
            scope = cls.required_scope(method)
            # What has no scope is about the caller alone.
            assert scope in SCOPES or cls.public or route in ABOUT_THE_CALLER, (route, method)


ABOUT_THE_CALLER = {
    "v1/auth/session",
    "v1/auth/sign-out",
    "v1/auth/switch-workspace",
    "v1/auth/onboarding",
    "v1/workspace",
    "v1/invitations/accept",
    "v1/cli/logout",
}


def test_every_view_declares_its_replies_and_the_body_it_parses():
    for route, cls, methods in api_routes():
        for method in methods:
            assert method.upper() in cls.outputs, (route, method)
            if method in {"post", "put", "patch"} and "parse(" in inspect.getsource(cls):
                assert cls.inputs, route


def test_a_public_operation_needs_no_credential_and_any_other_needs_one(made):
    for path, _method, it in operations(made):
        open_to_all = (
            "/v1/public/", "/v1/auth/magic-link", "/v1/wallet/alert/confirm",
            "/v1/cli/device-codes", "/v1/cli/token",
        )  # fmt: skip
        is_public = path.startswith(open_to_all)
        assert (it["security"] == []) == is_public, path


def test_what_takes_a_form_is_for_keys_alone(made):
    alone = [path for path, _method, it in operations(made) if it["security"] == [{"apiKey": []}]]
    assert alone == ["/v1/uploads/audio"]


def test_operation_ids_are_told_apart(made):
    ids = [it["operationId"] for _path, _method, it in operations(made)]
    assert len(ids) == len(set(ids))
    assert {"calls.create", "calls.read", "numbers.claim", "topups.create"} <= set(ids)


def test_every_reference_leads_somewhere(made):
    def walk(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for each in value.values():
                yield from walk(each)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each)

    for reference in set(walk(made)):
        _, _, kind, name = reference.split("/", 3)
        assert name in made["components"][kind], reference


def test_every_event_is_a_webhook_and_its_sample_fits_the_shape(made):
    import jsonschema

    assert set(made["webhooks"]) == set(events.catalogue())
    schemas = json.loads(json.dumps(made["components"]["schemas"]))
    for name, declared in events.catalogue().items():
        if declared.sample:
            body = made["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
            title = body["schema"]["$ref"].rpartition("/")[2]
            shape = schemas[title]["properties"]["data"]
            whole = {**shape, "components": {"schemas": schemas}}
            jsonschema.validate(declared.sample, whole)


def test_every_code_that_a_path_answers_has_a_shared_example(made):
    spoken_of = set(re.findall(r"#/components/examples/([\w.]+)", json.dumps(made)))
    assert set(made["components"]["examples"]) == spoken_of <= set(errors.registry())


def test_the_views_are_described_by_our_own_schema_class():
    assert api_settings.DEFAULT_SCHEMA_CLASS is AutoSchema


def test_the_served_document_names_this_installation(client, settings):
    answer = client.get("/openapi.public.yaml")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert f"- url: {settings.PUBLIC_URL}\n" in answer.content.decode()
