"""The life of a workspace, and of a command line that asks to be let in."""

from kernel.states import Machine, T

WORKSPACE = Machine(
    initial="active",
    final=("closed",),
    table=[
        T("suspend", ("active",), "suspended"),
        T("resume", ("suspended",), "active"),
        T("close", ("active", "suspended"), "closed"),
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

# What was asked for about a person.
PERSON_REQUEST = Machine(
    initial="pending",
    final=("done", "undone"),
    table=[
        T("finish", ("pending",), "done"),
        T("undo", ("pending",), "undone"),
    ],
)
