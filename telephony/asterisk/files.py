"""The configuration files of one Asterisk node, made from our own settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telephony.engine.asterisk.node import APP

CONTEXT = "from-trunk"
PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
# Where Debian keeps the authorities that carriers' certificates are checked against.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
# What a caller hears of a node without an engine: 503, so that the carrier tries another one.
NOBODY_HERE = 42
FOUR_HOURS = 4 * 3600
MODULES = """
    res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject
    res_http_websocket res_websocket_client res_rtp_asterisk res_rtp_multicast res_srtp codec_alaw codec_ulaw codec_a_mu
    codec_resample bridge_simple bridge_softmix func_timeout func_channel func_callerid
    func_hangupcause pbx_config res_pjsip res_pjsip_pubsub
    res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_nat res_pjsip_rfc3326
    res_pjsip_dlg_options res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_authenticator_digest
    res_pjsip_outbound_authenticator_digest res_pjsip_endpoint_identifier_ip
    res_pjsip_outbound_registration chan_pjsip chan_rtp res_stasis res_stasis_answer
    res_stasis_playback res_stasis_recording res_stasis_snoop app_stasis res_ari_model res_ari
    res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_events
"""

# Without these Asterisk says at every start that it uses its defaults.
UNUSED = ("acl", "ccss", "features", "indications", "pjproject", "udptl", "websocket_client")

# A trunk and a node are JSON objects of the settings SIP_TRUNKS and ASTERISK_NODES.
Described = Mapping[str, Any]


class NodeMisdescribed(ValueError):
    """A node or trunk of the settings cannot be made into files; the message says why."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where this Asterisk keeps its parts; the defaults are those of Debian's package."""

    etc: Path = Path("/etc/asterisk")
    modules: Path = Path("/usr/lib/asterisk/modules")
    data: Path = Path("/usr/share/asterisk")
    var: Path = Path("/var/lib/asterisk")
    spool: Path = Path("/var/spool/asterisk")
    run: Path = Path("/var/run/asterisk")
    log: Path = Path("/var/log/asterisk")


def files(node: Described, trunks: Iterable[Described], places: Places) -> dict[str, str]:
    """Return every file of a node by its name; raises NodeMisdescribed."""
    trunks = list(trunks)
    pjsip = [_sip_basics(node, trunks), *(_trunk(each) for each in trunks)]
    return {
        "asterisk.conf": _places(places),
        "modules.conf": "[modules]\nautoload=no\n"
        + "".join(f"load={m}.so\n" for m in MODULES.split()),
        "logger.conf": "[general]\n[logfiles]\nconsole=warning,error\nmessages.log=warning,error\n",
        "http.conf": _http(node),
        "ari.conf": _section("general", enabled="yes", auth_realm=APP)
        + _section(node.get("username") or APP, type="user", password=_word(node["password"])),
        "rtp.conf": _section(
            "general",
            rtpstart=node.get("rtp_min", 16000),
            rtpend=node.get("rtp_max", 19999),
            strictrtp="yes",
            icesupport="no",
        ),
        "extensions.conf": _dialplan(node),
        "pjsip.conf": "\n".join(pjsip),
        "cdr.conf": _section("general", enable="no"),
        "cel.conf": _section("general", enable="no"),
        **{f"{name}.conf": "" for name in UNUSED},
    }


def _places(places: Places) -> str:
    folders = {
        "astetcdir": places.etc,
        "astmoddir": places.modules,
        "astdatadir": places.data,
        "astvarlibdir": places.var,
        "astdbdir": places.var,
        "astkeydir": places.var,
        "astagidir": places.data / "agi-bin",
        "astspooldir": places.spool,
        "astrundir": places.run,
        "astlogdir": places.log,
    }
    options = _section("options", maxfiles=65536, nocolor="yes")
    return _section("directories", **folders) + options


def _http(node: Described) -> str:
    url = urlsplit(node["url"])
    if url.scheme not in ("ws", "wss") or not url.hostname or not url.port:
        raise NodeMisdescribed(f"node {node.get('name')}: url is ws://host:port or wss://host:port")
    bind = node.get("http_host") or url.hostname
    host = _literal(bind)
    if url.scheme == "ws":
        return _section("general", enabled="yes", bindaddr=host, bindport=url.port)
    certificate, key = _certificate(node)
    return _section(
        "general",
        enabled="yes",
        # The port without TLS cannot be switched off alone; nobody outside reaches it.
        bindaddr="127.0.0.1",
        bindport=8088,
        tlsenable="yes",
        tlsbindaddr=f"{host}:{url.port}",
        tlscertfile=certificate,
        tlsprivatekey=key,
    )


def _dialplan(node: Described) -> str:
    app = node.get("app") or APP
    return (
        "[general]\nstatic=yes\nwriteprotect=yes\n"
        f"[{CONTEXT}]\n"
        f"exten => _[+0-9A-Za-z*#]!,1,Set(TIMEOUT(absolute)={FOUR_HOURS})\n"
        f" same => n,Stasis({app},${{CHANNEL(pjsip,remote_addr)}})\n"
        ' same => n,GotoIf($["${STASISSTATUS}"="FAILED"]?nobody)\n'
        " same => n,Hangup()\n"
        f" same => n(nobody),Hangup({NOBODY_HERE})\n"
    )


def _sip_basics(node: Described, trunks: list[Described]) -> str:
    host = _literal(node.get("sip_host") or "0.0.0.0")
    text = _section("global", type="global", user_agent="Sautikit", endpoint_identifier_order="ip")
    public = node.get("public_host")
    outside = (
        {"external_media_address": public, "external_signaling_address": public} if public else {}
    )
    for kind in sorted({"udp", *map(transport_of, trunks)}):
        extra: dict[str, Any] = dict(outside)
        port = node.get("sip_port") or PORTS["udp"]
        if kind == "tls":
            port = node.get("tls_port") or PORTS["tls"]
            certificate, key = _certificate(node)
            extra |= {"cert_file": certificate, "priv_key_file": key, "method": "tlsv1_2"}
            extra |= {"ca_list_file": node.get("tls_ca") or AUTHORITIES, "verify_server": "yes"}
        bind = f"{host}:{port}"
        text += _section(f"by-{kind}", type="transport", protocol=kind, bind=bind, **extra)
    return text


def transport_of(trunk: Described) -> str:
    """Return udp, tcp or tls; raises NodeMisdescribed for anything else."""
    kind = str(trunk.get("transport") or "udp")
    if kind not in PORTS:
        raise NodeMisdescribed(f"trunk {trunk['name']}: transport is udp, tcp or tls")
    return kind


def _trunk(trunk: Described) -> str:
    name, kind = _word(trunk["name"]), transport_of(trunk)
    port = trunk.get("port") or PORTS[kind]
    where = f"sip:{_word(trunk['host'])}:{port}" + ("" if kind == "udp" else f"\\;transport={kind}")
    credentials = {"outbound_auth": f"{name}-login"} if trunk.get("username") else {}
    return (
        _section(
            name,
            type="endpoint",
            transport=f"by-{kind}",
            context=CONTEXT,
            aors=name,
            identify_by="ip",
            disallow="all",
            allow="alaw,ulaw",
            from_domain=_word(trunk["host"]),
            direct_media="no",
            rtp_symmetric="yes",
            dtmf_mode="auto",
            timers="yes",
            moh_passthrough="yes",
            trust_id_inbound="yes",
            media_encryption="sdes" if trunk.get("srtp") else "no",
            **credentials,
        )
        + _section(name, type="aor", contact=where)
        + _login(trunk, name, where)
        + _section(f"{name}-from", type="identify", endpoint=name, match=_sources(trunk))
    )


def _login(trunk: Described, name: str, where: str) -> str:
    if not trunk.get("username"):
        return ""
    user, password = _word(trunk["username"]), _word(trunk.get("password") or "")
    login = f"{name}-login"
    text = _section(login, type="auth", auth_type="digest", username=user, password=password)
    if trunk.get("register"):
        client = where.replace("sip:", f"sip:{user}@", 1)
        kind = transport_of(trunk)
        text += _section(
            f"{name}-register",
            type="registration",
            transport=f"by-{kind}",
            outbound_auth=login,
            server_uri=where,
            client_uri=client,
            retry_interval=30,
        )
    return text


def _sources(trunk: Described) -> str:
    return ",".join(
        dict.fromkeys(_word(each) for each in [trunk["host"], *trunk.get("sources", [])])
    )


def _certificate(node: Described) -> tuple[str, str]:
    certificate, key = node.get("tls_certificate"), node.get("tls_key")
    if not certificate or not key:
        raise NodeMisdescribed(f"node {node.get('name')}: TLS needs tls_certificate and tls_key")
    return _word(certificate), _word(key)


def _literal(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        raise NodeMisdescribed(f"{host} is not an IP address to listen on") from None


def _word(value: object) -> str:
    """Return a value that cannot end its line or begin a remark."""
    text = str(value)
    if not text.isprintable() or text != text.strip() or "\\" in text:
        raise NodeMisdescribed("a name, host or password has characters that no line can hold")
    return text.replace(";", "\\;")


# Values of a configuration file are words and numbers.
def _section(name: str, **values: Any) -> str:
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in values.items()) + "\n"
