"""The throw-away server of a conformance run, and the process that makes and judges the calls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sautikit_site import embedded, platforms
from sautikit_site.bootstrap import ROOT
from sautikit_site.conformance import phones
from sautikit_site.conformance.engines import ENGINES, Exchange
from sautikit_site.gate import AGAIN_MAX
from sautikit_site.platforms import Platform
from sautikit_site.processes import CALLING

# A call that nothing else ends; the default of four hours would need four hours.
LONGEST_SECONDS: Final = 150
SLICE_SECONDS: Final = 20


def run(*, engine: str, is_quick: bool, only: str, keep: bool) -> bool:
    """Run the suite against an engine on servers of its own; True when every case held.

    The few that failed are called once more, nearly alone, and named: a phone that a busy machine
    starved is heard then.
    """
    if missing := phones.missing_tools():
        print(f"missing: {', '.join(missing)} (manage.py system_packages installs them)")
        return False
    chosen = {"engine": engine, "is_quick": is_quick, "only": only, "names": []}
    count, failed = _round(engine, chosen, keep=keep)
    if 0 < len(failed) <= AGAIN_MAX:
        print(f"voice_conformance: {len(failed)} once more, nearly alone", flush=True)
        _count, still = _round(engine, chosen | {"names": failed}, keep=keep)
        for name in sorted(set(failed) - set(still)):
            print(f"  passed only alone: {name}")
        failed = still
        print(f"{count - len(failed)} passed, {len(failed)} failed", flush=True)
    return count > 0 and not failed


# What is chosen is JSON for the process that calls.
def _round(engine: str, chosen: dict[str, Any], *, keep: bool) -> tuple[int, list[str]]:
    """Make the calls on fresh servers; return how many cases there were, and which failed."""
    exchange, ports = ENGINES[engine](), phones.choose_ports()
    trunks, web = json.dumps(phones.trunks(ports)), embedded.free_port()
    print(f"voice_conformance: starting the servers of the {engine} engine", flush=True)
    told = {
        "SIP_TRUNKS": trunks,
        "CALL_SLICE_SECONDS": str(SLICE_SECONDS),
        "CALL_LONGEST_SECONDS": str(LONGEST_SECONDS),
        "WEB_PORT": str(web),
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        **exchange.variables(),
    }
    with (
        platforms.running(*CALLING, told=told) as platform,
        exchange.running(platform.folder, trunks),
    ):
        platform.wait()
        count, failed = _tell(platform, exchange, ports, web, chosen)
        if failed or keep:
            print(f"the logs are in {platform.keep(f'conformance-{engine}')}", flush=True)
    return count, failed


# What is chosen is JSON for the process that calls.
def _tell(
    platform: Platform,
    exchange: Exchange,
    ports: Mapping[str, int],
    web: int,
    chosen: dict[str, Any],
) -> tuple[int, list[str]]:
    """Make the calls in a process that has the settings of the throw-away server."""
    folder: Path = platform.folder / "handsets"
    folder.mkdir()
    report = folder / "report.json"
    plan = {"web": web, "sip": exchange.sip_port, "ports": ports, "folder": str(folder)}
    plan |= {"longest": LONGEST_SECONDS, "report": str(report), **chosen}
    subprocess.run(
        [sys.executable, "-m", "sautikit_site.conformance.story", json.dumps(plan)],
        cwd=ROOT, env=platform.environment, check=False,
    )  # fmt: skip
    if not report.exists():
        return 0, ["the calls were not made"]
    told = json.loads(report.read_text())
    return int(told["count"]), list(told["failed"])
