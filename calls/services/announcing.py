"""The event of a day limit that refused a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from wallet import services as wallet
from wallet.errors import LimitReached

# A view answers a request; what else it takes is its own matter.
View = TypeVar("View", bound=Callable[..., Any])


def announces_limits(view: View) -> View:
    """Write the event of a day limit after the refused request was rolled back whole."""

    @wraps(view)
    def announcing(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except LimitReached as problem:
            wallet.announce_reached(problem.limit_id)
            raise

    return announcing  # type: ignore[return-value]  # wraps keeps the signature
