"""The walls of the sandbox, tried from inside with code that means harm [sandbox]. All of it runs for real."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.sandbox.bubblewrap import Bubblewrap, BubblewrapSession
from bot.sandbox.kernel import FILES, OUTPUT
from bot.sandbox.sandbox import Lost, Ran
from bot.sandbox.walls import command
from tests.fakes.needs_walls import needs_bubblewrap

pytestmark = needs_bubblewrap
PROJECT = Path(__file__).parents[3]


@pytest.fixture(params=["own account", "user namespace"])
def here(request: pytest.FixtureRequest) -> Bubblewrap:
    """Both ways in: as root, and as anybody else; root can try both."""
    as_root = request.param == "own account"
    if as_root and os.geteuid() != 0:
        pytest.skip("needs root for the walls that root gets")
    return Bubblewrap(as_root=as_root, furnished=False)


@pytest.fixture
async def session(here: Bubblewrap) -> AsyncIterator[BubblewrapSession]:
    session = await here.start()
    yield session
    await session.close()


async def fails(session: BubblewrapSession, code: str) -> str:
    """What the code's last line says of how it was stopped."""
    ran = await session.run(code, ())
    assert ran.error, ran.output
    return ran.error.splitlines()[-1]


async def says(session: BubblewrapSession, code: str) -> str:
    ran = await session.run(code, ())
    assert ran.error == ""
    return ran.output.strip()


async def ended_by(session: BubblewrapSession, code: str) -> str:
    with pytest.raises(Lost) as lost:
        await session.run(code, ())
    return str(lost.value)


def runs(session: BubblewrapSession) -> bool:
    place = Path(f"/proc/{session.pid}/status")
    return place.exists() and "State:\tZ" not in place.read_text()


async def soon(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        await asyncio.sleep(0.05)
    return False


def status_of(session: BubblewrapSession) -> str:
    return Path(f"/proc/{session.pid}/status").read_text()


async def test_the_probe_finds_the_walls_standing(here: Bubblewrap):
    assert await here.off() == ""


# Reaching out


async def test_there_is_no_network_no_metadata_service_and_no_loopback(session: BubblewrapSession):
    for address in ("169.254.169.254", "127.0.0.1", "1.1.1.1", "::1", "contourlines.example"):
        code = f"import socket; socket.create_connection(({address!r}, 80), timeout=2)"
        assert re.match(r"(PermissionError|OSError|socket.gaierror)", await fails(session, code)), address


async def test_no_socket_of_any_kind_can_be_made(session: BubblewrapSession):
    code = "import socket\nfor family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16, 17, 38, 40):\n"
    code += " try: socket.socket(family, socket.SOCK_DGRAM)\n except PermissionError: print('no')"
    assert await says(session, code) == "\n".join(["no"] * 7)


async def test_the_database_is_out_of_reach(session: BubblewrapSession, database_url: str):
    """Its socket is a file, and the file is not there."""
    folder = re.search(r"host=([^&]+)", database_url)
    assert folder
    assert await says(session, f"import os; os.path.exists({folder[1].replace('%2F', '/')!r})") == "False"


# Looking around


async def test_nothing_of_the_machine_is_seen_but_python_and_libraries(session: BubblewrapSession):
    seen = await says(session, "import os; print(*sorted(os.listdir('/')))")
    assert set(seen.split()) <= {
        "dev",
        "etc",
        "inside",
        "lib",
        "lib32",
        "lib64",
        "packages",
        "python",
        "tmp",
        "usr",
        "work",
    }
    assert set((await says(session, "print(*os.listdir('/etc'))")).split()) <= {"ld.so.cache"}
    assert set((await says(session, "print(*os.listdir('/usr'))")).split()) <= {"lib", "lib32", "lib64", "share"}
    assert await says(session, "print(*sorted(os.listdir('/dev')))") == "full null random urandom zero"


async def test_neither_the_project_nor_anybodys_home_is_there(session: BubblewrapSession):
    for place in (PROJECT, PROJECT / "bot", PROJECT / ".env", Path.home(), Path("/root"), Path("/home"), Path("/proc")):
        assert await says(session, f"import os; os.path.exists({str(place)!r})") == "False", place
    packages = await says(session, "print(*os.listdir('/packages'))")
    assert "pandas" in packages
    assert not {"bot", "skills", "psycopg", "anthropic", "e2b", "slack_sdk", "cryptography"} & set(packages.split())


async def test_the_environment_holds_no_secret(here: Bubblewrap, monkeypatch: pytest.MonkeyPatch):
    """Neither what the code is given nor what the processes around it were started with."""
    monkeypatch.setenv("PINYON_SECRET_KEY", "a-secret-that-must-stay")
    session = await here.start()
    assert "secret" not in (await says(session, "import os; dict(os.environ)")).lower()
    assert "No such file" in await fails(session, "open('/proc/1/environ').read()")
    await session.close()


async def test_another_sessions_files_and_variables_are_not_there(here: Bubblewrap):
    first, second = await here.start(), await here.start()
    await says(first, "x = 'mine'; open('mine.csv', 'w').write('a'); open('/tmp/mine', 'w').write('a')")
    assert await says(second, "import os; print(os.listdir('/work'), os.listdir('/tmp'), 'x' in globals())") == (
        "[] [] False"
    )
    await first.close()
    await second.close()


async def test_nothing_but_the_working_folder_and_tmp_can_be_written(session: BubblewrapSession):
    for place in ("/x", "/usr/lib/x", "/python/x", "/packages/x", "/dev/x", "/etc/x", "/inside/kernel.py"):
        assert re.match(r"(PermissionError|OSError)", await fails(session, f"open({place!r}, 'a')")), place


async def test_it_is_nobody_and_cannot_become_root(session: BubblewrapSession):
    assert await says(session, "import os; 0 in os.getresuid() + os.getresgid()") == "False"
    # Another number for root does not exist in a user namespace, which is the other answer.
    assert re.match("PermissionError|OSError.*Invalid argument", await fails(session, "os.setuid(0)"))


async def test_it_has_no_capabilities_and_can_gain_no_rights(session: BubblewrapSession):
    lines = r"^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs|Seccomp):\s+(\w+)$"
    held = dict(re.findall(lines, status_of(session), re.MULTILINE))
    assert {held[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {""}
    assert (held["NoNewPrivs"], held["Seccomp"]) == ("1", "2")


# Using up


async def test_it_can_start_no_other_process(session: BubblewrapSession):
    """No fork bomb: not even one fork."""
    for code in (
        "import os; os.fork()",
        "import subprocess; subprocess.run(['/bin/sh'])",
        "os.posix_spawn('/x', ['/x'], {})",
    ):
        assert (await fails(session, code)).startswith("PermissionError"), code
    assert await says(session, "os.system('true') != 0") == "True"


async def test_its_threads_are_counted(session: BubblewrapSession):
    code = """
import threading, time
stop = threading.Event()
try:
    for number in range(1000): threading.Thread(target=stop.wait, daemon=True).start()
except RuntimeError as error: print(number < 400, error)
stop.set()
"""
    assert await says(session, code) == "True can't start new thread"


async def test_memory_ends_in_an_error_and_the_session_goes_on(session: BubblewrapSession):
    assert await fails(session, "x = bytearray(8 << 30)") == "MemoryError"
    assert await says(session, "1 + 1") == "2"


async def test_memory_that_belongs_to_no_process_cannot_be_had(session: BubblewrapSession):
    code = "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
    code += "print(libc.memfd_create(b'x', 0), libc.shmget(0, 1 << 30, 0o1600))"
    assert await says(session, code) == "-1 -1"


async def test_ten_gigabytes_do_not_fit_into_a_file_nor_into_all_files(session: BubblewrapSession):
    code = "with open('big', 'wb') as file:\n for _ in range(10_000): file.write(bytes(1 << 20))"
    assert "File too large" in await fails(session, code)
    code = (
        "import os\nfor number in range(100):\n with open(f'big{number}', 'wb') as file: file.write(bytes(100 << 20))"
    )
    assert "No space left" in await fails(session, code)
    assert "No space left" in await fails(session, code.replace("'big", "'/tmp/big").replace("f'/", "f'/"))


async def test_a_flood_of_files_ends_the_session(session: BubblewrapSession):
    code = "for number in range(10**9): open(f'/work/{number}', 'w').close()"
    assert "files" in await ended_by(session, code)


async def test_an_endless_loop_is_interrupted_and_its_variables_stay():
    session = await Bubblewrap(furnished=False, seconds=0.5, grace=40).start()
    ran = await session.run("x = 1\nwhile True: pass", ())
    assert ran.error.startswith("It took longer than")
    assert "while True" in ran.error
    assert await says(session, "x") == "1"
    await session.close()


async def test_a_loop_that_will_not_be_interrupted_is_ended():
    session = await Bubblewrap(furnished=False, seconds=0.3, grace=0.5).start()
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    assert "could not be interrupted" in await ended_by(session, code)
    assert not runs(session)


async def test_endless_output_is_cut(session: BubblewrapSession):
    ran = await session.run("for _ in range(300_000): print('x' * 100)", ())
    assert len(ran.output) == OUTPUT
    assert "left out" in ran.notes[0]


async def test_between_two_runs_nothing_runs(session: BubblewrapSession):
    code = "import threading, time\nticks = 0\ndef tick():\n global ticks\n while True: ticks += 1; time.sleep(0.01)\n"
    await says(session, code + "threading.Thread(target=tick, daemon=True).start()")
    assert await soon(lambda: "State:\tT (stopped)" in status_of(session))


async def test_it_ends_with_its_parent(session: BubblewrapSession):
    session.process.kill()
    await session.process.wait()
    assert await soon(lambda: not runs(session))


async def test_code_that_is_no_longer_waited_for_is_ended(session: BubblewrapSession):
    running = asyncio.create_task(session.run("while True: pass", ()))
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.wait({running})
    assert not runs(session)


# Getting out


SURFACES = {
    "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "unshare": "libc.unshare(0x10000000)",
    "setns": "libc.setns(0, 0)",
    "ptrace": "libc.ptrace(16, 1, 0, 0)",
    "chroot": "libc.chroot(b'/tmp')",
    "keyctl": "libc.syscall(KEYCTL, 0, -3, 0)",
    "bpf": "libc.syscall(BPF, 0, 0, 0)",
    "perf_event_open": "libc.syscall(PERF, 0, 0, -1, -1, 0)",
    "userfaultfd": "libc.syscall(UFFD, 0)",
    "io_uring_setup": "libc.syscall(425, 1, 0)",
    "pidfd_open": "libc.syscall(434, 1, 0)",
    "open_tree": "libc.syscall(428, -100, b'/', 0)",
    "clone3": "libc.syscall(435, 0, 0)",
    "clone into a user namespace": "libc.syscall(CLONE, 0x10000000 | 17, 0, 0, 0, 0)",
    "process_vm_readv": "libc.process_vm_readv(1, 0, 0, 0, 0, 0)",
    "a device": "libc.mknod(b'/tmp/mem', 0o20600, 0x101)",
}
NUMBERS = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
KEYCTL, BPF, PERF, UFFD, CLONE = {"x86_64": (250, 321, 298, 323, 56)}.get(platform.machine(), (219, 280, 241, 282, 220))
def tried(name, call):
    ctypes.set_errno(0)
    answer = call()
    print(f"{name}: {answer} {errno.errorcode.get(ctypes.get_errno())}")
"""


async def test_the_doors_of_the_operating_system_are_shut(session: BubblewrapSession):
    tries = "\n".join(f"tried({name!r}, lambda: {code})" for name, code in SURFACES.items())
    said = await says(session, f"{NUMBERS}\n{tries}")
    assert [line for line in said.splitlines() if not re.search(r": -1 (EPERM|ENOSYS)$", line)] == []
    assert len(said.splitlines()) == len(SURFACES)


# Coming back


async def made(session: BubblewrapSession, code: str) -> Ran:
    ran = await session.run(code, ())
    assert ran.error == ""
    return ran


async def test_links_are_not_followed_out_of_the_folder(session: BubblewrapSession):
    code = "import os; os.symlink('/etc/ld.so.cache', 'a.csv'); os.symlink('/usr', 'b'); os.mkfifo('c.csv')"
    ran = await session.run(code.replace("; os.mkfifo('c.csv')", ""), ())
    assert (ran.error, ran.files) == ("", ())


async def test_names_of_what_comes_back_are_made_safe(session: BubblewrapSession):
    code = "import os; os.makedirs('a/b'); open('a/b/x\\\\..\\\\y.csv', 'w').write('1')\n"
    code += "open('ev\\u202eil\\n<script>.csv', 'w').write('1'); open(b'\\xff\\xfe.csv', 'w').write('1')"
    names = [file.name for file in (await made(session, code)).files]
    assert len(names) == 3
    assert all(re.fullmatch(r"[\w. ?-]+", name) for name in names), names


async def test_too_many_and_too_large_files_stay_where_they_are(session: BubblewrapSession):
    ran = await made(session, "for n in range(50): open(f'{n:02}.csv', 'w').write('1')")
    assert len(ran.files) == FILES
    assert any("not handed over" in note for note in ran.notes)
    ran = await made(session, "open('big.csv', 'wb').write(bytes(30_000_000))")
    assert ran.files == ()
    assert "big.csv (30,000,000 bytes) was not handed over: a file may have 20 MB." in ran.notes


async def test_a_picture_that_is_none_is_not_called_one(session: BubblewrapSession):
    ran = await made(session, "open('a.png', 'w').write('<html><script>alert(1)</script>')")
    assert [file.media for file in ran.files] == ["application/octet-stream"]


def framed(text: bytes) -> bytes:
    return len(text).to_bytes(4, "big") + text


FORGED = {
    "a length that no one has": b"\xff\xff\xff\xff",
    "no JSON": b"\x00\x00\x00\x04none",
    "another shape": b"\x00\x00\x00\x02[]",
    "a file larger than any": framed(
        b'{"number":"1","output":"","error":"","notes":[],"files":[{"name":"a","size":99999999999999}]}',
    ),
    "less than it said": b"\x00\x00\x10\x00{",
}


@pytest.mark.parametrize("frame", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_answer_ends_the_session_and_nothing_else(frame: bytes):
    session = await Bubblewrap(furnished=False).start()
    code = (
        f"import os\nfor number in range(3, 20):\n try: os.write(number, {frame!r})\n except OSError: pass\nos._exit(0)"
    )
    assert await ended_by(session, code)


async def test_an_answer_to_no_question_ends_the_session(session: BubblewrapSession):
    """Else the next question would get the answer to this one."""
    text = b'{"number":"1","output":"forged","error":"","notes":[],"files":[{"name":"../../x.csv","size":3,"alt":""}]}'
    frame = framed(text) + b"a,b"
    code = f"import os\nfor number in range(3, 20):\n try: os.write(number, {frame!r})\n except OSError: pass"
    assert await ended_by(session, code)


async def test_writing_past_python_reaches_nobody(session: BubblewrapSession):
    ran = await session.run("import os; os.write(1, b'\\0\\0\\0\\2{}'); os.write(2, b'x'); print('ok')", ())
    assert ran.output == "ok\n"


# What it is for


async def test_a_hundred_thousand_rows_are_read_grouped_and_charted():
    session = await Bubblewrap(style=PROJECT / "documents" / "pinyon.mplstyle").start()
    rows = "\n".join(f"2026-{number % 12 + 1:02}-01,{number % 7},{number % 1000}.50" for number in range(100_000))
    code = """
rows = pd.read_csv("sales.csv", parse_dates=["day"])
months = rows.groupby("day")["eur"].sum()
months.plot(title="Sales by month", xlabel="Month", ylabel="EUR")
len(rows), float(months.sum())
"""
    ran = await session.run(code, [("sales.csv", b"day,shop,eur\n" + rows.encode())])
    assert (ran.error, ran.output.strip()) == ("", "(100000, 50000000.0)")
    (chart,) = ran.files
    assert (chart.name, chart.media, chart.show) == ("sales-by-month.png", "image/png", True)
    assert chart.alt == "Sales by month. EUR by Month. Series: eur"
    assert (await session.run("months.iloc[0] > 0", ())).output.strip() == "True"
    await session.close()


async def test_workbooks_foreign_numbers_and_saved_charts_work():
    session = await Bubblewrap().start()
    code = """
table = pd.read_csv("amounts.csv", sep=";", decimal=",", thousands=".", encoding="cp1252")
table.to_excel("amounts.xlsx", index=False)
figure, axes = plt.subplots()
axes.bar(table["Größe"], table["Betrag"])
axes.set(title="Amounts", xlabel="Size", ylabel="EUR")
figure.savefig("amounts.png")
plt.show()
float(pd.read_excel("amounts.xlsx")["Betrag"].sum())
"""
    rows = "Größe;Betrag\nklein;1.234,50\ngroß;2.000,00\n".encode("cp1252")
    ran = await session.run(code, [("amounts.csv", rows)])
    assert (ran.error, ran.output) == ("", "3234.5\n")
    assert [(file.name, file.alt) for file in ran.files] == [
        ("amounts.xlsx", ""),
        ("amounts.png", "Amounts. EUR by Size"),
    ]
    await session.close()


def test_the_command_line_names_no_folder_of_the_project_but_one_file():
    bound = [word for word in command(as_root=True, style=None) if word.startswith(str(PROJECT))]
    code = [word for word in bound if ".venv" not in word]
    assert code == [str(PROJECT / "bot" / "sandbox" / "kernel.py")]
