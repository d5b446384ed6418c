"""The confined process limits itself, and answers in one frame, also without walls around it (cost_dos)."""

import asyncio
import json
import sys
from dataclasses import asdict, replace

from documents.confined import LIMITS, Limits
from documents.worker import BROKE, DONE, REFUSED, SWAMPED, frame
from tests.documents.made import picture, word_xml


async def worked(body: bytes, name: str, *, job: str = "read", limits: Limits = LIMITS) -> tuple[bytes, bytes, int]:
    """What a worker answers: the kind, what it says, and how it ended."""
    told = json.dumps({"job": job, "options": {"name": name}, "limits": asdict(limits)}).encode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-m", "documents.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ".", "MALLOC_ARENA_MAX": "1"},
    )
    out, wrong = await process.communicate(len(told).to_bytes(8, "big") + told + body)
    assert wrong == b""
    kind, said = out[:1], out[9:]
    if out:
        assert out == frame(kind, said)
    return kind, said, process.returncode or 0


async def test_it_answers_with_the_document():
    kind, said, ended = await worked(b"Hello", "a.txt")
    assert (kind, ended) == (DONE, 0)
    assert json.loads(said)["parts"] == [{"place": "", "text": "Hello"}]


async def test_it_refuses_in_a_sentence():
    kind, said, _ = await worked(b"PK\x03\x04", "a.zip")
    assert kind == REFUSED
    assert said.decode().startswith("The file is damaged")


async def test_it_takes_no_more_memory_than_it_may():
    body = picture(7_000, 7_000)
    kind, _, _ = await worked(body, "a.png", limits=replace(LIMITS, memory_bytes=150_000_000))
    assert kind == SWAMPED


async def test_it_computes_no_longer_than_it_may():
    body = b"<html><body>" + b"<div>" * 100_000
    kind, _, ended = await worked(body, "a.html", limits=replace(LIMITS, cpu_seconds=1))
    assert kind == b""
    assert ended < 0


async def test_of_what_breaks_it_says_where_and_not_what():
    kind, said, _ = await worked(word_xml("<w:sdt>" * 50_000 + "secret" + "</w:sdt>" * 50_000), "a.docx")
    assert kind == BROKE
    assert said.startswith(b"RecursionError at documents.kind_word:")


async def test_it_knows_no_other_job():
    kind, said, _ = await worked(b"", "a", job="os.system")
    assert (kind, said[:8]) == (BROKE, b"KeyError")
