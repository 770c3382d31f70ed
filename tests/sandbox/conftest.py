"""One real sandbox process per worker, and the foreign peers that talk to it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT, environ
from tests.sandbox.peers import Sandbox, Sipp, wait_for


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with RunningSandbox(folder) as running:
        yield running


@pytest.fixture
def daraja(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The same sandbox, without the traps of the test before."""
    yield sandbox
    for phone in sandbox.http.get("/daraja/traps").json()["traps"]:
        sandbox.set_traps(phone)


@pytest.fixture
def sipp(sandbox: Sandbox, tmp_path: Path) -> Sipp:
    return Sipp(sandbox, tmp_path)


class RunningSandbox:
    """`manage.py sandbox` on free ports and its own folder, for as long as the block lasts."""

    def __init__(self, folder: Path, **variables: str) -> None:
        http, smtp, sip, engine = (embedded.free_port() for _ in range(4))
        self.output = folder / "sandbox.txt"
        trunk = {"name": "sandbox", "host": "127.0.0.1", "port": sip, "prefixes": ["+254"]}
        trunk |= {"username": "trunk", "password": "trunk-password", "mode": "both"}
        self.variables = {
            **environ,
            "VAR_DIR": str(folder),
            "SANDBOX": "1",
            "SANDBOX_URL": f"http://127.0.0.1:{http}",
            "SANDBOX_SMTP_PORT": str(smtp),
            "SANDBOX_SIP_PORT": str(sip),
            "SIP_PORT": str(engine),
            "SIP_TRUNKS": json.dumps([trunk]),
            "DARAJA_CONSUMER_KEY": "key",
            "DARAJA_CONSUMER_SECRET": "secret",
            "DARAJA_SHORTCODE": "409900",
            "DARAJA_PASSKEY": "demo-passkey-0001",
            "SAUTIKIT_READY_FILE": str(folder / "ready"),
            "SAUTIKIT_NO_VENV": "1",
            **variables,
        }
        client = httpx.Client(base_url=self.variables["SANDBOX_URL"], trust_env=False, timeout=15)
        self.sandbox = Sandbox(client, smtp, sip, engine, self.output, folder)

    def __enter__(self) -> Sandbox:
        ready = Path(self.variables["SAUTIKIT_READY_FILE"])
        ready.unlink(missing_ok=True)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "sandbox"],
                cwd=ROOT,
                env=self.variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(
            lambda: ready.exists() or self.process.poll() is not None,
            seconds=30,
            story=self.output.read_text,
        )
        assert self.process.poll() is None, self.output.read_text()
        return self.sandbox

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.wait(10) == 0, self.output.read_text()


@pytest.fixture
def make_sandbox() -> Callable[..., RunningSandbox]:
    return RunningSandbox
