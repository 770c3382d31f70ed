"""The lives of an inventory row and of a claimed number."""

from kernel.states import Machine, T

INVENTORY = Machine(
    initial="available",
    final=(),
    column="state",
    table=[
        T("reserve", ("available", "released"), "reserved"),
        T("assign", ("reserved",), "assigned"),
        T("release", ("assigned",), "released"),
    ],
)

NUMBER = Machine(
    initial="active",
    final=("released",),
    table=[
        T("suspend", ("active",), "suspended"),
        T("resume", ("suspended",), "active"),
        T("release", ("active", "suspended"), "released"),
    ],
)

# What may be claimed: fresh rows and rows an earlier holder gave back.
OFFERED = ("available", "released")
# A number in one of these has a holder.
HELD = ("active", "suspended")
