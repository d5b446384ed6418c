"""Taking back, on the page of connections, what is done without asking."""

import re

import httpx

from bot.toolbox.declared import permission
from memory.permissions import StandingPermissions
from tests.bot.web.fakes import JAMAL, NOW, REN, World, comment, csrf


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def give(world: World, repository: str = "tamarack/web") -> str:
    """The address at which it is taken back."""
    permissions = StandingPermissions(world.site.people.database)
    await permissions.give(
        JAMAL,
        permission(comment, {"repository": repository}, ""),
        tool="comment",
        target=repository,
        says=f"post comments in {repository}",
        integration="github",
        now=NOW,
    )
    newest, *_ = await permissions.list(JAMAL)
    return f"/connections/permissions/{newest.id}/revoke"


async def revoke(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": await csrf(browser, "/connections")})


async def test_without_any_there_is_no_such_list(world: World) -> None:
    assert "Without asking" not in (await (await world.signed_in(JAMAL)).get("/connections")).text


async def test_what_is_done_without_asking_is_listed_for_its_person_alone(world: World) -> None:
    await give(world)
    page = words((await (await world.signed_in(JAMAL)).get("/connections")).text)
    assert "Post comments in tamarack/web GitHub · since today Revoke" in page
    assert "tamarack/web" not in (await (await world.signed_in(REN)).get("/connections")).text


async def test_what_is_taken_back_is_asked_again(world: World) -> None:
    path = await give(world)
    browser = await world.signed_in(JAMAL)
    done = await revoke(browser, path)
    assert done.status_code == 200
    assert "I ask again before I post comments in tamarack/web." in words(done.text)
    assert "Without asking" not in done.text
    again = await revoke(browser, path)
    assert (again.status_code, "You took it back already" in again.text) == (404, True)
    assert await StandingPermissions(world.site.people.database).given(JAMAL) == frozenset()


async def test_nobody_takes_back_what_somebody_else_gave(world: World) -> None:
    path = await give(world)
    assert (await revoke(await world.signed_in(REN), path)).status_code == 404
    assert len(await StandingPermissions(world.site.people.database).given(JAMAL)) == 1


async def test_a_target_is_drawn_as_text(world: World) -> None:
    """web_xss"""
    path = await give(world, "<script>alert(1)</script>")
    browser = await world.signed_in(JAMAL)
    assert "<script" not in (await browser.get("/connections")).text
    assert "<script" not in (await revoke(browser, path)).text
