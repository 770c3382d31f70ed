"""The callers of a fault run on money, and its judge: the handsets' clocks against the books."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402  Set up above.
from django.db import DatabaseError, close_old_connections  # noqa: E402

from bench import seed as seeds  # noqa: E402
from bench.seed import Tenant  # noqa: E402
from calls.models import Call  # noqa: E402
from calls.states import LIVE  # noqa: E402
from kernel.money import call_cost  # noqa: E402
from sautikit_site.faults import handsets  # noqa: E402
from sautikit_site.faults.handsets import Talk  # noqa: E402
from wallet import queries, services  # noqa: E402
from wallet.models import Hold  # noqa: E402

CALLERS: Final = 200
# What one conversation would cost at its full length; the wallet is worth three of them.
WISH_SECONDS: Final = 60
RATE: Final = 300
WORTH: Final = 3 * call_cost(WISH_SECONDS, RATE)
STRIKING_SECONDS: Final = 20.0
PATIENCE_SECONDS: Final = 30.0
QUIET_SECONDS: Final = 150.0
UNPAID_SECONDS_MAX: Final = 1.0
BEHAVIOURS: Final = {"stay": 5, "leave": 2, "busy": 1, "silent": 1}
_HANDSET = b'{"actions":[{"pause":{"length":600}}]}'


@dataclass
class Outcome:
    """What the callers of one act were told, and what is wrong with the act."""

    told: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    figure: str = ""


def main() -> int:
    """Tell both acts; 0 when every promise held."""
    given = _arguments()
    folder = Path(given.folder) / "handsets"
    folder.mkdir()
    phones = list(handsets.start(folder, {name: getattr(given, name) for name in BEHAVIOURS}))
    tenant = seeds.tenants(1)[0]
    voice = _voice_server()
    chance = random.Random(given.seed)
    print(f"seed {given.seed}: {CALLERS} callers, money for 3 of them ({WORTH} cents)", flush=True)
    with _watched(tenant) as seen:
        first = _kill_everything(given.web, tenant, voice, chance, folder)
        second = _engine_alone(given.web, tenant, voice, folder)
    wrong = [*first.wrong, *second.wrong, *_judge_books(seen)]
    for phone in phones:
        phone.kill()
    for line in wrong:
        print(f"WRONG: {line}")
    verdict = "FAILED" if wrong else "every promise held"
    print(f"faults wallet, seed {given.seed}: {first.figure}; {second.figure}; "
          f"lowest balance {min(seen)}: {verdict}")  # fmt: skip
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("seed", "web", *BEHAVIOURS):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--folder", required=True)
    return parser.parse_args()


def _ask(order: str) -> None:
    """Have the parent kill or start something, and wait until it has."""
    print(f"@{order}", flush=True)
    sys.stdin.readline()


def _kill_everything(
    web: int, tenant: Tenant, voice: str, chance: random.Random, folder: Path
) -> Outcome:
    """Act one: all call at once and try again, and everything is killed meanwhile."""
    _leave_in_wallet(tenant, WORTH)
    kinds = chance.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()), k=CALLERS)
    numbers = [f"{handsets.PREFIXES[kind]}{place:04d}" for place, kind in enumerate(kinds)]
    _ask(f"strike {STRIKING_SECONDS}")
    outcome = Outcome()
    outcome.told = asyncio.run(_call_all(web, tenant, voice, numbers, PATIENCE_SECONDS))
    _wait_for_quiet(outcome)
    talks = [talk for talk in handsets.talks(folder) if talk.called in numbers]
    unpaid = _judge_talks(talks, folder, outcome)
    spent = WORTH - queries.balance(tenant.workspace_id, "live").balance_minor
    dialled = Call.objects.filter(remote_e164__in=numbers)
    billed = sum(call.duration_seconds or 0 for call in dialled)
    if spent != sum(call.cost_minor or 0 for call in dialled) or spent > WORTH:
        outcome.wrong.append(f"{spent} cents left the wallet for {billed} s of talk")
    outcome.figure = (
        f"{CALLERS} callers, {len(dialled)} dialled, {len(talks)} answered, {billed} s billed for "
        f"{spent} of {WORTH} cents, at most {unpaid:.2f} s unpaid"
    )
    return outcome


def _engine_alone(web: int, tenant: Tenant, voice: str, folder: Path) -> Outcome:
    """Act two: no worker and no broker, and then no gateway: the engine ends each call in time."""
    _leave_in_wallet(tenant, WORTH)
    _ask("kill worker")
    _ask("kill valkey")
    print("  worker and Valkey are gone; the gateway goes in 5 s", flush=True)
    numbers = [f"{handsets.PREFIXES['stay']}{place:04d}" for place in range(1000, 1000 + CALLERS)]
    outcome = Outcome()
    outcome.told = asyncio.run(_call_all(web, tenant, voice, numbers, 5.0))
    _ask("kill engine")
    time.sleep(12)
    _ask("start engine")
    _ask("start valkey")
    _ask("start worker")
    _wait_for_quiet(outcome)
    talks = [talk for talk in handsets.talks(folder) if talk.called in numbers]
    unpaid = _judge_talks(talks, folder, outcome)
    late = _judge_ends(talks, outcome)
    outcome.figure = (
        f"without worker, Valkey and gateway {len(talks)} calls ended at most {late:.2f} s after "
        f"their paid second, at most {unpaid:.2f} s unpaid"
    )
    return outcome


# Calling


async def _call_all(
    web: int, tenant: Tenant, voice: str, numbers: list[str], patience: float
) -> Counter[int]:
    """Let everybody call at once; who is told that money is short tries again for a while."""
    deadline = time.monotonic() + patience
    last = await asyncio.gather(
        *(_call(web, tenant, voice, number, deadline) for number in numbers)
    )
    return Counter(last)


async def _call(web: int, tenant: Tenant, voice: str, number: str, deadline: float) -> int:
    body = json.dumps({"from": tenant.number, "to": number, "voice_callback_url": voice}).encode()
    head = (
        f"POST /v1/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tenant.key}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: call-{number}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    while True:
        status = 0
        with contextlib.suppress(OSError, ValueError, IndexError, TimeoutError):
            status = await asyncio.wait_for(_post(web, head.encode() + body), 20)
        # A call that was taken is done; so is one whose patience is over, unless nobody answered:
        # then only the same key tells whether it was taken.
        if status == 202 or (status == 402 and time.monotonic() > deadline):
            return status
        if time.monotonic() > deadline + 20:
            return status
        await asyncio.sleep(random.uniform(0.3, 1.5))


async def _post(web: int, request: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", web)
    try:
        writer.write(request)
        return int((await reader.read()).split(b" ", 2)[1])
    finally:
        writer.close()


def _voice_server() -> str:
    """Serve a document that lets every call talk as long as it may."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(_HANDSET)))
            self.end_headers()
            self.wfile.write(_HANDSET)

        # The parameters are the library's.
        def log_message(self, *_arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/voice"


# Money


def _leave_in_wallet(tenant: Tenant, amount_minor: int) -> None:
    money = queries.balance(tenant.workspace_id, "live")
    difference = amount_minor - money.balance_minor
    if difference:
        move = services.credit if difference > 0 else services.charge
        move(
            workspace_id=tenant.workspace_id, mode="live", net_minor=abs(difference), vat_minor=0,
            kind="adjustment", key=f"faults-{time.time()}", description="For a fault run",
        )  # fmt: skip


@contextlib.contextmanager
def _watched(tenant: Tenant) -> Iterator[list[int]]:
    """Read what is available again and again while the block lasts."""
    seen: list[int] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            money = queries.balance(tenant.workspace_id, "live")
            seen.append(min(money.balance_minor, money.available_minor))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _wait_for_quiet(outcome: Outcome) -> None:
    deadline = time.monotonic() + QUIET_SECONDS
    live = holds = 1
    while (live or holds) and time.monotonic() < deadline:
        time.sleep(0.3)
        try:
            live = Call.objects.filter(status__in=LIVE).count()
            holds = Hold.objects.filter(status="placed").count()
        except DatabaseError:
            close_old_connections()
    if live or holds:
        outcome.wrong.append(f"{live} calls and {holds} holds are left after {QUIET_SECONDS:.0f} s")


# Judging


def _judge_talks(talks: list[Talk], folder: Path, outcome: Outcome) -> float:
    """Hold what each handset heard against what was billed; return the worst unpaid time."""
    strikes = _engine_deaths(folder.parent)
    worst = 0.0
    for talk in talks:
        call = Call.objects.filter(remote_e164=talk.called).first()
        if call is None:
            outcome.wrong.append(f"{talk.called} was called without a call row")
            continue
        # Without a BYE the voice ended when the engine was killed.
        ended = talk.ended or next((at for at in strikes if at > talk.answered), 0.0)
        if not ended:
            outcome.wrong.append(f"{talk.called} never heard a BYE")
            continue
        unpaid = (ended - talk.answered) - (call.duration_seconds or 0)
        worst = max(worst, unpaid)
        if unpaid > UNPAID_SECONDS_MAX:
            outcome.wrong.append(
                f"{talk.called} talked {ended - talk.answered:.2f} s, billed "
                f"{call.duration_seconds} s ({call.status}, {call.hangup_cause})"
            )
    return worst


def _judge_ends(talks: list[Talk], outcome: Outcome) -> float:
    """Every conversation ended by its paid second; return how late the latest was."""
    worst = 0.0
    for talk in talks:
        call = Call.objects.get(remote_e164=talk.called)
        late = (talk.ended - talk.answered) - call.paid_until_seconds if talk.ended else 0.0
        worst = max(worst, late)
        if not talk.ended or late > UNPAID_SECONDS_MAX or late < -UNPAID_SECONDS_MAX:
            outcome.wrong.append(
                f"{talk.called} ended {late:.2f} s after its paid second {call.paid_until_seconds}"
            )
    if not talks:
        outcome.wrong.append("nobody answered in the second act")
    return worst


def _engine_deaths(folder: Path) -> list[float]:
    file = folder / "strikes.txt"
    rows = [line.split(" ", 1) for line in file.read_text().splitlines()] if file.exists() else []
    return [float(at) for at, name in rows if name.startswith("engine")]


def _judge_books(seen: list[int]) -> Iterator[str]:
    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=said)
    except CommandError as problem:
        yield f"{problem}\n{said.getvalue()}"
    if min(seen) < 0:
        yield f"the balance was {min(seen)}"


if __name__ == "__main__":
    sys.exit(main())
