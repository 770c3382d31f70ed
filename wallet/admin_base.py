"""What the operators' pages of money share: everything can be seen, nothing can be edited."""

from __future__ import annotations

from kernel.operators import OperatorAdmin, ReadOnlyAdmin, ReadOnlyInline, operator, reasoned

__all__ = ["OperatorAdmin", "ReadOnlyAdmin", "ReadOnlyInline", "operator", "reasoned"]
