"""A real Asterisk for the checks of this folder, which the gate leaves alone: `.ci/run` runs them."""

import socket
from pathlib import Path

import pytest

from telephony.asterisk import install
from telephony.asterisk.node import LocalNode
from tests.telephony.engine.child import Child, Sipp, free_port

CACHE = Path(__file__).resolve().parents[3] / "var" / "cache" / "asterisk"
TRUNKS = 64


class Bench:
    """One Asterisk, the engine that drives it, and a fresh trunk for each check."""

    def __init__(self, folder, **changes):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            http = sock.getsockname()[1]
        low = free_port()
        self.node = {
            "name": "a1",
            "url": f"ws://127.0.0.1:{http}",
            "password": "pa;ss word",
            "sip_host": "127.0.0.1",
            "sip_port": free_port(),
            "rtp_min": low + 1000,
            "rtp_max": low + 1199,
            **changes,
        }
        self.ports = [free_port() for _ in range(TRUNKS)]
        self.engines = []
        self.place(self.trunks())

    def place(self, trunks):
        """Write the files of the node anew with these trunks."""
        self.all_trunks = trunks
        self.asterisk = LocalNode(install.find(CACHE), self.folder / "asterisk", self.node, trunks)

    def trunks(self):
        return [
            {"name": str(number), "host": "127.0.0.1", "port": port}
            | {"username": "sauti", "password": "kit"}
            for number, port in enumerate(self.ports)
        ]

    def engine(self, **changes):
        folder = self.folder / f"engine-{len(self.engines)}"
        folder.mkdir()
        child = Child(
            folder,
            trunk_ports=self.ports,
            trunks=self.all_trunks,
            asterisk=self.node,
            **changes,
        )
        child.port = self.node["sip_port"]
        self.engines.append(child)
        return child


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """An Asterisk for the whole run; an engine on it is the caller's own."""
    made = Bench(tmp_path_factory.mktemp("bench"))
    with made.asterisk:
        yield made
    for child in made.engines:
        child.close()
    print(made.asterisk.log.read_text()[-3000:])


@pytest.fixture(scope="session")
def shared_engine(bench):
    return bench.engine()


@pytest.fixture
def child(shared_engine):
    shared_engine.renew()
    yield shared_engine
    shared_engine.hang_up_all()


@pytest.fixture
def engine(tmp_path):
    """An engine on an Asterisk of its own."""
    made = []

    def make(**changes):
        bench = Bench(tmp_path)
        bench.asterisk.start()
        made.append(bench)
        return bench.engine(**changes)

    yield make
    for bench in made:
        for child in bench.engines:
            child.close()
        bench.asterisk.stop()


@pytest.fixture
def sipp(tmp_path):
    made = []

    def make(scenario, *arguments, **options):
        made.append(Sipp(tmp_path, scenario, *arguments, **options))
        return made[-1]

    yield make
    for run in made:
        run.close()
