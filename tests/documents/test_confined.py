"""What parses the files of strangers has limits on all it takes, and says nothing but its answer (cost_dos)."""

import asyncio
import sys
from dataclasses import replace

import psutil
import pytest

from documents.confined import LIMITS, Broke, Overran, confined
from documents.document import Unreadable
from documents.kind_table import MAX_ROWS
from documents.reading import read
from tests.documents.made import picture, rows, word_xml

_SLOW = b"<html><body>" + b"<div>" * 100_000


async def test_a_job_that_takes_too_long_is_ended():
    with pytest.raises(Overran, match="takes too long") as overran:
        await confined("read", b"hello", {"name": "a.txt"}, limits=replace(LIMITS, seconds=0))
    assert overran.value.what == "time"


async def test_a_job_that_computes_too_long_is_ended():
    with pytest.raises(Overran) as overran:
        await confined("read", _SLOW, {"name": "a.html"}, limits=replace(LIMITS, cpu_seconds=1))
    assert overran.value.what == "time"


async def test_a_job_that_takes_too_much_memory_is_ended():
    wide = picture(7_000, 7_000)
    with pytest.raises(Overran) as overran:
        await confined("read", wide, {"name": "a.png"}, limits=replace(LIMITS, memory_bytes=150_000_000))
    assert overran.value.what == "memory"


async def test_a_job_that_makes_too_much_is_ended():
    with pytest.raises(Overran) as overran:
        await confined("read", rows(MAX_ROWS), {"name": "a.csv"}, limits=replace(LIMITS, output_bytes=1_000))
    assert overran.value.what == "output"


async def test_a_job_that_nobody_knows_breaks_without_a_word_of_its_error():
    with pytest.raises(Broke) as broke:
        await confined("no such job", b"secret")
    assert "job" not in str(broke.value)
    assert "Error" not in str(broke.value)


async def test_what_broke_is_told_to_the_operator_by_its_place_and_not_by_its_words(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(Unreadable) as why:
        await read(word_xml("<w:sdt>" * 50_000 + "a secret" + "</w:sdt>" * 50_000), name="secret.docx")
    assert "damaged" in str(why.value)
    out = capsys.readouterr().out
    assert "RecursionError at documents.kind_word:" in out
    assert "secret" not in out


async def test_a_job_that_is_no_longer_wanted_ends_with_whoever_wanted_it():
    wanted = asyncio.create_task(confined("read", _SLOW, {"name": "a.html"}))
    await asyncio.sleep(0.3)
    wanted.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wanted
    assert _children() == []


async def test_many_at_once_are_read_in_turn():
    read_all = await asyncio.gather(*(read(f"file {n}".encode(), name="a.txt") for n in range(12)))
    assert [f"file {n}" for n in range(12)] == [document.text for document in read_all]


async def test_the_worst_of_files_stays_below_500_megabytes():
    """In a process of its own: what its children took at most is then theirs alone."""
    script = (
        "import asyncio, resource\n"
        "from documents.document import Unreadable\n"
        "from documents.reading import read\n"
        "from tests.documents.made import office, picture, said, word_xml, workbook\n"
        "worst = [\n"
        "    (word_xml(''.join(said(f'Row {n} of many, many rows') for n in range(150_000))), 'a.docx'),\n"
        "    (office('word/document.xml', {'word/document.xml': b'0' * 90_000_000}, method=0), 'a.docx'),\n"
        "    (picture(7_000, 7_000), 'a.png'),\n"
        "    (b'[' + b'{},' * 4_000_000 + b'{}]', 'a.json'),\n"
        "]\n"
        "async def main():\n"
        "    for body, name in worst:\n"
        "        try:\n"
        "            await read(body, name=name)\n"
        "        except Unreadable:\n"
        "            pass\n"
        "asyncio.run(main())\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": "."}
    )
    out, _ = await process.communicate()
    peak = int(out.decode().split()[-1])
    assert 50_000_000 < peak < 500_000_000


def _children() -> list[str]:
    """What still runs of the confined processes that this one began."""
    began = psutil.Process().children(recursive=True)
    return [name for process in began if (name := " ".join(process.cmdline())) and "documents.worker" in name]
