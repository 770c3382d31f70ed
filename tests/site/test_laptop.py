"""What this machine decides for itself: secrets made once, settings a person can override."""

import json
import stat

from sautikit_site import embedded, laptop

SERVERS = {"DATABASE_URL": "postgresql://app@/sautikit", "REDIS_URL": "redis://127.0.0.1:1/0"}


def decide(folder, monkeypatch, **caller):
    for name in ("SECRET_KEY", "PEPPER", "VAR_DIR", "PUBLIC_URL", "SANDBOX", *SERVERS):
        monkeypatch.delenv(name, raising=False)
    for name, value in caller.items():
        monkeypatch.setenv(name, value)
    return laptop.environment(folder, servers=SERVERS, ports=laptop.default_ports())


def test_secrets_are_made_once_and_only_we_can_read_them(tmp_path, monkeypatch) -> None:
    first = decide(tmp_path, monkeypatch)
    second = decide(tmp_path, monkeypatch)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len({first["SECRET_KEY"], first["PEPPER"], first["DARAJA_PASSKEY"]}) == 3
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_the_sandbox_stands_for_everything_outside(tmp_path, monkeypatch) -> None:
    settings = decide(tmp_path, monkeypatch)
    assert settings["DARAJA_BASE_URL"] == settings["SANDBOX_URL"]
    trunk = json.loads(settings["SIP_TRUNKS"])[0]
    assert trunk["host"] == "127.0.0.1"
    assert str(trunk["port"]) == settings["SANDBOX_SIP_PORT"]


def test_without_the_sandbox_nothing_points_at_it(tmp_path, monkeypatch) -> None:
    settings = decide(tmp_path, monkeypatch, SANDBOX="0")
    assert "SIP_TRUNKS" not in settings
    assert "DARAJA_BASE_URL" not in settings
    assert "ALLOW_PRIVATE_TARGETS" not in settings
    assert "MAGIC_LINKS_PER_IP" not in settings


def test_what_the_caller_says_wins(tmp_path, monkeypatch) -> None:
    settings = decide(tmp_path, monkeypatch, PUBLIC_URL="https://voice.example.com")
    assert settings["PUBLIC_URL"] == "https://voice.example.com"


def test_a_folder_has_one_holder(tmp_path) -> None:
    (tmp_path / "run").mkdir()
    held = laptop.lock(tmp_path)
    assert held is not None
    assert laptop.lock(tmp_path) is None
    held.close()


def test_the_note_of_a_dead_one_is_ignored(tmp_path) -> None:
    laptop.write_private(tmp_path / "run" / "up.json", json.dumps({"url": "x"}))
    assert laptop.running(tmp_path) is None
    held = laptop.lock(tmp_path)
    assert laptop.running(tmp_path) == {"url": "x"}
    assert held is not None
    held.close()


def test_a_port_stays_ours_until_its_process_opens_it(monkeypatch) -> None:
    for port in laptop.PORTS:
        monkeypatch.setenv(port.setting, str(embedded.free_port()))
    first = laptop.Ports()
    before = first.numbers()
    first.release()
    second = laptop.Ports()
    assert not set(before.values()) & set(second.numbers().values())
    for held in (*second.sockets.values(), *second.claims, *first.sockets.values(), *first.claims):
        held.close()
