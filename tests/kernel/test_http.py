import http.server
import threading

import pytest

from kernel import http as outbound


@pytest.fixture
def policy():
    before = outbound._policy
    yield outbound.configure
    outbound.configure(before)


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/big":
                body = b"x" * 200_000
            else:
                body = b"hello"
            self.send_response(302 if self.path == "/away" else 200)
            if self.path == "/away":
                self.send_header("Location", "http://169.254.169.254/")
            for cookie in ("a=1; Path=/", "b=2"):
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


REFUSED = [
    "http://example.com/",
    "ftp://example.com/",
    "https://user:pass@example.com/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fc00::1]/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://example.com:22/",
    "https:///nohost",
    "not a url",
    "https://exa mple.com/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_in_production_a_private_or_odd_target_is_refused_without_a_connection(policy, url):
    policy(outbound.Policy())
    with pytest.raises(outbound.HttpFailed) as refused:
        outbound.request("GET", url)
    assert refused.value.sent is False


def test_the_sandbox_may_reach_this_machine_and_nothing_else_that_is_private(policy, server):
    policy(outbound.Policy(allow_loopback=True))
    assert outbound.request("GET", server).body == b"hello"
    with pytest.raises(outbound.TargetRefused):
        outbound.request("GET", "http://10.0.0.1/")


def test_a_redirect_is_returned_and_not_followed(policy, server):
    policy(outbound.Policy(allow_loopback=True))
    reply = outbound.request("GET", server + "/away")
    assert (reply.status, reply.headers["location"]) == (302, "http://169.254.169.254/")


def test_a_header_that_comes_twice_is_kept_whole(policy, server):
    policy(outbound.Policy(allow_loopback=True))
    assert outbound.request("GET", server).headers["set-cookie"] == "a=1; Path=/, b=2"


def test_a_body_past_the_cap_is_cut_and_said_to_be(policy, server):
    policy(outbound.Policy(allow_loopback=True))
    reply = outbound.request("GET", server + "/big", max_bytes=1000)
    assert (len(reply.body), reply.truncated) == (1000, True)


def test_a_refused_connection_was_not_sent(policy, free_port):
    policy(outbound.Policy(allow_loopback=True))
    with pytest.raises(outbound.HttpFailed) as failed:
        outbound.request("GET", f"http://127.0.0.1:{free_port()}/")
    assert failed.value.sent is False
