"""What a person sees of the logs of `up`, and what an access log never keeps."""

import logging

import pytest
from gunicorn.config import Config

from sautikit_site.console import Console, LogTail, worth_showing
from sautikit_site.gunicorn import QuietLogger


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("! mail for amina@example.com", "mail for amina@example.com"),
        ("10:00:00 WARNING kernel.work late", "10:00:00 WARNING kernel.work late"),
        ('{"level": "error", "event": "lost", "call": "HD_1"}', "error: lost call=HD_1"),
        ('{"level": "info", "event": "fine"}', ""),
        ("10:00:00 INFO kernel.work done", ""),
        ("{not json", ""),
    ],
)
def test_only_what_deserves_attention_is_shown(line, shown) -> None:
    assert worth_showing(line) == shown


def test_a_tail_gives_whole_lines_once(tmp_path) -> None:
    path = tmp_path / "a.log"
    path.write_text("old\n")
    tail = LogTail(path)
    with path.open("a") as log:
        log.write("one\ntw")
        log.flush()
        assert list(tail.news()) == ["one"]
        log.write("o\n")
        log.flush()
        assert list(tail.news()) == ["two"]
    assert tail.last_line() == "two"


def test_a_long_log_is_moved_aside(tmp_path) -> None:
    path = tmp_path / "a.log"
    tail = LogTail(path)
    path.write_text("much\n" * 100)
    list(tail.news())
    tail.keep_small(100)
    assert path.read_text() == ""
    assert (tmp_path / "a.log.1").read_text().startswith("much")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/auth/link/s3cret-token", "/auth/link/…"),
        ("/auth/link/confirm", "/auth/link/confirm"),
        ("/h/0123456789abcdef0123/s", "/h/…/s"),
        ("/v1/calls", "/v1/calls"),
    ],
)
def test_the_access_log_blots_tokens_out(path, kept) -> None:
    logger = QuietLogger(Config())
    logging.getLogger("gunicorn.access").propagate = False
    seconds = type("Delta", (), {"seconds": 0, "microseconds": 5})()
    response = type("Response", (), {"status": "200 OK", "sent": 2, "headers": []})()
    request = type("Request", (), {"headers": []})()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "RAW_URI": path + "?token=hidden",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    assert logger.atoms(response, request, environ, seconds)["U"] == kept


def test_a_line_that_comes_again_and_again_is_shown_once(capsys) -> None:
    console = Console()
    for second in range(50):
        console.line("relay", f"10:00:{second:02} WARNING kernel.relay database away")
    console.line("relay", "! amina@example.com has mail")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
