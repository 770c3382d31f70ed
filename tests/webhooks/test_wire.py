"""The client of webhooks against servers that answer oddly: what counts is what they said."""

import asyncio
import contextlib
import ssl
import subprocess

import pytest

from kernel import http, http_async, http_wire
from kernel.http_async import AsyncClient


@pytest.fixture(autouse=True)
def loopback_is_allowed():
    before = http.policy()
    http.configure(http.Policy(allow_loopback=True))
    yield
    http.configure(before)


@contextlib.asynccontextmanager
async def far_end(talk, **options):
    """A server that reads each request and lets `talk(writer, number)` answer; yields its requests."""
    heard = []
    running = set()

    async def meet(reader, writer):
        running.add(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                heard.append(
                    (writer.get_extra_info("peername"), head, await reader.readexactly(length))
                )
                await talk(writer, len(heard))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, **options)
    try:
        yield heard, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in running:
            task.cancel()


def says(*chunks, closes=False):
    async def talk(writer, _number):
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0.01)
        if closes:
            writer.close()

    return talk


def ask(talk, times=1, **options):
    """Return the replies (or failures) and what the far end heard."""

    async def story():
        found = []
        async with far_end(talk) as (heard, port), AsyncClient(connections=2) as client:
            for _ in range(times):
                try:
                    url = f"http://127.0.0.1:{port}/hook?a=b c".replace(" ", "%20")
                    found.append(
                        await client.post(url, headers={"X-A": "b"}, body=b"{}", **options)
                    )
                except http.HttpFailed as failed:
                    found.append(failed)
        return found, heard

    return asyncio.run(story())


def test_a_request_is_whole_and_its_connection_is_kept():
    found, heard = ask(says(b"HTTP/1.1 204 No\r\nX-B: c\r\nx-b: d\r\n\r\n"), times=3)
    assert [each.status for each in found] == [204, 204, 204]
    assert found[0].headers == {"x-b": "c, d"}
    assert found[0].address == "127.0.0.1"
    assert len({peer for peer, _, _ in heard}) == 1
    lines = heard[0][1].decode().split("\r\n")
    assert lines[0] == "POST /hook?a=b%20c HTTP/1.1"
    assert {"X-A: b", "Content-Length: 2"} <= set(lines)
    assert heard[0][2] == b"{}"


@pytest.mark.parametrize(
    ("chunks", "closes", "body"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nokay"], False, b"okay"),
        ([b"HT", b"TP/1.1 200 OK\r\nContent-Le", b"ngth: 4\r\n\r\nok", b"ay"], False, b"okay"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", b"2\r\nay\r\n0\r\n\r\n"],
         False, b"okay"),
        ([b"HTTP/1.1 200 OK\r\n\r\nok", b"ay"], True, b"okay"),
        ([b"HTTP/1.0 200 OK\r\n\r\nokay"], True, b"okay"),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nokay"],
         False, b"okay"),
        ([b"HTTP/1.1 200 OK\nContent-Length: 4\n\nokay"], False, b"okay"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nokay"], True, b"okay"),
    ],
)  # fmt: skip
def test_an_answer_in_any_form_is_read(chunks, closes, body):
    found, _heard = ask(says(*chunks, closes=closes), times=2)
    assert [(each.status, each.body) for each in found] == [(200, body)] * 2


def test_only_so_much_of_a_body_is_read():
    endless = [b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n", b"8\r\nxxxxxxxx\r\n" * 10]
    (found,), _heard = ask(says(*endless), max_bytes=20)
    assert (found.status, found.body, found.truncated) == (500, b"x" * 20, True)


def test_a_body_that_stops_half_way_still_has_its_status(monkeypatch):
    monkeypatch.setattr(http_wire, "BODY_SECONDS", 0.2)
    (found,), _heard = ask(says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nokay"))
    assert (found.status, found.body) == (200, b"okay")


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "not HTTP"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X-Y: " + b"z" * 70_000 + b"\r\n"], "too long"),
        ([b"HTTP/1.1 103 Early\r\n\r\n" * 4_000], "too long"),
        ([b"HTTP/1.1 200 OK\r\nContent-Len"], "broke"),
        ([], "broke"),
    ],
)
def test_what_is_no_answer_is_a_failure(chunks, words):
    (found,), _heard = ask(says(*chunks, closes=True))
    assert isinstance(found, http.HttpFailed)
    assert words in found.reason


def test_a_connection_that_was_closed_meanwhile_is_made_anew():
    async def talk(writer, _number):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def story():
        async with far_end(talk) as (heard, port), AsyncClient() as client:
            for _ in range(3):
                reply = await client.post(f"http://127.0.0.1:{port}/", headers={}, body=b"{}")
                assert reply.status == 200
                await asyncio.sleep(0.05)
        return heard

    assert len(asyncio.run(story())) == 3


def test_nobody_is_waited_for_longer_than_the_limit():
    async def silent(_writer, _number):
        await asyncio.sleep(60)

    async def story():
        timings = http.Timings()
        async with far_end(silent) as (_heard, port):
            limits = http.Timeouts(connect_seconds=2.0, total_seconds=0.3)
            async with AsyncClient(timeouts=limits) as client:
                with pytest.raises(http.HttpFailed, match="no answer in time") as failed:
                    await client.post(
                        f"http://127.0.0.1:{port}/", headers={}, body=b"{}", timings=timings
                    )
        assert failed.value.sent
        return timings

    timings = asyncio.run(story())
    assert timings.connect_ms is not None
    assert timings.first_byte_ms is None
    assert timings.total_ms >= 300
    assert timings.address == "127.0.0.1"


def test_names_are_asked_for_once_and_tls_is_checked(tmp_path, monkeypatch):
    key, paper = tmp_path / "key.pem", tmp_path / "paper.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", paper,
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(paper, key)
    asked = []
    real = http_async._addresses
    # A minimal system does not know the name localhost, so it is answered here.
    monkeypatch.setattr(
        http_async,
        "_addresses",
        lambda host, port: asked.append((host, port)) or real("127.0.0.1", port),
    )
    trusting = ssl.create_default_context(cafile=str(paper))

    async def story():
        ok = says(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", closes=True)
        seen = []
        async with far_end(ok, ssl=ours) as (_heard, port), AsyncClient() as client:
            url = f"https://localhost:{port}/"
            with pytest.raises(http.HttpFailed, match="certificate") as failed:
                await client.post(url, headers={}, body=b"{}")
            assert not failed.value.sent
            client._tls = trusting
            for _ in range(2):
                seen.append(http.Timings())
                await client.post(url, headers={}, body=b"{}", timings=seen[-1])
        return seen

    for timings in asyncio.run(story()):
        assert set(timings.steps()) == {"dns_ms", "connect_ms", "tls_ms", "first_byte_ms"}
    assert len(asked) == 1
