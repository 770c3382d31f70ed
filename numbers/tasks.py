"""The work door of numbers: rent falls due on the 1st and is tried again every day."""

from kernel.work import periodic
from numbers import services


@periodic("numbers.renew_rentals", at="00:05")
def renew_rentals() -> str:
    """Charge the month of every number that has not paid it; numbers that paid are left alone."""
    counts = services.renew_rentals()
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing due"
