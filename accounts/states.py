"""The life of a workspace, and of a command line that asks to be let in."""

from kernel.states import Machine, T

WORKSPACE = Machine(
    initial="active",
    final=(),
    table=[
        T("suspend", ("active",), "suspended"),
        T("resume", ("suspended",), "active"),
    ],
)

DEVICE_LOGIN = Machine(
    initial="pending",
    final=("denied", "redeemed"),
    table=[
        T("approve", ("pending",), "approved"),
        T("deny", ("pending",), "denied"),
        T("redeem", ("approved",), "redeemed"),
    ],
)
