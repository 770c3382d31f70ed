"""How a child process is tied to the life of its parent, and how a root's child gets another user."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sautikit_site.bootstrap import environ

LINUX = sys.platform == "linux"
# Loaded before any fork: nothing may be loaded between a fork and its exec.
_LIBC: Any = ctypes.CDLL(None, use_errno=True) if LINUX else None  # ctypes has no types.
_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1


def die_with_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel for a signal when the parent dies; call in the child, last before exec."""
    if not LINUX:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def weigh_session() -> None:
    """Let a session that a child has begun stand back as its process does; call in the child.

    Linux shares the cores between sessions, whose weight is their own (sched(7), "autogroup").
    """
    nice = os.nice(0)
    if LINUX and nice and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice))


def child_setup(death_signal: int, strategy: str = "") -> Callable[[], None]:
    """Return the function a child runs between fork and exec."""
    user = other_user() if strategy == "setuid" else None
    parent = os.getpid()

    def run() -> None:
        if strategy == "userns":
            _enter_user_namespace()
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        weigh_session()
        # After the change of user, which would clear it.
        die_with_parent(death_signal, parent)

    return run


def root_strategy() -> str:
    """Say how PostgreSQL, which refuses root, gets another user id: not needed, userns or setuid."""
    if not LINUX or os.geteuid() != 0:
        return ""
    forced = environ.get("SAUTIKIT_ROOT_STRATEGY")
    if forced in {"userns", "setuid"}:
        return forced
    child = os.fork()
    if child == 0:
        try:
            _enter_user_namespace()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return "userns" if os.waitpid(child, 0)[1] == 0 else "setuid"


def _enter_user_namespace() -> None:
    """Become user 1 of a new namespace in which user 1 is the caller: files stay the caller's."""
    user, group = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    maps = (("setgroups", "deny"), ("uid_map", f"1 {user} 1"), ("gid_map", f"1 {group} 1"))
    for name, text in maps:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("Run as an ordinary user or set DATABASE_URL: no user to run PostgreSQL as.")
