"""A trunk with TLS and SRTP: two nodes that are each other's carrier."""

import datetime
import ipaddress
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.telephony.asterisk.conftest import Bench
from tests.telephony.engine.child import free_port, loud, tone_share, write_tone


@pytest.fixture
def certificate(tmp_path):
    """A certificate of 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    crt, pem = tmp_path / "node.crt", tmp_path / "node.key"
    crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pem.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return {"tls_certificate": str(crt), "tls_key": str(pem), "tls_ca": str(crt)}


@pytest.fixture
def nodes(tmp_path, certificate):
    """Two running nodes; ``nodes(srtp=False)`` lets the second one refuse SRTP."""
    made = []

    def make(*, srtp=True):
        ends = [Bench(tmp_path / name, tls_port=free_port(), **certificate) for name in "ab"]
        for here, there, secret in zip(ends, reversed(ends), (True, srtp), strict=True):
            trunk = {"name": "0", "host": "127.0.0.1", "port": there.node["tls_port"]}
            here.place([trunk | {"transport": "tls", "srtp": secret}])
            here.asterisk.start()
            made.append(here)
        return [end.engine() for end in ends]

    yield make
    for bench in made:
        for child in bench.engines:
            child.close()
        bench.asterisk.stop()


def test_a_call_over_tls_and_srtp_is_heard_both_ways(nodes, tmp_path):
    caller, callee = nodes()
    leg = caller.dial()
    incoming = callee.wait("incoming")
    assert (incoming["from"], incoming["to"]) == ("+254207000001", "+254711000001")
    other = incoming["leg"]
    callee.send("answer", leg=other, paid_until_s=60)
    caller.wait("answered", leg=leg)
    callee.wait("answered", leg=other)
    for child, which, hertz in ((caller, leg, 600), (callee, other, 900)):
        tone = write_tone(tmp_path / f"{hertz}.wav", hertz=hertz)
        child.send("play", leg=which, id="p", files=[tone])
    caller.wait("played", leg=leg)
    callee.wait("played", leg=other)
    time.sleep(0.3)
    caller.send("hangup", leg=leg, cause="done")
    assert callee.wait("ended", leg=other)["ended_by"] == "remote"
    caller.wait("ended", leg=leg)
    assert tone_share(loud(callee.tap(other)[0]), 600) > 0.95
    assert tone_share(loud(caller.tap(leg)[0]), 900) > 0.95


def test_srtp_is_demanded_where_it_is_set(nodes):
    caller, _callee = nodes(srtp=False)
    leg = caller.dial()
    assert caller.wait("ended", leg=leg)["sip_code"] == 488
