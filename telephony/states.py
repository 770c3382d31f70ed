"""The lives of a request to a customer's voice server, and of a stream to it."""

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

STREAM = Machine(
    initial="opening",
    final={"closed", "failed"},
    column="state",
    table=[
        T("open", ("opening",), "open"),
        T("close", ("opening", "open"), "closed"),
        T("fail", ("opening", "open"), "failed"),
    ],
)
