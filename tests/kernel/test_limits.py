"""The token buckets: shared through Valkey, and kept by the process while Valkey is away."""

from kernel import bell, limits


def take(bucket: str) -> limits.Verdict:
    return limits.allow(bucket, rate_per_second=0.01, burst=3)


def test_a_bucket_gives_its_burst_and_says_when_the_next_token_comes() -> None:
    verdicts = [take("burst") for _ in range(4)]
    assert [it.allowed for it in verdicts] == [True, True, True, False]
    assert [it.remaining for it in verdicts] == [2, 1, 0, 0]
    assert 90 <= verdicts[-1].retry_after_seconds <= 100


def test_a_valkey_that_forgot_the_script_is_told_it_again() -> None:
    bell.client().script_flush()
    assert [take("script").allowed for _ in range(4)] == [True, True, True, False]


def test_a_cut_connection_costs_nobody_their_answer() -> None:
    assert take("cut").allowed
    bell.client().client_kill_filter(_id=str(bell.ask("CLIENT", "ID")))
    assert take("cut").allowed
    assert take("cut").remaining == 1


def test_without_valkey_the_process_keeps_its_own_buckets(settings, monkeypatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "_thread", type("Fresh", (), {})())
    bell.client.cache_clear()
    try:
        assert [take("away").allowed for _ in range(4)] == [True, True, True, False]
    finally:
        bell.client.cache_clear()
