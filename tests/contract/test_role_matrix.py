"""Every route, every role: the scope a route declares decides, and a route without one is named."""

import re
import uuid

import pytest

from accounts.roles import ROLES, role_scopes
from kernel.api import ApiView
from tests import world
from tests.contract.routes import api_routes, routes
from tests.world import Api, code_of

NOBODY = str(uuid.uuid4())
REFUSALS = {"accounts.admin_required", "accounts.write_denied"}
# Pages that anybody may open, or that check a secret in their address. Each is one decision.
PUBLIC = {
    # Signing in, and links of mails.
    "accounts": "signin signin_sent link link_confirm sign_out invitation second_step google"
    " google_callback deletion_begun undo_delete",
    # Their tokens are signed links that expire.
    "calls": "recording_file export_file upload_file",
    "docs": "*",
    "site": "home not_found styleguide pricing status",
    "sandbox": "*",
    "wallet": "seals alert_link alert_confirm alert_gone alert_leave",
}


def concrete(path):
    """Fill in the blanks of a route with ids that name nothing."""
    path = re.sub(r"<(?:\w+:)?\w+>", NOBODY, path)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)", "x" * 20, path).strip("^$").replace("/?$", "")


def api_rows():
    for path, view, methods in api_routes():
        for method in methods:
            yield pytest.param(view, method, concrete(path), id=f"{method} /{path}")


def page_rows():
    ours = ("admin/", "v1/", "h/", "healthz", "readyz", "favicon.ico", "i18n/", "static/")
    for path, entry, space in routes():
        if not path.startswith(ours) and path != "sandbox":
            yield pytest.param(entry, space, concrete(path), id=f"/{path}")


API_ROWS = list(api_rows())
PAGE_ROWS = list(page_rows())


def is_public(entry, space):
    names = PUBLIC.get(space, "").split()
    return "*" in names or entry.name in names


def test_the_matrix_has_every_route():
    assert len(API_ROWS) > 50
    assert len(PAGE_ROWS) > 30


@pytest.mark.parametrize(("view", "method", "path"), API_ROWS)
def test_every_api_route_declares_who_may_use_it(view, method, path):
    assert issubclass(view, ApiView), path
    is_open = view.public or not view.needs_workspace
    assert view.required_scope(method) or is_open or method == "get", path


@pytest.mark.parametrize(("entry", "space", "path"), PAGE_ROWS)
def test_every_page_declares_who_may_open_it(entry, space, path):
    assert hasattr(entry.callback, "door") or is_public(entry, space), f"{entry.name} of {space}"


def person_of(role):
    return world.join(world.acme(), world.person(f"{role}@acme.example"), role)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_as_far_on_the_api_as_its_scopes(role):
    api, wrong = world.browser(person_of(role)), []
    for view, method, path in (row.values for row in API_ROWS):
        needed = "" if view.public else view.required_scope(method)
        if not needed:
            continue
        answer = getattr(api, method)(path)
        is_refused = answer.status_code == 403 and code_of(answer) in REFUSALS
        if is_refused is (needed in role_scopes(role)) or answer.status_code >= 500:
            wrong.append((method, path, needed, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_page_lets_in_the_roles_that_may_see_it(role):
    browser, wrong = world.browser(person_of(role)).client, []
    for entry, _, path in (row.values for row in PAGE_ROWS):
        if not hasattr(entry.callback, "door"):
            continue
        needed = entry.callback.door.required_scope("GET")
        status = browser.get(path).status_code
        # 405: the address takes forms only; what they need is asked before that.
        if entry.name == "try_speech" and status == 503:
            # Whoever may hear words gets as far as our speech, which these tests do not start.
            status = 200
        allowed = not needed or needed in role_scopes(role)
        allowed = allowed and entry.callback.door.role in ("", role)
        if status not in ((200, 302, 404, 405) if allowed else (403, 405)):
            wrong.append((path, needed, status))
    assert wrong == []


@pytest.mark.django_db
def test_strangers_are_turned_away_everywhere():
    api, wrong = Api(), []
    for view, method, path in (row.values for row in API_ROWS):
        needed = not view.public and view.required_scope(method)
        if needed and getattr(api, method)(path).status_code != 401:
            wrong.append((method, path))
    for entry, _, path in (row.values for row in PAGE_ROWS):
        if hasattr(entry.callback, "door") and api.client.get(path).status_code not in (302, 405):
            wrong.append(("get", path))
    assert wrong == []
