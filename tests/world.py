"""The cast: Amina owns Acme, Brian is a member there, Chege owns another workspace.

Everything is made through the services, and each helper may be called again: the second call finds
what the first one made.
"""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from django.db import connection
from django.test import Client

from accounts import services
from accounts.models import Membership, User, Workspace
from accounts.roles import role_scopes
from numbers import services as number_services
from numbers.models import Inventory, Number
from wallet import services as wallet

FIRST_NUMBER = "+254200000000"
JSON = "application/json"


@dataclass(frozen=True)
class Tenant:
    """A workspace and the person who owns it."""

    workspace: Workspace
    owner: User

    @property
    def id(self):
        return self.workspace.id


def person(email, name=""):
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name)


def tenant(email, name, workspace_name):
    owner = person(email, name)
    if not owner.memberships.exists():
        services.onboard(
            user=owner, name=name, workspace_name=workspace_name, country="KE", currency="KES"
        )
    return Tenant(owner.memberships.get().workspace, owner)


def acme():
    """Amina's workspace; Brian is a member of it."""
    made = tenant("amina@acme.example", "Amina Otieno", "Acme Fintech")
    colleague = person("brian@acme.example", "Brian Kiptoo")
    if not colleague.memberships.exists():
        join(made, colleague, "member")
    return made


def chege():
    """A workspace that must see nothing of Acme's."""
    return tenant("chege@duka.example", "Chege Mwangi", "Duka la Chege")


def amina():
    return acme().owner


def brian():
    acme()
    return person("brian@acme.example")


def join(where, user, role):
    """Make somebody a member in a role, or change the role they have."""
    Membership.objects.update_or_create(
        user=user, workspace=where.workspace, defaults={"role": role}
    )
    return user


def issue(where, *, mode="live", scopes=None, by=None, expires_at=None, label="tests"):
    """Make an API key; gives its row and its secret."""
    maker = by or where.owner
    role = Membership.objects.get(user=maker, workspace=where.workspace).role
    return services.create_api_key(
        workspace=where.workspace,
        mode=mode,
        label=label,
        scopes=scopes,
        expires_at=expires_at,
        created_by=maker,
        maker_scopes=role_scopes(role),
        actor="tests",
    )


def api_key(where, **options):
    """Make an API key and give its secret."""
    return issue(where, **options).secret


def fund(where, amount_minor, mode="live"):
    """Put money into a wallet."""
    wallet.credit(
        workspace_id=where.workspace.id,
        mode=mode,
        net_minor=amount_minor,
        vat_minor=0,
        kind="adjustment",
        key=f"tests:{uuid.uuid4()}",
        description="For a test",
    )


def offer(e164=FIRST_NUMBER, *, mode="both", monthly_price_minor=10_000):
    """Put a number into the pool."""
    row, _ = Inventory.objects.get_or_create(
        e164=e164,
        defaults={
            "mode": mode,
            "monthly_price_minor": monthly_price_minor,
            "outbound_per_min_minor": 300,
        },
    )
    return row


def claim(where, e164=FIRST_NUMBER, *, mode="live", **routes):
    """Claim a number, paying for it with fresh money; finds it if it is held already."""
    held = Number.objects.filter(
        e164=e164, workspace=where.workspace, status__in=("active", "suspended")
    ).first()
    if held:
        return held
    fund(where, 20_000, mode)
    return number_services.claim_number(
        workspace_id=where.workspace.id, mode=mode, inventory=offer(e164), **routes
    ).number


class Api:
    """A client of /v1: a bearer key, or a signed-in browser."""

    def __init__(self, secret=None, *, user=None):
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        if user is not None:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def get(self, path, query=None, **headers):
        return self.client.get(path, query, headers=self.headers | headers)

    def post(self, path, body=None, *, key=None, **headers):
        extra = {"Idempotency-Key": key} if key else {}
        return self._send("post", path, body, extra | headers)

    def patch(self, path, body=None, **headers):
        return self._send("patch", path, body, headers)

    def put(self, path, body=None, **headers):
        return self._send("put", path, body, headers)

    def delete(self, path, **headers):
        return self._send("delete", path, None, headers)

    def _send(self, method, path, body, headers):
        data = body if isinstance(body, (str, bytes)) else json.dumps({} if body is None else body)
        call = getattr(self.client, method)
        return call(path, data=data, content_type=JSON, headers=self.headers | headers)


def api(where, **options):
    """Give a client with a fresh key of a workspace."""
    return Api(api_key(where, **options))


def browser(user):
    """Give a signed-in browser for /v1 and the console."""
    return Api(user=user)


def code_of(response):
    """Read the error code of an answer."""
    return response.json()["error"]["code"]


def together(count, act):
    """Run `act(index)` in threads that start at the same moment; a raised problem is a result."""
    barrier = Barrier(count)

    def one(index):
        barrier.wait(20)
        try:
            return act(index)
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
