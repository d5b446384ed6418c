"""Behind the walls there is Python and nothing else (sandbox, cost_dos)."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from documents.walls import walls, works


async def _inside(code: str, *, writable: Mapping[Path, str] | None = None, read_only: Sequence[Path] = ()) -> str:
    """What a program says behind the walls, or the last line of why it failed."""
    if why := await works():
        pytest.skip(f"needs bubblewrap: {why}")
    process = await asyncio.create_subprocess_exec(
        *walls(environment={"GREETING": "hello"}, writable=writable, read_only=read_only, room=1_000_000),
        *(sys.executable, "-c", code),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"SECRET": "of this machine"},
    )
    out, _ = await process.communicate()
    return out.decode().strip().rpartition("\n")[2]


async def test_it_knows_no_secret_and_no_account_of_this_machine(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("of this machine")
    said = await _inside(
        "import os\n"
        f"seen = [os.path.exists(place) for place in ({str(secret)!r}, '/etc/passwd')]\n"
        "print(sorted(os.environ), *seen, os.getuid())"
    )
    assert said.endswith("False False 65534")
    assert "SECRET" not in said
    assert "GREETING" in said


async def test_it_reaches_no_network():
    said = await _inside(
        "import socket\n"
        "for place in (('127.0.0.1', 5432), ('169.254.169.254', 80), ('1.1.1.1', 443)):\n"
        "    try:\n"
        "        socket.create_connection(place, timeout=1); print('reached')\n"
        "    except OSError as error: print(type(error).__name__)\n"
    )
    assert said in {"OSError", "ConnectionRefusedError", "TimeoutError"}


async def test_what_it_may_see_it_sees_also_under_the_folder_that_is_its_own():
    """A checkout, and with it Python itself, may lie under /tmp."""
    with tempfile.NamedTemporaryFile(dir="/tmp", suffix=".txt") as file:
        file.write(b"seen")
        file.flush()
        assert await _inside(f"print(open({file.name!r}).read())", read_only=[Path(file.name)]) == "seen"


async def test_it_writes_nowhere_but_into_the_room_that_it_has():
    said = await _inside(
        "wrote = []\n"
        "for place in ('/a', '/dev/a', '/dev/shm/a', '/lib/a', '/usr/lib/a', '/tmp/a'):\n"
        "    try:\n"
        "        open(place, 'w').write('x'); wrote.append(place)\n"
        "    except OSError: pass\n"
        "print(wrote)\n"
    )
    assert said == "['/tmp/a']"


async def test_it_fills_no_more_than_its_room():
    assert "No space left" in await _inside("open('/tmp/a', 'wb').write(bytes(5_000_000))")


async def test_what_it_writes_into_a_folder_that_it_was_given_stays(tmp_path: Path):
    await _inside("open('/given/a.txt', 'w').write('made')", writable={tmp_path: "/given"})
    assert (tmp_path / "a.txt").read_text() == "made"


async def test_it_sees_no_process_of_this_machine():
    assert await _inside("import os; print(os.path.exists('/proc/self'), os.getpid() < 10)") == "False True"


async def test_it_makes_no_walls_of_its_own_to_gain_rights():
    said = await _inside(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.unshare(0x10000000), libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))\n"
    )
    assert said == "-1 -1"
