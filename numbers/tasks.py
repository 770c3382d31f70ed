"""The work door of numbers: rent falls due on the 1st, and is tried again every day and at a top-up."""

from collections.abc import Sequence
from uuid import UUID

from accounts.ports import CLOSE_NUMBERS
from kernel import work
from kernel.events import subscribe
from kernel.models import Event
from kernel.work import periodic
from numbers import queries, services
from numbers.services import closing


@periodic("numbers.renew_rentals", at="00:05")
def renew_rentals() -> str:
    """Charge the month of every number that has not paid it; numbers that paid are left alone."""
    counts = services.renew_rentals()
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing due"


@subscribe("wallet.top_up")
def money_came(batch: Sequence[Event]) -> None:
    """Have the suspended numbers of whoever paid tried again, at once."""
    for workspace_id, mode in {(row.workspace_id, row.mode) for row in batch}:
        if queries.has_suspended(workspace_id, mode):
            work.enqueue("numbers.resume", f"{workspace_id}:{mode}")


@work.work("numbers.resume", queue="periodic")
def resume(ref: str) -> None:
    """Charge the month of each suspended number of a workspace, as far as its money goes."""
    workspace_id, _, mode = ref.partition(":")
    services.resume_numbers(UUID(workspace_id), mode)


@work.work("numbers.import", queue="periodic", lease_seconds=300)
def run_import(ref: str) -> None:
    """Go through a file of numbers; what an earlier run stored stays."""
    services.run_import(ref)


@work.work(CLOSE_NUMBERS, queue="periodic", lease_seconds=300)
def close_workspace(ref: str) -> None:
    """Give back every number of a workspace that was closed."""
    closing.release_all(UUID(ref))
