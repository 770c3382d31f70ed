"""A workspace in the middle of its life beside an empty one, made by the verbs of the product."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage

import psycopg
from django.core.management import call_command

from accounts import services as accounts
from accounts import sessions
from accounts.models import Membership, User, Workspace
from accounts.roles import role_scopes
from accounts.services import invitations
from accounts.services.sign_in import request_magic_link
from calls.models import CallPolicy
from kernel import work
from kernel.models import Job, Mail
from sautikit_site.screens import seed_calls, seed_money, seed_numbers, seed_webhooks
from sautikit_site.screens.scene import Scene

COLLEAGUES = (
    ("brian@acme.example", "Brian Kiptoo", "admin"),
    ("wanjiru@acme.example", "Wanjiru Kamau", "member"),
    ("vera@acme.example", "Vera Achieng", "viewer"),
)


def make(smtp_port: int, superuser_url: str) -> Scene:
    """Fill an installation that is empty but for its migrations, and say where everything is."""
    scene = Scene()
    call_command("seed_sandbox", verbosity=0)
    amina = _person("amina@acme.example", "Amina Otieno", "Acme Fintech")
    chege = _person("chege@duka.example", "Chege Mwangi", "Duka la Chege")
    acme = amina.memberships.get().workspace
    scene.name(workspace=acme.pk)
    _team(scene, acme, amina)
    _sign_ins(scene, amina, chege)
    seed_money.pay_in(scene, acme)
    seed_numbers.rent(scene, acme)
    seed_webhooks.register(scene, acme)
    past = seed_calls.make(scene, acme)
    seed_money.papers(scene, acme, superuser_url)
    seed_webhooks.deliver(scene, acme)
    with psycopg.connect(superuser_url, autocommit=True) as server:
        seed_calls.age(server, past)
    work.start_due_jobs()
    scene.name(job=Job.objects.order_by("name")[0].name)
    _mail(smtp_port)
    return scene


def _person(email: str, name: str, workspace: str) -> User:
    user = User.objects.create_user(email, name)
    accounts.onboard(user=user, name=name, workspace_name=workspace, country="KE", currency="KES")
    return user


def _team(scene: Scene, acme: Workspace, amina: User) -> None:
    """Fill the seats, the keys and the invitations; many calls in a second are this seed's alone."""
    CallPolicy.objects.create(
        workspace=acme, calls_per_second=100_000, concurrent_calls_max=100_000
    )
    for email, name, role in COLLEAGUES:
        user = User.objects.create_user(email, name)
        Membership.objects.create(user=user, workspace=acme, role=role)
    actor = f"user:{amina.pk}"
    for label, mode in (("Production server", "live"), ("Nightly jobs", "live"), ("CI", "test")):
        issued = accounts.create_api_key(
            workspace=acme,
            mode=mode,
            label=label,
            created_by=amina,
            maker_scopes=role_scopes("owner"),
            actor=actor,
        )
        if label == "Nightly jobs":
            accounts.revoke_api_key(issued.key, actor=actor)
    invitations.invite(
        acme, email="otieno@acme.example", role="member", by=amina, by_role="owner", actor=actor
    )
    told = Mail.objects.filter(to="otieno@acme.example").latest("created_at").text
    scene.name(invitation=_found(r"/invitations/([\w-]+)", told))


def _sign_ins(scene: Scene, amina: User, chege: User) -> None:
    """Give everybody who looks at a page a session."""
    scene.sign_in("guest", None)
    scene.sign_in("owner", amina)
    scene.sign_in("newcomer", chege)
    scene.sign_in("nobody", User.objects.create_user("njeri@example.com"))
    scene.sign_in("operator", User.objects.create_superuser("operator@sautikit.example"))
    scene.sign_in("invited", User.objects.create_user("otieno@acme.example", "Otieno"))
    email = "akinyi@example.com"
    request_magic_link(email=email, browser="screens", ip="127.0.0.1")
    told = Mail.objects.filter(to=email).latest("created_at").text
    token = _found(r"/auth/link/([\w-]+)", told)
    entries = {sessions.EMAIL: email, sessions.BROWSER: "screens", sessions.TOKEN: token}
    scene.sign_in("signing_in", None, **entries)
    scene.name(link=token)


def _mail(smtp_port: int) -> None:
    """Put mails into the mailbox of the sandbox, as the worker would."""
    with smtplib.SMTP("127.0.0.1", smtp_port) as server:
        for row in Mail.objects.order_by("created_at")[:6]:
            message = EmailMessage()
            message["From"], message["To"] = "Sautikit <hello@sautikit.com>", row.to
            message["Subject"] = row.subject
            message.set_content(row.text)
            if row.html:
                message.add_alternative(row.html, subtype="html")
            server.send_message(message)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]
