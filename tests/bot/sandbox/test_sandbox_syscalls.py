"""The filter of system calls, run here on made-up calls as the operating system's kernel would [sandbox]."""

import struct

import pytest

from bot.sandbox.syscalls import is_known, seccomp_filter

ALLOW, KILL, NOT_PERMITTED, NOT_THERE = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
THREAD = 0x3D0F00
"""The flags that the C library starts a thread with."""


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter answers to one call."""
    rules = list(struct.iter_unpack("<HBBI", seccomp_filter(machine)))
    arch = ARCHITECTURES[machine] if architecture is None else architecture
    call = struct.pack("<IIQ6Q", number, arch, 0, *arguments, *(0,) * (6 - len(arguments)))
    at = held = 0
    while True:
        code, if_true, if_false, value = rules[at]
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("<I", call, value)
            case 0x15:
                at += if_true if held == value else if_false
            case 0x35:
                at += if_true if held >= value else if_false
            case 0x45:
                at += if_true if held & value else if_false
            case _:
                assert code == 0x06
                return value


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


def test_it_fits_into_what_the_kernel_takes(machine: str):
    assert len(seccomp_filter(machine)) // 8 < 4096


def test_what_python_does_all_day_is_allowed():
    read, write, open_at, mmap, futex, exit_group, execve = 0, 1, 257, 9, 202, 231, 59
    for number in (read, write, open_at, mmap, futex, exit_group, execve, 436, 439):
        assert verdict("x86_64", number) == ALLOW
    for number in (63, 64, 56, 222, 98, 94, 221, 436, 439):
        assert verdict("aarch64", number) == ALLOW


@pytest.mark.parametrize("number", [41, 57, 58, 101, 165, 272, 298, 308, 319, 321, 323])
def test_doors_of_the_kernel_are_shut_on_intel(number: int):
    assert verdict("x86_64", number) == NOT_PERMITTED


@pytest.mark.parametrize("number", [198, 117, 40, 97, 241, 268, 279, 280, 282])
def test_doors_of_the_kernel_are_shut_on_arm(number: int):
    assert verdict("aarch64", number) == NOT_PERMITTED


@pytest.mark.parametrize("number", [*range(424, 436), 437, 438, *range(440, 520), 0x4000_0000 + 41, 0xFFFF_FFFF])
def test_newer_calls_and_the_second_way_of_counting_are_not_there(machine: str, number: int):
    """io_uring, pidfds and mounts by descriptor are among them."""
    assert verdict(machine, number) == NOT_THERE


def test_threads_are_allowed_and_processes_are_not(machine: str):
    fork, own_user_namespace = 17, 0x10000000
    assert verdict(machine, CLONE[machine], THREAD) == ALLOW
    assert verdict(machine, CLONE[machine], fork) == NOT_PERMITTED
    assert verdict(machine, CLONE[machine], THREAD | own_user_namespace) == NOT_PERMITTED
    assert verdict(machine, CLONE[machine], fork | own_user_namespace) == NOT_PERMITTED


def test_a_call_of_another_machine_ends_the_process():
    assert verdict("x86_64", 0, architecture=0x40000003) == KILL


def test_an_unknown_machine_has_no_filter_and_so_no_sandbox():
    assert not is_known("riscv64")
    with pytest.raises(KeyError):
        seccomp_filter("riscv64")
