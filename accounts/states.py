"""The life of a workspace."""

from kernel.states import Machine, T

WORKSPACE = Machine(
    initial="active",
    final=(),
    table=[
        T("suspend", ("active",), "suspended"),
        T("resume", ("suspended",), "active"),
    ],
)
