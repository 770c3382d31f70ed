"""A workspace in the middle of its life beside an empty one, made by the verbs of the product."""

from __future__ import annotations

import re
import smtplib
import time
from email.message import EmailMessage

import psycopg
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command

from accounts import services as accounts
from accounts import sessions
from accounts.models import Membership, User, Workspace
from accounts.roles import role_scopes
from accounts.services import invitations, leaving
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
    scene.actor = f"user:{amina.pk}"
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
    for label, mode in (("Production server", "live"), ("Nightly jobs", "live"), ("CI", "test")):
        issued = accounts.create_api_key(
            workspace=acme,
            mode=mode,
            label=label,
            created_by=amina,
            maker_scopes=role_scopes("owner"),
            actor=scene.actor,
        )
        if label == "Nightly jobs":
            accounts.revoke_api_key(issued.key, actor=scene.actor)
    invitations.invite(
        acme,
        email="otieno@acme.example",
        role="member",
        by=amina,
        by_role="owner",
        actor=scene.actor,
    )
    told = Mail.objects.filter(to="otieno@acme.example").latest("created_at").text
    scene.name(invitation=_found(r"/invitations/([\w-]+)", told))


def _sign_ins(scene: Scene, amina: User, chege: User) -> None:
    """Give everybody who looks at a page a session."""
    people = {
        "owner": amina,
        "newcomer": chege,
        "nobody": User.objects.create_user("njeri@example.com", "Njeri"),
        "operator": User.objects.create_superuser("operator@sautikit.example"),
        "invited": User.objects.create_user("otieno@acme.example", "Otieno"),
    }
    scene.sign_in("guest", None)
    for who, user in people.items():
        # They have just shown who they are, by a second step where they have one.
        scene.sign_in(
            who,
            user,
            **{sessions.SIGNED_IN_AT: int(time.time()), sessions.SECOND_STEP: str(user.pk)},
        )
    half_in = User.objects.create_user("wambui@example.com", "Wambui")
    for user in (people["operator"], half_in):
        TOTP.activate(user, generate_totp_secret())
    due = {sessions.SIGNED_IN_AT: int(time.time()), sessions.SECOND_STEP_DUE: True}
    scene.sign_in("half_in", half_in, **due)
    _leave(scene)
    _terminal(scene)
    email = "akinyi@example.com"
    request_magic_link(email=email, browser="screens", ip="127.0.0.1")
    told = Mail.objects.filter(to=email).latest("created_at").text
    token = _found(r"/auth/link/([\w-]+)", told)
    entries = {sessions.EMAIL: email, sessions.BROWSER: "screens", sessions.TOKEN: token}
    scene.sign_in("signing_in", None, **entries)
    scene.name(link=token)


def _leave(scene: Scene) -> None:
    """Let somebody ask to be deleted, and keep the link that calls it off."""
    user = User.objects.create_user("mutua@example.com", "Mutua")
    leaving.ask_to_leave(user)
    told = Mail.objects.filter(to=user.email).latest("created_at").text
    scene.name(undo=_found(r"/account/undo/([\w-]+)", told))


def _terminal(scene: Scene) -> None:
    """Let a command line wait to be let in."""
    started = accounts.start_device_login(
        client_name="sautikit on aminas-laptop", mode="test", scopes=None, ip="127.0.0.1"
    )
    scene.name(device=started.user_code)


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
