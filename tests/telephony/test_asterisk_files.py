"""What an Asterisk node is told: its files, from our settings; and where it may be installed."""

import configparser
import stat

import pytest
from django.core.management import CommandError, call_command

from telephony.asterisk import debian, install
from telephony.asterisk.files import NodeMisdescribed, Places, files
from telephony.engine.asterisk import causes
from telephony.engine.asterisk.node import load
from telephony.gateway.places import places

NODE = {"name": "a1", "url": "ws://10.0.0.5:8088", "password": "se;cret"}
SECURE = NODE | {"tls_certificate": "/etc/asterisk/node.crt", "tls_key": "/etc/asterisk/node.key"}
TRUNK = {"name": "saf", "host": "sip.example.net", "username": "u", "password": "p"}


def made(node=NODE, *trunks):
    return files(node, trunks or [TRUNK], Places())


def sections(text):
    """The sections of a file by (name, type): Asterisk lets a name stand for several."""
    found = {}
    for part in text.split("\n[")[0:]:
        name, _, body = part.strip().lstrip("[").partition("]")
        values = dict(line.split("=", 1) for line in body.strip().splitlines())
        found[name, values.get("type", "")] = values
    return found


def test_every_file_is_one_that_asterisk_reads():
    for name, text in made().items():
        if name not in ("pjsip.conf", "modules.conf", "extensions.conf", "logger.conf"):
            parser = configparser.RawConfigParser(strict=True, delimiters="=")
            parser.read_string(text)


def test_a_plain_trunk_speaks_udp_with_its_login():
    pjsip = sections(made()["pjsip.conf"])
    assert ("by-tls", "transport") not in pjsip
    endpoint = pjsip["saf", "endpoint"]
    assert endpoint["transport"] == "by-udp"
    assert endpoint["media_encryption"] == "no"
    assert endpoint["outbound_auth"] == "saf-login"
    assert endpoint["direct_media"] == "no"
    assert pjsip["saf", "aor"]["contact"] == "sip:sip.example.net:5060"
    assert pjsip["saf-login", "auth"]["username"] == "u"
    assert pjsip["saf-from", "identify"]["match"] == "sip.example.net"
    assert ("saf-register", "registration") not in pjsip


def test_a_secure_trunk_has_tls_srtp_and_a_carrier_that_is_checked():
    secure = TRUNK | {"transport": "tls", "srtp": True, "register": True, "sources": ["192.0.2.9"]}
    pjsip = sections(made(SECURE | {"public_host": "203.0.113.7"}, secure)["pjsip.conf"])
    transport = pjsip["by-tls", "transport"]
    assert (transport["verify_server"], transport["method"]) == ("yes", "tlsv1_2")
    assert transport["external_media_address"] == "203.0.113.7"
    assert pjsip["saf", "endpoint"]["media_encryption"] == "sdes"
    assert pjsip["saf", "aor"]["contact"] == "sip:sip.example.net:5061\\;transport=tls"
    assert pjsip["saf-from", "identify"]["match"] == "sip.example.net,192.0.2.9"
    registration = pjsip["saf-register", "registration"]
    assert registration["client_uri"].startswith("sip:u@sip.example.net:5061")


def test_the_control_port_is_where_the_engine_looks_for_it():
    http = sections(made()["http.conf"])["general", ""]
    assert (http["bindaddr"], http["bindport"]) == ("10.0.0.5", "8088")
    secure = sections(made(SECURE | {"url": "wss://10.0.0.5:8089"})["http.conf"])["general", ""]
    assert (secure["tlsbindaddr"], secure["bindaddr"]) == ("10.0.0.5:8089", "127.0.0.1")
    assert sections(made()["ari.conf"])["sautikit", "user"]["password"] == "se\\;cret"
    assert load(NODE).username == "sautikit"


@pytest.mark.parametrize(
    ("node", "trunk"),
    [
        (NODE, TRUNK | {"transport": "tls"}),
        (NODE, TRUNK | {"transport": "sctp"}),
        (NODE, TRUNK | {"password": "two\nlines"}),
        (NODE, TRUNK | {"password": "back\\slash"}),
        (NODE | {"url": "http://10.0.0.5:8088"}, TRUNK),
        (NODE | {"url": "ws://node.example.net:8088"}, TRUNK),
        (NODE | {"sip_host": "everywhere"}, TRUNK),
    ],
)
def test_what_no_file_can_say_is_refused(node, trunk):
    with pytest.raises(NodeMisdescribed):
        made(node, trunk)


def test_the_command_writes_files_that_others_cannot_read(settings, tmp_path, capsys):
    settings.ASTERISK_NODES, settings.SIP_TRUNKS = [NODE], [TRUNK]
    call_command("asterisk_config", "a1", out=tmp_path / "etc")
    assert "files in" in capsys.readouterr().out
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "etc").iterdir()}
    assert modes == {0o640}
    assert "load=chan_pjsip.so" in (tmp_path / "etc" / "modules.conf").read_text()
    with pytest.raises(CommandError, match="names a1"):
        call_command("asterisk_config", "a2")


@pytest.mark.parametrize("code", [403, 404, 408, 410, 480, 484, 486, 488, 500, 502, 503, 603])
def test_a_refusal_survives_the_way_through_a_cause(code):
    there = causes.cause_of(code)
    assert causes.sip_code(there, None) == (487 if code == 603 else code)
    assert causes.sip_code(there, code) == code


def test_an_unknown_cause_is_a_failure_of_the_network():
    assert causes.sip_code(38, None) == 503
    assert causes.sip_code(16, 0) == 487


def test_each_node_has_a_place_with_ports_of_its_own(settings):
    settings.ASTERISK_NODES = [NODE, NODE | {"name": "a2"}]
    settings.RTP_PORT_MIN, settings.RTP_PORT_MAX, settings.SIP_PORT = 12000, 12998, 5070
    found = places()
    assert [each.name for each in found] == ["a1", "a2"]
    assert [each.sip_port for each in found] == [5070, 5071]
    assert [each.rtp_ports for each in found] == [(12000, 12497), (12498, 12995)]
    settings.ASTERISK_NODES, settings.ENGINES = [], 2
    assert [(each.name, each.node) for each in places()] == [
        ("engine-0", None),
        ("engine-1", None),
    ]


def test_nothing_is_found_in_an_empty_cache_and_no_other_system_is_tried(tmp_path):
    assert install.find(tmp_path) is None
    (tmp_path / "os-release").write_text("ID=fedora\nVERSION_CODENAME=x\n")
    with pytest.raises(debian.NotHere):
        debian.mirror_of_this_machine(str(tmp_path / "os-release"))
