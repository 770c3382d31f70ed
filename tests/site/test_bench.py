"""How a bench judges: ratios inside rounds, and no verdict from a machine that is too busy."""

import itertools

from bench.rounds import compare


def leg(*values):
    turns = itertools.cycle(values)
    return lambda: next(turns)


def test_the_median_of_the_rounds_is_held_against_the_floor() -> None:
    figure = compare(
        "ours", leg(10.0, 30.0, 20.0), peer_name="peer", peer=leg(20.0), floor=1.0, rounds=3
    )
    assert (figure.low, figure.median, figure.high) == (0.5, 1.0, 1.5)
    assert figure.holds
    assert "floor 1: ok" in figure.line()


def test_a_peer_that_differs_from_itself_says_the_machine_is_too_noisy() -> None:
    figure = compare("peer", leg(10.0), peer_name="itself", peer=leg(14.0), floor=None, rounds=3)
    assert not figure.holds
    assert "too noisy" in figure.line()
