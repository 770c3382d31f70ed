"""The lives of a request to a customer's voice server, a stream to it, rooms and supervisors."""

from kernel.states import Machine, T

FETCH = Machine(
    initial="due",
    final={"done", "failed"},
    column="state",
    table=[
        T("claim", ("due", "running"), "running"),
        T("finish", ("due", "running"), "done"),
        T("fail", ("due", "running"), "failed"),
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

CONFERENCE = Machine(
    initial="waiting",
    final={"ended"},
    table=[
        T("start", ("waiting",), "running"),
        # Nobody enters any more, and who is there is being taken out.
        T("close", ("waiting", "running"), "ending"),
        T("end", ("waiting", "running", "ending"), "ended"),
    ],
)

PARTICIPANT = Machine(
    initial="queued",
    final={"left"},
    table=[
        T("wait", ("queued",), "waiting"),
        T("enter", ("queued", "waiting"), "talking"),
        T("leave", ("queued", "waiting", "talking"), "left"),
    ],
)

SUPERVISION = Machine(
    initial="connecting",
    final={"ended", "failed"},
    column="state",
    table=[
        T("ring", ("connecting",), "ringing"),
        T("connect", ("connecting", "ringing"), "connected"),
        T("end", ("connecting", "ringing", "connected"), "ended"),
        T("fail", ("connecting", "ringing"), "failed"),
    ],
)

LIVE_CONFERENCE = ("waiting", "running")
PRESENT = ("waiting", "talking")
LIVE_SUPERVISION = ("connecting", "ringing", "connected")
