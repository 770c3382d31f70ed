"""`sautikit login`, `logout`, `whoami`: a key without copying one, by the grant of RFC 8628."""

from __future__ import annotations

import platform
import socket
import time
import webbrowser
from typing import Any

from sautikit import wire
from sautikit.cli import config, keys
from sautikit.cli.exits import DONE, FAILED, LATE, Stop
from sautikit.cli.line import Group, Line
from sautikit.cli.words import moment, plain
from sautikit.client import BASE_URL, TIMEOUT_SECONDS, Sautikit
from sautikit.errors import SautikitConnectionError, SautikitError
from sautikit.transport import Transport

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PENDING, SLOW_DOWN = "cli.authorization_pending", "cli.slow_down"
SLOWER_BY_SECONDS = 5


def add(group: Group) -> None:
    """Put the commands on the line."""
    command = group.command(
        "login",
        "sign in through the browser and keep the key",
        sign_in,
        examples=("sautikit login", "sautikit login --live --profile shop"),
    )
    command.add_argument("--live", action="store_true", help="ask for a live key, not a test key")
    command.add_argument(
        "--scope", metavar="NAME", action="append", help="ask for this scope only; may be repeated"
    )
    command.add_argument(
        "--no-browser", action="store_true", help="print the address and open nothing"
    )
    group.command("logout", "revoke the key of the login and forget it", sign_out)
    group.command("whoami", "say whose key is used, where, and what it may do", who)


def sign_in(line: Line) -> int:
    """Ask for two codes, show one to the person, and wait with the other for the key."""
    options = line.options
    base = keys.address(options) or BASE_URL
    wishes = {
        "client_name": f"sautikit on {socket.gethostname()}"[:120],
        "mode": "live" if options.live else "test",
        **({"scopes": options.scope} if options.scope else {}),
    }
    told = ask(base, "/v1/cli/device-codes", wishes)
    show(line, told)
    granted = wait(line, base, told)
    login = config.Login(
        key=granted["access_token"],
        base_url=base,
        mode=granted["api_key"]["mode"],
        workspace=granted["workspace"]["name"],
        workspace_id=granted["workspace"]["id"],
        expires_at=granted["api_key"]["expires_at"] or "",
    )
    kept = config.save(options.profile, login)
    line.out.say(
        f"Signed in to {plain(login.workspace)} in {login.mode} mode. "
        f"The key is in {kept} and ends on {moment(login.expires_at)}.",
        signed_in=True,
        workspace=login.workspace,
        workspace_id=login.workspace_id,
        mode=login.mode,
        scopes=granted["scope"].split(),
        expires_at=login.expires_at,
        kept_in=str(kept),
    )
    return DONE


# A reply of the API.
def show(line: Line, told: dict[str, Any]) -> None:
    """Tell the person where to go and which code to compare."""
    line.out.say(
        f"Open {told['verification_uri_complete']}\n"
        f"and check that the page shows the code  {told['user_code']}",
        user_code=told["user_code"],
        verification_uri=told["verification_uri"],
        verification_uri_complete=told["verification_uri_complete"],
        expires_in=told["expires_in"],
    )
    if not line.options.no_browser:
        webbrowser.open(told["verification_uri_complete"])


# Replies of the API.
def wait(line: Line, base: str, told: dict[str, Any]) -> dict[str, Any]:
    """Ask for the key until the person has decided. Raises Stop when that takes too long."""
    end, pause = time.monotonic() + told["expires_in"], told["interval"]
    line.out.progress("Waiting for you to confirm it …")
    while time.monotonic() < end:
        time.sleep(pause)
        try:
            body = {"grant_type": GRANT, "device_code": told["device_code"]}
            return ask(base, "/v1/cli/token", body)
        except SautikitConnectionError:
            # RFC 8628, section 3.5: after a time-out, ask less often.
            pause *= 2
        except SautikitError as problem:
            if problem.code == SLOW_DOWN:
                pause += SLOWER_BY_SECONDS
            elif problem.status in (429, 503):
                pause = max(pause, problem.retry_after_seconds or SLOWER_BY_SECONDS)
            elif problem.code != PENDING:
                raise
    raise Stop("Nobody confirmed it in time. Start again.", code="expired", status=LATE)


def sign_out(line: Line) -> int:
    """Revoke the key of this login, and forget it whatever the API says."""
    login = config.load(line.options.profile)
    if login is None:
        raise Stop("You are not signed in.", code="not_signed_in")
    try:
        Sautikit(login.key, base_url=login.base_url).request("POST", "/v1/cli/logout")
        said, revoked = "Signed out; the key is revoked.", True
    except SautikitError as problem:
        # A key that is refused is dead already.
        revoked = problem.status == 401
        said = "Signed out; the key had ended before."
        if not revoked:
            line.out.problem(problem)
            said = "The key is forgotten here, but not revoked. Revoke it in the console."
    config.forget(line.options.profile)
    line.out.say(said, signed_out=True, revoked=revoked)
    return DONE if revoked else FAILED


def who(line: Line) -> int:
    """Print the person, the workspace, the mode and the scopes behind the key."""
    told = line.client.request("GET", "/v1/auth/session")
    named = {it["id"]: it["name"] for it in told["workspaces"]}
    here = named.get(told["workspace_id"])
    facts = [
        ("Person", plain(told["user"]["email"])),
        ("Workspace", f"{plain(here)} ({plain(told['workspace_id'])})"),
        ("Mode", told["mode"]),
        ("Role", plain(told["role"])),
        ("API", line.client.base_url),
        ("Scopes", plain(told["scopes"])),
    ]
    line.out.object(told, facts)
    return DONE


# Bodies and replies are the JSON of the API.
def ask(base: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask a route that needs no key; raises SautikitError."""
    from sautikit import __version__

    agent = f"sautikit-python/{__version__} python/{platform.python_version()}"
    headers = {"Accept": "application/json", "User-Agent": agent}
    sent = wire.request("POST", path, headers=headers, body=body)
    transport = Transport(base, timeout=TIMEOUT_SECONDS, max_retries=0)
    reply: dict[str, Any] = wire.result(transport.send(sent))
    return reply
