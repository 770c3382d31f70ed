"""The lives of an endpoint, of a delivery, and of what is relayed to a laptop."""

from kernel.states import Machine, T

ENDPOINT = Machine(
    initial="active",
    final=(),
    table=[
        T("pause", ("active",), "paused"),
        T("resume", ("paused", "disabled"), "active"),
        T("disable", ("active",), "disabled"),
    ],
)

DELIVERY = Machine(
    initial="pending",
    final=("delivered",),
    table=[
        T("succeed", ("pending", "retrying"), "delivered"),
        T("fail", ("pending", "retrying"), "retrying"),
        T("give_up", ("pending", "retrying"), "dead_letter"),
        T("revive", ("dead_letter", "retrying"), "retrying"),
    ],
)

RELAYED = Machine(
    initial="waiting",
    final=("answered", "given_up"),
    table=[
        T("send", ("waiting",), "sent"),
        T("answer", ("sent",), "answered"),
        T("give_up", ("waiting", "sent"), "given_up"),
    ],
)
