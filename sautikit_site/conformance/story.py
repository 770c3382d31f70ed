"""The calls of a conformance run, many at once, each judged when it is over."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from accounts.models import Workspace  # noqa: E402  Set up above.
from bench import seed as seeds  # noqa: E402
from numbers import services as numbers  # noqa: E402
from numbers.models import Inventory  # noqa: E402
from sautikit_site.conformance.call import Run, judge  # noqa: E402
from sautikit_site.conformance.case import Case  # noqa: E402
from sautikit_site.conformance.cases import choose  # noqa: E402
from sautikit_site.conformance.customer import Customer  # noqa: E402
from sautikit_site.conformance.ears import Ears  # noqa: E402
from sautikit_site.conformance.phones import Phones, Softphone  # noqa: E402

# So many at once are heard without a gap on two cores; those that only wait are not counted.
AT_ONCE: Final = 14
# And so many of those that are called again.
AGAIN_AT_ONCE: Final = 2
PATIENT_SECONDS: Final = 60
EARS_FIRST_PORT: Final = 42_000
SOFTPHONE_HERTZ: Final = 900
FIRST_NUMBER: Final = 254_201_000_000
PROGRESS_SECONDS: Final = 10


def main() -> int:
    """Tell every case; 0 when all of them held."""
    plan = json.loads(sys.argv[1])
    cases = choose(
        is_quick=plan["is_quick"], only=plan["only"], names=plan["names"], engine=plan["engine"]
    )
    customer, ears = Customer(), Ears(EARS_FIRST_PORT)
    phones = Phones(Path(plan["folder"]), ears, plan["sip"], plan["ports"])
    called = {case.phone for case in cases if not case.is_inbound and not case.softphone}
    phones.start(called | {it.behaviour for case in cases for it in case.friends.values()})
    run = _prepare(plan, cases, customer, phones)
    began = time.monotonic()
    results = _call_all(run, cases, at_once=AGAIN_AT_ONCE if plan["names"] else AT_ONCE)
    failed = [(case, wrong) for case, wrong in results if wrong]
    for case, wrong in failed:
        print(f"FAILED {case.name}")
        for line in wrong:
            print(f"  {line}")
    if failed:
        for line in phones.errors():
            print(f"  SIPp {line}")
    report = {"count": len(cases), "failed": [case.name for case, _wrong in failed]}
    Path(plan["report"]).write_text(json.dumps(report))
    phones.close()
    ears.close()
    customer.close()
    forms = Counter("XML" if "XML" in case.name else "JSON" for case in cases)
    print(f"{len(cases)} documents and chains in {time.monotonic() - began:.0f} s "
          f"({forms['XML']} of them XML twins)")  # fmt: skip
    print(f"{len(cases) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


# The plan is JSON of our parent.
def _prepare(plan: dict[str, Any], cases: list[Case], customer: Customer, phones: Phones) -> Run:
    """Make the workspace, a number for each case and the softphones, and wait for the engine."""
    tenant = seeds.tenants(1)[0]
    customer.secret = Workspace.objects.get(pk=tenant.workspace_id).signing_secret
    rows = [
        Inventory(e164=f"+{FIRST_NUMBER + at}", country="KE", monthly_price_minor=10_000,
                  outbound_per_min_minor=300, mode="both")
        for at in range(len(cases))
    ]  # fmt: skip
    numbers.load_inventory(rows)
    offered = {row.e164: row for row in Inventory.objects.filter(e164__in=[it.e164 for it in rows])}
    run = Run(plan["web"], tenant.key, plan["longest"], customer, phones)
    for at, case in enumerate(cases):
        key, e164 = f"c{at}", rows[at].e164
        run.numbers[case.name] = (key, e164)
        base = {"deaf": customer.deaf_url, "closed": customer.closed_url}
        home = f"{base.get(case.voice_at, customer.url)}/c/{key}"
        fallback = f"{customer.url}/c/{key}/plan-b" if case.has_fallback else ""
        numbers.claim_number(
            workspace_id=tenant.workspace_id, mode="live", inventory=offered[e164],
            voice_callback_url=f"{home}/voice", voice_fallback_url=fallback,
            events_url=f"{customer.url}/e/{key}",
        )  # fmt: skip
    for at, case in enumerate(case for case in cases if case.softphone):
        port = plan["ports"][f"softphone-{at}"]
        run.softphones[case.name] = Softphone(Path(plan["folder"]), at, port, SOFTPHONE_HERTZ)
    return run


def _call_all(run: Run, cases: list[Case], *, at_once: int) -> list[tuple[Case, list[str]]]:
    """Make every call, the long ones first; say now and then how far it is."""
    ordered = sorted(cases, key=lambda case: -case.seconds_max)
    with ThreadPoolExecutor(at_once, "case") as pool, ThreadPoolExecutor(len(cases)) as patient:
        futures: dict[Future[list[str]], Case] = {
            (patient if case.seconds_max > PATIENT_SECONDS else pool).submit(judge, run, case): case
            for case in ordered
        }
        open_ones = set(futures)
        while open_ones:
            _done, open_ones = wait_for(open_ones, timeout=PROGRESS_SECONDS)
            bad = sum(bool(each.result()) for each in futures if each.done())
            print(f"  {len(futures) - len(open_ones)} of {len(futures)} calls are over, "
                  f"{bad} of them wrong", flush=True)  # fmt: skip
        for phone in run.softphones.values():
            phone.close()
        return [(case, future.result()) for future, case in futures.items()]


if __name__ == "__main__":
    sys.exit(main())
