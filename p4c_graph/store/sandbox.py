"""What a process gives up before it evaluates strangers' queries; a step the platform refuses is left out."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

STACK_BYTES = 100_000_000
"""How far the stack may grow: deeply nested queries recurse in the engine."""

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LINUX = sys.platform == "linux"


def end_with_parent(parent: int) -> None:
    """Lets this process be killed when its parent (a process id) ends; ends it now if that has happened."""
    if _LINUX:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def ignore_keyboard() -> None:
    """Leaves it to the server to end this process: signals to the whole group (Ctrl-C) pass by."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def leave_network() -> list[str]:
    """Takes the network from this process and its children; the names of the means that worked."""
    if not _LINUX:
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    means = []
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWNET | _CLONE_NEWUSER) == 0:
        means.append("namespace")
    if _forbid_sockets():
        means.append("seccomp")
    return means


def no_core_dumps() -> None:
    """Keeps a crash from writing the whole graph to disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def deep_stack() -> None:
    """Lets the stack grow to ``STACK_BYTES``."""
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    wanted = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def bound_memory(more: int) -> None:
    """Lets this process take so many bytes beyond what it has now."""
    kind = resource.RLIMIT_DATA if _LINUX else resource.RLIMIT_AS
    with suppress(ValueError, OSError):
        limit = data_bytes() + more
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(kind, (limit, limit))


def first_to_be_killed() -> None:
    """Tells the system to end this process before others where memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def return_memory() -> None:
    """Hands memory that was given free back to the system, where mimalloc would keep it for later."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mi_collect"):
        library.mi_collect(ctypes.c_bool(True))


def data_bytes() -> int:
    """How much memory this process can write to; raises OSError where the platform does not say."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()


def _prctl(option: int, *values: object) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(option, *values, *[0] * (4 - len(values))) == 0)


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("true", ctypes.c_ubyte),
        ("false", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def _forbid_sockets() -> bool:
    """A system call filter: no sockets but those within the machine, no ring of system calls around it."""
    known = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
    if platform.machine() not in known:
        return False
    architecture, socket = known[platform.machine()]
    load, jump_equal, jump_at_least, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 13  # EACCES
    lines = [
        (load, 0, 0, 4),
        (jump_equal, 0, 7, architecture),
        (load, 0, 0, 0),
        (jump_at_least, 5, 0, 0x40000000),  # the other numbering of x86
        (jump_equal, 4, 0, 425),  # io_uring_setup
        (jump_equal, 0, 2, socket),
        (load, 0, 0, 16),
        (jump_equal, 0, 1, 1),  # AF_UNIX
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    instructions = (_Instruction * len(lines))(*[_Instruction(*line) for line in lines])
    program = _Program(len(lines), instructions)
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)
    )
