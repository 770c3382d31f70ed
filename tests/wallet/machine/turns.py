"""What a turn may be told, how often each is taken, and what it needs."""

from __future__ import annotations

VERDICTS = (
    "paid",
    "paid",
    "paid",
    "cancelled",
    "other amount",
    "other phone",
    "unknown",
    "other push",
)

# What a turn may be told, by the name of its parameter: each throws the dice of that turn.
DRAWS = {
    "who": lambda dice: dice.randrange(2),
    "payee": lambda dice: dice.randrange(3),
    "which": lambda dice: dice.randrange(41),
    "amount": lambda dice: dice.choice((10, 35, 60, 250, 1_000)) * 100,
    "phone": lambda dice: f"+25471234567{dice.randrange(10)}",
    "verdict": lambda dice: dice.choice(VERDICTS),
    "refund_code": lambda dice: dice.choice((0, 0, 2001)),
    "legs": lambda dice: dice.choice((1, 1, 1, 2, 3)),
    "is_quick": lambda dice: dice.random() < 0.5,
    "seconds": lambda dice: dice.choice((1, 5, 20, 45, 90)),
    "milliseconds": lambda dice: dice.randrange(2_000),
    "sip_code": lambda dice: dice.choice((486, 404, 503, 487)),
}
# How often a turn is taken beside the others; calls are what most of a story is made of.
TURNS = {
    "ask_for_a_prompt": 1, "the_prompt_ends": 2, "somebody_pays_the_bill": 1,
    "the_bill_is_confirmed": 2, "a_stranger_confirms_a_bill": 1, "all_payments_are_pulled": 1,
    "a_payment_goes_back_by_itself": 1, "a_refund_is_asked": 1, "a_refund_ends": 1,
    "a_worker_does_something": 3, "the_workers_do_everything": 2, "the_relay_numbers_events": 1,
    "claim_a_number": 2, "release_a_number": 1, "place_a_call": 5, "a_stranger_rings_a_number": 1,
    "the_engine_obeys": 3, "it_rings": 2, "somebody_answers": 5, "they_talk": 5,
    "the_far_end_hangs_up": 4, "the_far_end_refuses": 2, "the_customer_hangs_up": 2,
    "the_clock_ticks": 2, "the_engine_repeats_itself": 1, "the_engine_dies": 1,
    "a_key_is_revoked": 1, "a_client_tries_again": 2,
}  # fmt: skip
WEIGHED = [name for name, times in TURNS.items() for _ in range(times)]
# What a turn needs before it can be taken.
NEEDS = {
    "the_prompt_ends": lambda it: it.acked["topups"],
    "the_bill_is_confirmed": lambda it: it.mpesa.payments,
    "a_payment_goes_back_by_itself": lambda it: it.mpesa.payments,
    "a_refund_is_asked": lambda it: it.mpesa.payments,
    "release_a_number": lambda it: any(it.held),
    "place_a_call": lambda it: any(it.held),
    "it_rings": lambda it: it.line(0, is_up=False),
    "somebody_answers": lambda it: it.line(0, is_up=False),
    "the_far_end_refuses": lambda it: it.line(0, is_up=False),
    "they_talk": lambda it: it.line(0, is_up=True),
    "the_far_end_hangs_up": lambda it: it.line(0, is_up=True),
    "the_customer_hangs_up": lambda it: it.acked["calls"],
    "the_engine_repeats_itself": lambda it: it.far.said,
    "the_engine_dies": lambda it: it.far.said,
    "a_client_tries_again": lambda it: it.replies,
}
