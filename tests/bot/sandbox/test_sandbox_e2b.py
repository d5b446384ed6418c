"""Sandboxes at E2B, spoken to as the vendor's client does, at a stand-in for E2B."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.e2b import E2B, E2BSession
from bot.sandbox.kernel import FILE, OUTPUT
from bot.sandbox.sandbox import Lost
from tests.fakes.e2b import KEY, FakeE2B, fake_e2b

HOME = "/home/user"
PICTURE = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
async def e2b() -> AsyncIterator[FakeE2B]:
    async with fake_e2b() as fake:
        yield fake


def at(fake: FakeE2B, key: str = KEY, style: Path | None = None) -> E2B:
    return E2B(key=key, api_url=fake.url, sandbox_url=fake.url, style=style)


@pytest.fixture
async def session(e2b: FakeE2B) -> AsyncIterator[E2BSession]:
    session = await at(e2b).start()
    yield session
    await session.close()


async def test_a_sandbox_is_begun_without_a_way_to_the_internet(e2b: FakeE2B, session: E2BSession):
    """[sandbox] And without anything of ours in its environment."""
    (asked,) = e2b.created
    assert asked["templateID"] == "code-interpreter-v1"
    assert asked["allow_internet_access"] is False
    assert not asked.get("envVars")


async def test_what_is_printed_and_the_last_value_come_back(e2b: FakeE2B, session: E2BSession):
    e2b.answers["print(1); 2"] = [
        {"type": "stdout", "text": "1\n", "timestamp": 1},
        {"type": "stderr", "text": "careful\n", "timestamp": 2},
        {"type": "result", "text": "2", "is_main_result": True},
    ]
    ran = await session.run("print(1); 2", ())
    assert (ran.output, ran.error, ran.files) == ("1\ncareful\n2", "", ())


async def test_a_traceback_comes_back_as_the_error(e2b: FakeE2B, session: E2BSession):
    traceback = "ZeroDivisionError: division by zero"
    e2b.answers["1/0"] = [{"type": "error", "name": "ZeroDivisionError", "value": "", "traceback": traceback}]
    assert (await session.run("1/0", ())).error == traceback


async def test_a_figure_comes_back_as_a_chart_with_what_it_shows(e2b: FakeE2B, session: E2BSession):
    chart: dict[str, Any] = {
        "type": "line",
        "title": "Sales",
        "x_label": "Month",
        "y_label": "EUR",
        "elements": [],
        "x_unit": None,
    }
    chart |= {"y_unit": None, "x_ticks": [], "x_tick_labels": [], "x_scale": "linear"}
    chart |= {"y_ticks": [], "y_tick_labels": [], "y_scale": "linear"}
    picture: dict[str, Any] = {
        "type": "result",
        "png": base64.b64encode(PICTURE).decode(),
        "text": "<Figure>",
        "chart": chart,
    }
    e2b.answers["plot()"] = [picture]
    (file,) = (await session.run("plot()", ())).files
    assert (file.name, file.media, file.body, file.show) == ("chart-1-1.png", "image/png", PICTURE, True)
    assert file.alt == "Sales. EUR by Month"


async def test_files_go_in_and_only_new_ones_come_back(e2b: FakeE2B, session: E2BSession):
    e2b.writes["go"] = {f"{HOME}/out.csv": b"a,b", f"{HOME}/.hidden": b"x"}
    ran = await session.run("go", [("in.csv", b"1,2"), ("in2.csv", b"3")])
    assert e2b.files[f"{HOME}/in.csv"] == b"1,2"
    assert [(file.name, file.media, file.body) for file in ran.files] == [("out.csv", "text/csv", b"a,b")]
    assert (await session.run("1", ())).files == ()


async def test_what_a_failed_run_wrote_comes_with_the_run_that_mends_it(e2b: FakeE2B, session: E2BSession):
    e2b.writes["bad"] = {f"{HOME}/out.csv": b"a,b"}
    e2b.answers["bad"] = [{"type": "error", "name": "E", "value": "", "traceback": "E"}]
    assert (await session.run("bad", ())).files == ()
    assert [file.name for file in (await session.run("good", [("in.csv", b"1")])).files] == ["out.csv"]


async def test_links_and_large_files_stay_there(e2b: FakeE2B, session: E2BSession):
    """[sandbox]"""
    e2b.writes["go"] = {f"{HOME}/link.csv": b"x", f"{HOME}/big.csv": bytes(FILE + 1)}
    e2b.links.append(f"{HOME}/link.csv")
    ran = await session.run("go", ())
    assert ran.files == ()
    assert "big.csv" in ran.notes[0]


async def test_output_is_cut(e2b: FakeE2B, session: E2BSession):
    e2b.answers["much"] = [{"type": "stdout", "text": "x" * 1000, "timestamp": 1}] * 150
    assert len((await session.run("much", ())).output) == OUTPUT


async def test_endless_output_ends_the_sandbox(e2b: FakeE2B, session: E2BSession):
    """[sandbox]"""
    e2b.answers["more"] = [{"type": "stdout", "text": "x" * 100_000, "timestamp": 1}] * 30
    with pytest.raises(Lost, match="printed more than"):
        await session.run("more", ())
    assert e2b.killed == ["s1"]


async def test_a_sandbox_that_ended_is_lost_and_said_so(e2b: FakeE2B, session: E2BSession):
    e2b.is_gone = True
    with pytest.raises(Lost):
        await session.run("1", ())


async def test_a_key_that_is_not_accepted_is_named_by_its_setting(e2b: FakeE2B):
    with pytest.raises(Lost, match="E2B_API_KEY") as lost:
        await at(e2b, key="e2b_wrong").start()
    assert "e2b_wrong" not in str(lost.value)


async def test_charts_look_as_ours_do_there_too(e2b: FakeE2B):
    style = Path(__file__).parents[3] / "documents" / "pinyon.mplstyle"
    session = await at(e2b, style=style).start()
    assert e2b.files[f"{HOME}/.chart.mplstyle"] == style.read_bytes()
    await session.close()
