"""Price calls from the page /developers/pricing alone; nothing of ours is imported.

Reads JSON lines on its input, {"connected_ms", "paid_until_seconds", "rate_minor_per_minute"},
and writes a line with what each costs.
"""

import json
import math
import sys
from fractions import Fraction


def billed_seconds(connected_ms, paid_until_seconds):
    """Whole seconds of connected time, rounded up once, never past the paid second."""
    return min(math.ceil(Fraction(connected_ms, 1000)), paid_until_seconds)


def cost(seconds, rate):
    """Seconds times the price of a minute, over 60, rounded up to a cent once."""
    return math.ceil(Fraction(seconds * rate, 60))


def vat_in(cost_minor):
    """VAT is contained: 1600 of 11600, to the nearest cent, halves up."""
    return math.floor(Fraction(cost_minor * 1600, 11600) + Fraction(1, 2))


def bill(call):
    seconds = billed_seconds(call["connected_ms"], call["paid_until_seconds"])
    total = cost(seconds, call["rate_minor_per_minute"])
    vat = vat_in(total)
    return {
        "billed_seconds": seconds,
        "cost_minor": total,
        "net_minor": total - vat,
        "vat_minor": vat,
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(bill(json.loads(line))))
