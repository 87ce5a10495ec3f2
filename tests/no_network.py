"""Run a command that cannot open a network socket, nor can any process that it starts: `no_network.py COMMAND ...`.

On Linux by a seccomp filter, which sees what libraries in C and C++ do, too: whoever asks for a socket that is not
local is killed by SIGSYS. Exits with 125 where there is no such filter.
"""

import ctypes
import os
import platform
import struct
import sys
from typing import Final

UNAVAILABLE: Final = 125

# linux/seccomp.h, linux/filter.h, linux/audit.h, linux/prctl.h
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ARCHITECTURES: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The audit number of the machine, and of its system call `socket`."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_AF_UNIX: Final = 1


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def forbid() -> bool:
    """Forbid network sockets to this process for ever; whether that could be done."""
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    machine, socket_call = _ARCHITECTURES[platform.machine()]
    steps = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 0, 5, machine),
        (_LOAD, 0, 0, 0),  # the system call
        (_EQUAL, 0, 3, socket_call),
        (_LOAD, 0, 0, 16),  # its first argument, the family of addresses
        (_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    done = bool(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0)
    return done and bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


if __name__ == "__main__":
    if not forbid():
        sys.exit(UNAVAILABLE)
    os.execvp(sys.argv[1], sys.argv[1:])
