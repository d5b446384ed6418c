"""Pages on paper, printed by a real browser where there is one."""

from pathlib import Path
from typing import Any

import pytest

from documents.writing import NoBrowser, NotWritten, find_browser, write_page, write_pdf

BROWSER = find_browser()
printing = pytest.mark.skipif(not BROWSER, reason="needs Chromium")
CHART = '```chart\n{"kind":"bar","title":"Open","labels":["A","B"],"series":{"x":[1,2]}}\n```\n'


def words_of(pdf: bytes) -> list[str]:
    """The words of each page."""
    import pypdfium2

    document: Any = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


@printing
async def test_a_report_becomes_a_pdf_with_its_text() -> None:
    html = await write_page("Orders", f"Two risks remain.\n\n{CHART}", by="Made for Ren")
    [words] = words_of(await write_pdf(html, browser=BROWSER))
    assert "Orders" in "".join(words.split())
    assert "Two risks remain." in words
    assert "Show as table" not in words


@printing
async def test_each_slide_is_a_page() -> None:
    html = await write_page("Talk", f"## One\n\n{CHART}\n## Two\n\n- a", form="slides")
    pages = words_of(await write_pdf(html, browser=BROWSER))
    found = ["".join(page.split()) for page in pages]
    assert [page[:3] for page in found] == ["Tal", "One", "Two"]
    assert not any("Next" in page for page in pages)


async def test_without_a_browser_it_says_what_is_missing() -> None:
    with pytest.raises(NoBrowser, match="PINYON_CHROMIUM"):
        await write_pdf("<p>", browser="")


async def test_a_browser_that_prints_nothing_is_said_in_a_sentence() -> None:
    with pytest.raises(NotWritten, match="could not print"):
        await write_pdf("<p>", browser="/bin/true")


async def test_a_browser_gets_no_variable_of_ours_and_no_way_out(tmp_path: Path) -> None:
    """exfil_fetch"""
    told = tmp_path / "told"
    pretending = tmp_path / "chromium"
    pretending.write_text(f'#!/bin/sh\n{{ env; printf "%s\\n" "$@"; }} > {told}\n')
    pretending.chmod(0o755)
    with pytest.raises(NotWritten):
        await write_pdf("<p>", browser=str(pretending))
    lines = told.read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if not line.startswith("-")}
    assert named <= {"HOME", "TMPDIR", "PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_"} | {
        line for line in lines if "://" in line
    }
    assert "--proxy-server=127.0.0.1:1" in lines
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in lines


def test_a_browser_that_is_named_is_used_or_none() -> None:
    assert find_browser("/bin/sh") == "/bin/sh"
    assert find_browser("/nowhere/chromium") == ""
