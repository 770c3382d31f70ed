"""Whatever is refused under /v1, the body has the one shape."""

import re

import pytest

from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return world.api(world.acme())


def check(answer, status, code):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert re.fullmatch(r"req_[0-9a-z]+", error["request_id"])
    assert error["doc_url"] == f"http://testserver/developers/errors/{code}"
    return error


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_a_path_that_is_nothing_is_404_in_every_method(api, method):
    check(getattr(api, method)("/v1/nothing/here"), 404, "not_found")


def test_a_slash_too_many_is_404_and_not_a_page(api):
    check(api.get("/v1/calls/"), 404, "not_found")


def test_a_method_that_is_not_possible_is_405_and_names_the_possible_ones(api):
    answer = api.put("/v1/wallet/balance", {})
    check(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_form_is_415(api):
    answer = api.client.post("/v1/calls", {"from": "x"}, headers=api.headers)
    check(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body", [b"{", b'{"from": }', b"\xff\xfe", b"[1, 2]", b'"text"', b"null", b"7", b""]
)
def test_a_body_that_is_no_json_object_is_400(api, body):
    check(api.post("/v1/calls", body), 400, "validation.bad_request")


def test_json_deeper_than_any_program_needs_is_400(api):
    check(api.post("/v1/calls", b"[" * 100_000), 400, "validation.bad_request")


def test_a_nul_character_in_a_text_is_400(api):
    body = {"from": "+254200000000\x00", "to": ["+254712345678"]}
    check(api.post("/v1/calls", body), 400, "validation.bad_request")


def test_every_wrong_field_is_named(api):
    error = check(api.post("/v1/calls", {}), 400, "validation.bad_request")
    assert {field["path"] for field in error["fields"]} == {"from", "to"}


def test_a_body_that_is_too_large_is_413(api):
    body = b'{"from": "' + b"x" * 2_000_000 + b'"}'
    check(api.post("/v1/calls", body), 413, "body_too_large")


def test_no_credential_is_401_and_says_how_to_send_one():
    answer = world.Api().get("/v1/calls")
    check(answer, 401, "auth.session_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("key", ["tsk_live_wrong", "eyJhbGciOiJIUzI1NiJ9.e30.x", "sk_test_1", "ü"])
def test_a_key_that_is_not_ours_is_401(key):
    check(world.Api(key).get("/v1/calls"), 401, "api_key.invalid")


def test_authentication_is_refused_before_the_input_is_read():
    answer = world.Api("tsk_live_wrong").post("/v1/calls", b"{")
    check(answer, 401, "api_key.invalid")


def test_a_missing_scope_is_refused_before_the_input_is_read():
    api = world.api(world.acme(), scopes=["calls.read"])
    check(api.post("/v1/calls", b"{"), 403, "api_key.scope_denied")


def test_a_page_outside_v1_is_a_page(client):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
