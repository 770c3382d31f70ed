"""What the operators' pages of money share: everything can be seen, nothing can be edited."""

from __future__ import annotations

from kernel.operators import OperatorAdmin, ReadOnly, ReadOnlyAdmin, operator, reasoned

__all__ = ["OperatorAdmin", "ReadOnly", "ReadOnlyAdmin", "operator", "reasoned"]
