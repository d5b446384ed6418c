"""What the web's tools show of pages and searches, what they keep of them, and what they tell the gate."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from documents.document import Unreadable
from integrations.errors import NotFound, ServiceUnavailable
from memory.ids import PersonId
from skills.errors import RetryToolCall, ToolFailed
from skills.record import PUBLIC, Record
from skills.skill import Asker, Result, ToolContext
from skills.web import SKILL
from skills.web.client import Hit, Hits, Page, Web, site_of
from skills.web.shown import MAX_HITS, MAX_TEXT, beginning
from skills.web.tools import read_page, search_web

ADDRESS = "https://contourlines.example/slope-shading"
PAGE = Page(
    asked=ADDRESS,
    address=ADDRESS,
    site="contourlines.example",
    title="What a slope map can and cannot tell you",
    text="A 25 metre grid hides a ten metre cliff. " * 10,
    kind="page",
    facts="by Wanjiru Mbeki of 2026-11-12, 199 words",
    name="slope-shading.html",
    media="text/html",
    body=b"<html>",
)
HITS = Hits(
    by="Brave",
    hits=(Hit(title="Slopes", address="https://a.example/slopes", snippet="Why 30 degrees"),),
    cost_usd=Decimal("0.01"),
)


class Fake:
    """A web of one page and one search."""

    def __init__(self, found: Page | Hits | Exception) -> None:
        self.found = found
        self.asked: list[str] = []

    async def page(self, address: str) -> Page:
        self.asked.append(address)
        if not isinstance(self.found, Page):
            raise AssertionError if isinstance(self.found, Hits) else self.found
        return self.found

    async def search(self, words: str) -> Hits:
        self.asked.append(words)
        if not isinstance(self.found, Hits):
            raise AssertionError if isinstance(self.found, Page) else self.found
        return self.found


def context(web: Web) -> ToolContext[Web]:
    asker = Asker(person=PersonId("T1:U1"), name="Ren")
    return ToolContext(client=web, account="", asker=asker, now=datetime(2026, 11, 22, tzinfo=UTC))


async def reading(page: Page | Exception, url: str = ADDRESS) -> Result:
    return await read_page.run(context(Fake(page)), url)


async def searching(found: Hits | Exception, query: str = "slope maps") -> Result:
    return await search_web.run(context(Fake(found)), query)


def shown(result: Result) -> dict[str, object]:
    assert isinstance(result.content, dict)
    return dict(result.content)


# Pages


async def test_a_page_is_shown_with_all_that_a_citation_needs():
    result = await reading(PAGE)
    assert result.content == {
        "title": PAGE.title,
        "site": "contourlines.example",
        "facts": PAGE.facts,
        "link": ADDRESS,
        "text": PAGE.text,
    }
    assert (result.link, result.links, result.said) == (ADDRESS, (ADDRESS,), "Read contourlines.example")
    assert (result.untrusted, result.files) == (True, ())


async def test_inj_sources_a_page_is_words_of_others_that_anybody_can_read():
    result = await reading(PAGE)
    assert result.records == (
        Record(
            kind="page",
            id=ADDRESS,
            name=PAGE.title,
            keys=(ADDRESS,),
            readers=frozenset({PUBLIC}),
            text=f"{PAGE.facts}\n{PAGE.text}",
        ),
    )


async def test_a_page_of_an_opened_host_is_not_public():
    result = await reading(replace(PAGE, is_public=False))
    assert result.records[0].readers == frozenset()


async def test_a_redirect_to_another_site_is_told():
    there = "https://elsewhere.example/x"
    result = await reading(replace(PAGE, address=there, site="elsewhere.example", is_elsewhere=True))
    content = shown(result)
    assert (content["link"], content["redirected_from"]) == (there, ADDRESS)
    assert content["note"] == "The address led on to another site, elsewhere.example: tell the person."
    assert result.records[0].keys == (ADDRESS, there)


async def test_of_a_long_page_the_beginning_is_shown_and_the_whole_is_kept():
    text = "\n\n".join(f"Paragraph {n}. " + "Snow. " * 100 for n in range(80))
    result = await reading(replace(PAGE, text=text, title="Snow: a / history"))
    content, (file,) = shown(result), result.files
    beginning_ = str(content["text"])
    assert len(beginning_) <= MAX_TEXT
    assert text.startswith(beginning_)
    assert beginning_.endswith("Snow.")
    assert content["note"] == (
        f"These are the first {len(beginning_):,} of {len(text):,} characters."
        " The whole lies in the file 'Snow-a-history.txt'."
    )
    assert (file.name, file.body.decode(), file.show) == ("Snow-a-history.txt", text, False)


async def test_a_file_behind_a_link_is_kept_as_it_was_served():
    sheet = replace(PAGE, kind="sheet", name="usage.csv", media="text/csv", body=b"a,b\n1,2", text="a,b\n1,2")
    result = await reading(sheet)
    (file,) = result.files
    assert (file.name, file.body, file.media, shown(result)["kept_as"]) == (
        "usage.csv",
        b"a,b\n1,2",
        "text/csv",
        "usage.csv",
    )


@pytest.mark.parametrize("is_picture", [True, False])
async def test_a_picture_is_shown_to_the_model(is_picture: bool):  # noqa: FBT001 - a parameter of the test
    result = await reading(replace(PAGE, kind="picture", text="", name="a.png", is_picture=is_picture))
    assert [file.look for file in result.files] == [is_picture]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (replace(PAGE, text=""), "drawn by a script, or want a sign-in"),
        (replace(PAGE, note="I read the first 300 of 812 pages."), "first 300 of 812"),
    ],
)
async def test_what_is_missing_is_said_with_what_helps(page: Page, said: str):
    assert said in str(shown(await reading(page))["note"])


@pytest.mark.parametrize("url", ["contourlines.example", "ftp://a.example", "", "javascript:alert(1)", "tamarack/web"])
async def test_an_address_is_whole_or_the_model_mends_it(url: str):
    web = Fake(PAGE)
    with pytest.raises(RetryToolCall, match="https://"):
        await read_page.run(context(web), url)
    assert web.asked == []


async def test_cost_dos_an_address_has_an_end():
    with pytest.raises(RetryToolCall, match="4,000 characters"):
        await reading(PAGE, "https://a.example/" + "x" * 4_000)


@pytest.mark.parametrize("error", [Unreadable("It is a video."), ServiceUnavailable("a.example is not answering.")])
async def test_one_page_that_fails_does_not_end_the_answer(error: Exception):
    with pytest.raises(ToolFailed, match=str(error)):
        await reading(error)


async def test_what_is_not_there_stays_what_it_is():
    with pytest.raises(NotFound):
        await reading(NotFound("There is no such page."))


@pytest.mark.parametrize("text", ["", "short", "x" * MAX_TEXT])
def test_what_fits_is_shown_whole(text: str):
    assert beginning(text) == text


@pytest.mark.parametrize("text", ["x" * 50_000, "word " * 10_000, "line\n" * 10_000, "One. Two. " * 5_000])
def test_a_cut_is_made_where_a_reader_would_make_it(text: str):
    cut = beginning(text)
    assert MAX_TEXT * 0.85 < len(cut) <= MAX_TEXT
    assert text.startswith(cut)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.Contour.Example./a", "contour.example"),
        ("http://a.example:80?x#y", "a.example"),
        ("https://u:p@a.example/", "a.example"),
    ],
)
def test_a_site_is_its_host(address: str, site: str):
    assert site_of(address) == site


# Searching


async def test_a_search_shows_title_address_and_extract_and_gives_the_addresses():
    result = await searching(HITS)
    assert result.content == {
        "results": [{"title": "Slopes", "link": "https://a.example/slopes", "snippet": "Why 30 degrees"}],
        "searched_by": "Brave",
    }
    assert result.links == ("https://a.example/slopes",)
    assert (result.said, result.cost_usd) == ("Searched the web, 1 result", Decimal("0.01"))
    assert result.records == (
        Record(
            kind="page",
            id="https://a.example/slopes",
            name="Slopes",
            keys=("https://a.example/slopes",),
            readers=frozenset({PUBLIC}),
            text="Why 30 degrees",
        ),
    )


async def test_cost_dos_a_search_shows_ten_results_however_long():
    many = Hits(
        by="Brave",
        hits=tuple(Hit(title="t" * 999, address=f"https://a.example/{n}", snippet="s" * 9_999) for n in range(40)),
    )
    result = await searching(many)
    assert len(result.links) == len(result.records) == str(result.content).count("'link'") == MAX_HITS
    assert len(str(result.content)) < 12_000


async def test_nothing_found_says_what_to_try():
    content = shown(await searching(Hits(by="Brave", hits=())))
    assert "Try fewer or other words" in str(content["note"])


@pytest.mark.parametrize("query", ["", "   ", "x" * 401])
async def test_a_search_is_for_a_few_words(query: str):
    with pytest.raises(RetryToolCall, match="1 to 400 characters"):
        await searching(HITS, query)


async def test_a_search_that_fails_does_not_end_the_answer():
    with pytest.raises(ToolFailed):
        await searching(ServiceUnavailable("The web search is not answering."))


# As declared


def test_exfil_fetch_both_tools_tell_others_something():
    assert [(tool.name, tool.effect, tool.egress) for tool in SKILL.tools] == [
        ("read_page", "read", True),
        ("search_web", "read", True),
    ]
    assert (SKILL.integration, SKILL.at_hand, SKILL.audience) == (None, True, "here")
