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
        T("offer", ("reserved", "quarantined"), "available"),
        T("quarantine", ("available", "released", "reserved"), "quarantined"),
    ],
)

# A file of numbers on its way into the pool: checked line by line, then stored if asked.
IMPORT = Machine(
    initial="waiting",
    final=("done", "failed"),
    table=[
        T("start", ("waiting",), "running"),
        T("finish", ("running",), "done"),
        T("fail", ("waiting", "running"), "failed"),
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
