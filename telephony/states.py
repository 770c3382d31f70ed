"""The life of one request to a customer's voice server."""

from kernel.states import Machine, T

FETCH = Machine(
    initial="due",
    final={"done", "failed"},
    column="state",
    table=[
        T("claim", ("due", "running"), "running"),
        T("finish", ("running",), "done"),
        T("fail", ("running",), "failed"),
    ],
)
