"""Which doors of the operating system's kernel are shut for code inside the walls, as a seccomp filter.

The code has one process for itself: it can start threads, but no other program and no copy of its own, so that its
limits of memory and time are the limits of all that it does. It has no socket, sees no other process, and what belongs
to an administrator, or has often been a way out of containers, answers "not permitted".

The numbers are those of Linux's `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64); what the fields mean
is in `linux/seccomp.h` and `linux/bpf_common.h`.
"""

import platform
import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    architecture: int
    """AUDIT_ARCH_… of `linux/audit.h`."""
    clone: int
    shut: dict[str, int]
    """System calls that are not permitted."""


# fmt: off
_X86_64 = _Machine(
    architecture=0xC000003E, clone=56,
    shut={
        "shmget": 29, "socket": 41, "fork": 57, "vfork": 58, "semget": 64, "msgget": 68, "ptrace": 101,
        "syslog": 103, "mknod": 133, "uselib": 134, "personality": 135, "ustat": 136, "sysfs": 139,
        "vhangup": 153, "modify_ldt": 154, "pivot_root": 155, "_sysctl": 156, "adjtimex": 159, "chroot": 161,
        "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168,
        "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
        "init_module": 175, "delete_module": 176, "quotactl": 179, "nfsservctl": 180, "lookup_dcookie": 212,
        "clock_settime": 227, "mbind": 237, "set_mempolicy": 238, "mq_open": 240, "kexec_load": 246,
        "add_key": 248, "request_key": 249, "keyctl": 250, "migrate_pages": 256, "mknodat": 259,
        "unshare": 272, "vmsplice": 278, "move_pages": 279, "perf_event_open": 298, "fanotify_init": 300,
        "fanotify_mark": 301, "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305,
        "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
        "seccomp": 317, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321, "execveat": 322,
        "userfaultfd": 323,
    },
)
_AARCH64 = _Machine(
    architecture=0xC00000B7, clone=220,
    shut={
        "lookup_dcookie": 18, "mknodat": 33, "umount2": 39, "mount": 40, "pivot_root": 41, "nfsservctl": 42,
        "chroot": 51, "vhangup": 58, "quotactl": 60, "vmsplice": 75, "acct": 89, "personality": 92,
        "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "clock_settime": 112,
        "syslog": 116, "ptrace": 117, "reboot": 142, "sethostname": 161, "setdomainname": 162,
        "settimeofday": 170, "adjtimex": 171, "mq_open": 180, "msgget": 186, "semget": 190, "shmget": 194,
        "socket": 198, "add_key": 217, "request_key": 218, "keyctl": 219, "swapon": 224, "swapoff": 225,
        "mbind": 235, "set_mempolicy": 237, "migrate_pages": 238, "move_pages": 239, "perf_event_open": 241,
        "fanotify_init": 262, "fanotify_mark": 263, "name_to_handle_at": 264, "open_by_handle_at": 265,
        "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "finit_module": 273, "seccomp": 277, "memfd_create": 279, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "kexec_file_load": 294,
    },
)
# fmt: on
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}
_FIRST_NEW = 424
"""From here on all machines count alike; newer doors stay shut, so that no later kernel opens one unseen."""
_KNOWN_NEW = (436, 439)
"""close_range, faccessat2"""
_CLONE_THREAD = 0x00010000
_OWN_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME"""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ARCHITECTURE, _NUMBER, _FIRST = 4, 0, 16
"""Offsets in `struct seccomp_data`; of the first argument the lower half, as both machines are little-endian."""
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NOT_PERMITTED = _ERROR | 1
_NOT_THERE = _ERROR | 38


def is_known(machine: str = "") -> bool:
    """Whether there is a filter for this machine."""
    return (machine or platform.machine()) in _MACHINES


def seccomp_filter(machine: str = "") -> bytes:
    """The filter for this machine, as `bwrap --seccomp` takes it. Raises KeyError for a machine without one."""
    here = _MACHINES[machine or platform.machine()]
    rules = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, here.architecture, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER),
        *(rule for number in here.shut.values() for rule in _when(number, _NOT_PERMITTED)),
        *(rule for number in _KNOWN_NEW for rule in _when(number, _ALLOW)),
        # Libraries fall back on older calls: on `clone`, whose flags can be looked at, instead of `clone3`. The second
        # way of counting on x86_64 (x32) begins far above, and is caught here too.
        _op(_AT_LEAST, _FIRST_NEW, 0, 1),
        _op(_RETURN, _NOT_THERE),
        # clone: only threads, and none in a namespace of its own.
        _op(_EQUAL, here.clone, 0, 6),
        _op(_LOAD, _FIRST),
        _op(_ANY_BIT, _OWN_NAMESPACES, 0, 1),
        _op(_RETURN, _NOT_PERMITTED),
        _op(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _op(_RETURN, _NOT_PERMITTED),
        _op(_RETURN, _ALLOW),
        _op(_RETURN, _ALLOW),
    ]
    return b"".join(rules)


def _when(number: int, verdict: int) -> tuple[bytes, bytes]:
    return _op(_EQUAL, number, 0, 1), _op(_RETURN, verdict)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One `struct sock_filter`; the jumps count the rules that are passed over."""
    return struct.pack("<HBBI", code, if_true, if_false, value)
