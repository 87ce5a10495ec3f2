"""Stand between a program and the system: its calls are seen one by one, and pass, fail, or are its last.

The idea: a seccomp filter (Linux 5.5 and later; it takes no rights) has the kernel hold a process, and all that it
starts, at chosen calls, and ask here what becomes of each. So nothing of the program is changed, and calls of compiled
code and of worker processes are seen like all others.
"""

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_X86_64: Final = (
    "read:0 write:1 open:2 close:3 fstat:5 pread64:17 pwrite64:18 readv:19 writev:20 sendfile:40 fsync:74 fdatasync:75 "
    "truncate:76 ftruncate:77 rename:82 mkdir:83 rmdir:84 link:86 unlink:87 symlink:88 chmod:90 fchmod:91 openat:257 "
    "mkdirat:258 newfstatat:262 unlinkat:263 renameat:264 linkat:265 symlinkat:266 fchmodat:268 utimensat:280 "
    "fallocate:285 renameat2:316 copy_file_range:326 statx:332"
)
_AARCH64: Final = (
    "mkdirat:34 unlinkat:35 symlinkat:36 linkat:37 renameat:38 truncate:45 ftruncate:46 fallocate:47 fchmod:52 "
    "fchmodat:53 openat:56 close:57 read:63 write:64 readv:65 writev:66 pread64:67 pwrite64:68 sendfile:71 "
    "newfstatat:79 fstat:80 fsync:82 fdatasync:83 utimensat:88 renameat2:276 copy_file_range:285 statx:291"
)
_MACHINES: Final = {"x86_64": (0xC000003E, _X86_64, 317), "aarch64": (0xC00000B7, _AARCH64, 277)}
"""For each machine: how seccomp calls it, the numbers of its calls, and that of `seccomp` itself."""

# Which arguments of a call say on what it works: a descriptor, or a path and the descriptor of the folder that it
# begins in (None: the working folder).
_DESCRIPTOR: Final = {
    **dict.fromkeys(["read", "write", "close", "fstat", "pread64", "pwrite64", "readv", "writev", "sendfile"], 0),
    **dict.fromkeys(["fsync", "fdatasync", "ftruncate", "fchmod", "fallocate"], 0),
    "copy_file_range": 2,
}
_PATHS: Final[dict[str, tuple[int | None, int]]] = {
    **dict.fromkeys(["open", "mkdir", "rmdir", "unlink", "chmod", "truncate"], (None, 0)),
    **dict.fromkeys(["openat", "mkdirat", "unlinkat", "fchmodat", "utimensat", "newfstatat", "statx"], (0, 1)),
    **dict.fromkeys(["rename", "link", "symlink"], (None, 1)),
    **dict.fromkeys(["renameat", "renameat2", "linkat"], (2, 3)),
    "symlinkat": (1, 2),
}
_LOOKS: Final = frozenset({"newfstatat", "statx"})
_FLAGS: Final = {"open": 1, "openat": 2}
_SIZES: Final = {"write": 2, "pwrite64": 2}

WRITING: Final = frozenset({*_PATHS, *_DESCRIPTOR} - {"read", "readv", "pread64", "fstat", "close"}) - _LOOKS
"""Calls that change what is on disk, or make the change last; of those that open a file, the ones that may write."""

READING: Final = frozenset({"open", "openat", "read", "readv", "pread64", "fstat", "newfstatat", "statx", "close"})
"""Calls of which reading a file is made."""

_WRITABLE: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ALLOW: Final = 0x7FFF0000
_ASK: Final = 0x7FC00000
_LOAD, _EQUAL, _GREATER, _SHARES, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE: Final = 1
_QUESTION: Final = struct.Struct("=QIIiIQ6Q")
_ANSWER: Final = struct.Struct("=Qqii")
_AT_FDCWD: Final = -100
_PATH_MAX: Final = 4096


class Call(NamedTuple):
    """A call that is held: of which thread, on what file (the one that is made or goes, of two), of how many bytes."""

    thread: int
    name: str
    path: str
    size: int
    arguments: tuple[int, ...]

    @property
    def process(self) -> int:
        """The process that makes it; 0 when that has ended."""
        return _process(self.thread)


Verdict = int
"""0 lets a call pass, an `errno` makes it fail."""


def hold(names: Iterable[str]) -> int:
    """Have this process and all that it starts held at calls of these names; return the descriptor to answer on.

    There is no way back for the process. Raises OSError where the system cannot do it.
    """
    if platform.machine() not in _MACHINES or platform.system() != "Linux":
        raise OSError(errno.ENOSYS, "calls cannot be held on this system")
    machine, _, number = _MACHINES[platform.machine()]
    program = _program(machine, frozenset(names))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):  # no new privileges: what lets anybody install a filter
        raise OSError(ctypes.get_errno(), "prctl")
    code = ctypes.create_string_buffer(b"".join(program))
    filters = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    listener = int(libc.syscall(number, 1, 1 << 3, filters))  # a filter, with a new listener
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp cannot ask about calls: it takes Linux 5.5 or later")
    return listener


def can_hold() -> bool:
    """Whether this system lets calls be held."""
    return not subprocess.run([sys.executable, __file__], capture_output=True).returncode


def _numbers() -> dict[str, int]:
    listed = _MACHINES[platform.machine()][1].split()
    return {name: int(number) for name, number in (pair.split(":") for pair in listed)}


def _program(machine: int, names: frozenset[str]) -> list[bytes]:
    """The filter as instructions of the classic BPF: which calls are asked about."""

    def step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
        return struct.pack("HBBI", code, true, false, value)

    program = [step(_LOAD, 4), step(_EQUAL, machine, 1, 0), step(_RETURN, _ALLOW)]
    for name, number in _numbers().items():
        if name not in names:
            continue
        block = [step(_RETURN, _ASK)]
        if name in _FLAGS and "read" not in names:
            block = [step(_LOAD, 16 + 8 * _FLAGS[name]), step(_SHARES, _WRITABLE, 1, 0), step(_RETURN, _ALLOW), *block]
        elif name in _DESCRIPTOR:  # not what goes to the terminal
            block = [step(_LOAD, 16 + 8 * _DESCRIPTOR[name]), step(_GREATER, 2, 1, 0), step(_RETURN, _ALLOW), *block]
        program += [step(_LOAD, 0), step(_EQUAL, number, 0, len(block)), *block]
    return [*program, step(_RETURN, _ALLOW)]


def answer(listener: int, decide: Callable[[Call], Verdict], alive: Callable[[], bool]) -> None:
    """Ask `decide` about each call that is held, as long as the process is `alive`; it may kill it, too."""
    names = {number: name for name, number in _numbers().items()}
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    while True:
        ready = waiting.poll(50)
        if not ready and not alive():
            return
        if not ready:
            continue
        if not ready[0][1] & select.POLLIN:  # nobody is left who could ask
            return
        question = bytearray(_QUESTION.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, question)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):  # killed while it asked
                continue
            raise
        identity, thread, _, number, _, _, *arguments = _QUESTION.unpack(question)
        verdict = decide(_call(names[number], thread, tuple(arguments)))
        reply = _ANSWER.pack(identity, 0, -verdict, 0 if verdict else _CONTINUE)
        with suppress(FileNotFoundError):  # killed meanwhile
            fcntl.ioctl(listener, _SEND, reply)


def _call(name: str, thread: int, arguments: tuple[int, ...]) -> Call:
    if name in _DESCRIPTOR:
        path = _descriptor(thread, arguments[_DESCRIPTOR[name]])
    else:
        at, text = _PATHS[name]
        path = _path(thread, None if at is None else arguments[at], arguments[text])
        if name in _LOOKS:
            path = path.rstrip("/")  # of the descriptor itself
    return Call(thread, name, path, arguments[_SIZES[name]] if name in _SIZES else 0, arguments)


def _process(thread: int) -> int:
    with suppress(OSError):
        status = Path(f"/proc/{thread}/status").read_text(encoding="utf-8", errors="replace")
        return int(status.split("Tgid:")[1].split()[0])
    return 0


def _descriptor(thread: int, number: int) -> str:
    with suppress(OSError):
        return os.fspath(Path(f"/proc/{thread}/fd/{number & 0xFFFFFFFF}").readlink())
    return ""


def _path(thread: int, folder: int | None, address: int) -> str:
    text = os.fsdecode(_text(thread, address))
    if text.startswith("/"):
        return text
    at = _AT_FDCWD if folder is None else ctypes.c_int32(folder & 0xFFFFFFFF).value
    with suppress(OSError):
        here = "cwd" if at == _AT_FDCWD else f"fd/{at}"
        parent = Path(f"/proc/{thread}/{here}").readlink()
        return os.path.join(parent, text)  # noqa: PTH118 - an empty name keeps its slash
    return text


def _text(thread: int, address: int) -> bytes:
    """What is in memory from there to a NUL byte."""
    found = b""
    while b"\0" not in found and len(found) < _PATH_MAX:
        piece = memory(thread, address + len(found), 256 - (address + len(found)) % 256)  # never past a page's end
        if not piece:
            break
        found += piece
    return found.split(b"\0")[0]


def memory(thread: int, address: int, size: int) -> bytes:
    """What a held thread has in its memory there."""
    with suppress(OSError), open(f"/proc/{thread}/mem", "rb", buffering=0) as file:  # noqa: PTH123
        file.seek(address)
        return file.read(size)
    return b""


def write_half(call: Call) -> int:
    """Do the first half of a `write` that is held, as a system that stops in the middle would; return its bytes."""
    descriptor = call.arguments[0]
    content = memory(call.thread, call.arguments[1], call.size // 2)
    facts = Path(f"/proc/{call.thread}/fdinfo/{descriptor}").read_text(encoding="ascii")
    at = call.arguments[3] if call.name == "pwrite64" else int(facts.split("pos:")[1].split()[0])
    file = os.open(f"/proc/{call.thread}/fd/{descriptor}", os.O_WRONLY)
    try:
        return os.pwrite(file, content, at)
    finally:
        os.close(file)


def kill(process: int, *, others: bool) -> None:
    """End a process at once, with all processes that it started or without."""
    with suppress(ProcessLookupError):
        (os.killpg if others else os.kill)(process, signal.SIGKILL)


if __name__ == "__main__":
    hold(["ftruncate"])
