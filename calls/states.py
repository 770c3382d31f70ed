"""The lives of a call, of its legs, of its recordings and of what is made of them."""

from __future__ import annotations

from kernel.states import Machine, T

CALL = Machine(
    initial="ringing",
    final={"completed", "failed", "no_answer", "busy", "canceled"},
    table=[
        T("answer", ("ringing",), "answered"),
        T("hang_up", ("answered",), "completed"),
        T("fail", ("ringing", "answered"), "failed"),
        T("time_out", ("ringing",), "no_answer"),
        T("meet_busy", ("ringing",), "busy"),
        T("cancel", ("ringing",), "canceled"),
    ],
)

LEG = Machine(
    initial="dialing",
    final={"ended"},
    column="state",
    table=[
        T("ring", ("dialing",), "ringing"),
        T("answer", ("dialing", "ringing"), "answered"),
        T("end", ("dialing", "ringing", "answered"), "ended"),
    ],
)

RECORDING = Machine(
    initial="capturing",
    final={"lost", "deleted", "expired"},
    column="state",
    table=[
        T("capture", ("capturing",), "captured"),
        T("store", ("captured",), "ready"),
        T("lose", ("captured",), "lost"),
        T("expire", ("ready",), "expired"),
        T("delete", ("capturing", "captured", "ready"), "deleted"),
    ],
)

TRANSCRIPT = Machine(
    initial="wanted",
    final={"done", "failed"},
    column="state",
    table=[
        T("finish", ("wanted",), "done"),
        T("fail", ("wanted",), "failed"),
    ],
)

RENDITION = Machine(
    initial="wanted",
    final={"failed"},
    column="state",
    table=[
        T("store", ("wanted",), "ready"),
        T("fail", ("wanted",), "failed"),
    ],
)

EXPORT = Machine(
    initial="waiting",
    final={"expired"},
    column="state",
    table=[
        T("begin", ("waiting", "running"), "running"),
        T("finish", ("running",), "ready"),
        T("expire", ("ready",), "expired"),
    ],
)

LIVE = ("ringing", "answered")
MISSED = ("no_answer", "busy", "canceled")
OPEN_LEG = ("dialing", "ringing", "answered")
PENDING_RECORDING = ("capturing", "captured")
