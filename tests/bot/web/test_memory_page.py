"""The page of what is remembered: what a person sees, changes, forgets and takes with them."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from memory.database import Database
from memory.parameters.evidence import Value, memory_id
from tests.bot.web.fakes import JAMAL, REN, World, build_world, csrf
from tests.bot.web.remembering import (
    BOARD,
    LABELS,
    MINUTES,
    PREFIX,
    Doings,
    Habits,
    ask_review,
    happened,
    holding,
    week,
    with_habits,
)

HOSTILE = '<script>alert("x")</script>\u202e<b>'


@pytest.fixture
async def living(database: Database) -> tuple[World, Habits]:
    world, habits = with_habits(database)
    await habits.begin()
    return world, habits


@pytest.fixture
def world(living: tuple[World, Habits]) -> World:
    return living[0]


@pytest.fixture
def habits(living: tuple[World, Habits]) -> Habits:
    return living[1]


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    return await world.signed_in(JAMAL)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\u00a0", " ").split())


async def post(browser: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": await csrf(browser, "/connections"), **form})


async def standing(habits: Habits, id: str = BOARD) -> tuple[Value, str]:
    known = await habits.seen.find(JAMAL, id)
    assert known
    return known.value, known.standing


async def count(habits: Habits) -> int:
    return len(await habits.seen.all_of(JAMAL)) + len(await habits.seen.names_of(JAMAL))


async def test_a_value_stands_with_how_often_when_and_where_it_was_used(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/memory?skill=tickets")).text
    assert (
        "Creating a ticket Title prefix always [infra] You set it 3 Nov 15 of your last 15 used today first 4 Nov"
        " mostly in #platform Change Forget"
    ) in words(page)
    assert "Board Platform (INFRA) 14 of your last 15 used today first 4 Nov mostly in #platform" in words(page)
    assert '<span class="seeds" role="img" aria-label="14 of your last\u00a015">' in page
    seeds = re.findall(r'class="seed( no)?"', page.partition(f'id="{BOARD}"')[2].partition("</li>")[0])
    assert seeds == [""] * 10 + [" no"] + [""] * 4, "the newest at the right, hollow where it was another value"


async def test_what_depends_on_another_value_says_on_which(browser: httpx.AsyncClient) -> None:
    page = words((await browser.get("/memory?skill=tickets")).text)
    assert "Labels, when the board is Platform (INFRA) certificates, staging 14 of your last 14" in page


async def test_what_is_never_filled_in_says_so(browser: httpx.AsyncClient) -> None:
    page = words((await browser.get("/memory?skill=tickets")).text)
    assert "Minutes never left to you You asked never to fill this in Change" in page


async def test_every_skill_has_a_tab_with_its_count(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/memory?skill=pull_requests")).text
    assert "Pull requests 2 Tickets 4 Names 1" in words(page)
    assert 'href="/memory?skill=pull_requests" aria-current="page"' in page
    assert "Reviewers, when the repository is tamarack/web priya, ren Used once today Change" in words(page)
    assert "Platform" not in page


async def test_a_tab_that_is_not_there_leads_to_the_first(browser: httpx.AsyncClient) -> None:
    for skill in ("", "mail", "%00", "../x"):
        page = await browser.get(f"/memory?skill={skill}")
        assert (page.status_code, "tamarack/web" in page.text) == (200, True)


async def test_the_persons_own_words_have_a_tab_and_are_forgotten_in_one_tap(
    browser: httpx.AsyncClient, habits: Habits, database: Database
) -> None:
    page = (await browser.get("/memory?skill=names")).text
    assert "“ my manager ” Head of Platform used" in words(page)
    path = re.findall(r'action="(/memory/n_\w+/forget)"', page)[0]
    done = words((await post(browser, path)).text)
    assert "Forgot whom or what “my manager” means. I will ask next time." in done
    assert await habits.seen.names_of(JAMAL) == []
    assert await holding(database, "my manager") == []


async def test_without_anything_known_the_page_says_what_will_be_there(world: World) -> None:
    browser = await world.signed_in(REN)
    page = (await browser.get("/memory")).text
    assert (
        "Nothing remembered yet File a ticket or plan a meeting with Pinyon."
        " What you choose yourself shows up here. File a ticket in Slack"
    ) in words(page)
    assert 'href="https://slack.test/app_redirect?team=T1">File a ticket' in page
    assert "Forget everything" not in page


async def test_what_others_wrote_is_text_and_nothing_in_it_hides(world: World, habits: Habits) -> None:
    """web_xss"""
    for value in (HOSTILE, f"{HOSTILE}2", HOSTILE):
        await habits.use(ask_review, REN, values={"repository": value, f"reviewers|{value}": (value,)})
    await habits.aliases.keep(REN, f"my {HOSTILE}", "person", ["U1"], shown=HOSTILE)
    browser, board = await world.signed_in(REN), memory_id(REN, "ask_review", "repository")
    pages = [await browser.get(path) for path in ("/memory", "/memory?skill=names", f"/memory/{board}")]
    pages.append(await post(browser, f"/memory/{board}/change", pick=f"{HOSTILE}2"))
    pages.append(await post(browser, f"/memory/{board}/forget"))
    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"<script|<b>", page.text)
        assert "\\u202e" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "\u202e" not in "".join(page.text for page in (pages[0], pages[1], pages[3], pages[4]))


async def test_a_change_offers_the_other_values_and_says_what_was_retired(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    page = (await browser.get(f"/memory/{BOARD}")).text
    assert re.findall(r'name="pick" value="(\w+)"', page) == ["WEB"]
    assert "Last used today at 11:44 : you chose it First used 4 Nov Mostly in #platform" in words(page)
    done = await post(browser, f"/memory/{BOARD}/change", pick="WEB")
    assert "Board is now Storefront (WEB). I stopped using Platform (INFRA). Undo" in words(done.text)
    assert await standing(habits) == ("WEB", "order")


async def test_another_value_can_be_written(browser: httpx.AsyncClient, habits: Habits) -> None:
    done = await post(browser, f"/memory/{BOARD}/change", other="  Data   (DATA) ")
    assert "Board is now Data (DATA). I stopped using Platform (INFRA)." in words(done.text)
    assert await standing(habits) == ("Data (DATA)", "order")


async def test_a_list_is_written_with_commas_and_left_blank_in_words(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    assert "Several of them with commas in between" in (await browser.get(f"/memory/{LABELS}")).text
    done = await post(browser, f"/memory/{LABELS}/change", other="web, certificates")
    assert "Labels, when the board is Platform (INFRA) is now certificates, web." in words(done.text)
    assert await standing(habits, LABELS) == (("certificates", "web"), "order")
    done = await post(browser, f"/memory/{LABELS}/change", other="leave blank")
    assert "Labels, when the board is Platform (INFRA) is now left blank." in words(done.text)
    assert await standing(habits, LABELS) == (None, "order")


async def test_what_is_wrong_stands_at_the_field_and_changes_nothing(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    before = await habits.seen.all_of(JAMAL)
    cases: list[tuple[str, dict[str, str], str]] = [
        (BOARD, {}, "Pick one of your values, or write another one."),
        (BOARD, {"pick": "WEB", "other": "Mob"}, "You picked a value and wrote another one. Keep one of them."),
        (BOARD, {"other": "x" * 301}, "Write something shorter, of at most 200 characters."),
        (BOARD, {"other": "a\u202eb"}, "Write it without characters that cannot be seen."),
        (MINUTES, {"other": "soon"}, "Write a whole number, such as 30."),
    ]
    for known, form, said in cases:
        answer = await post(browser, f"/memory/{known}/change", **form)
        assert answer.status_code == 400
        assert f'<span class="wrong" id="wrong">{said}</span>' in answer.text
        assert 'aria-invalid="true" aria-describedby="wrong"' in answer.text
        assert form.get("other", "") in answer.text
    assert await habits.seen.all_of(JAMAL) == before


async def test_a_change_is_taken_back_once(browser: httpx.AsyncClient, habits: Habits) -> None:
    before = await habits.seen.find(JAMAL, BOARD)
    done = (await post(browser, f"/memory/{BOARD}/change", pick="WEB")).text
    change, back = (re.findall(f'name="{name}" value="([^"]*)"', done)[0] for name in ("change", "back"))
    answer = words((await post(browser, "/memory/undo", change=change, back=back)).text)
    assert "Board is now Platform (INFRA) again." in answer
    assert await habits.seen.find(JAMAL, BOARD) == before
    again = await post(browser, "/memory/undo", change=change)
    assert again.status_code == 400
    assert "This cannot be undone any more." in words(again.text)


async def test_a_change_is_taken_back_by_its_own_person_alone(world: World, habits: Habits) -> None:
    """mem_cross"""
    done = (await post(await world.signed_in(JAMAL), f"/memory/{BOARD}/change", pick="WEB")).text
    change = re.findall('name="change" value="([^"]*)"', done)[0]
    answer = await post(await world.signed_in(REN), "/memory/undo", change=change)
    assert answer.status_code == 400
    assert "Storefront" not in answer.text
    assert await standing(habits) == ("WEB", "order")


async def test_a_value_is_pinned_kept_back_or_learned_again(browser: httpx.AsyncClient, habits: Habits) -> None:
    for known, deed, said, stands in (
        (BOARD, "always", "Board is always Platform (INFRA). I fill it in without asking", "always"),
        (BOARD, "learn", "Board: from now on I go by what you choose again.", "learned"),
        (BOARD, "never", "Board is left to you from now on. I ask, or leave it out.", "never"),
        (LABELS, "always", "Labels, when the board is Platform (INFRA) is always certificates, staging.", "always"),
    ):
        assert f'action="/memory/{known}/{deed}"' in (await browser.get("/memory?skill=tickets")).text
        answer = await post(browser, f"/memory/{known}/{deed}")
        assert said in words(answer.text)
        assert (await standing(habits, known))[1] == stands


async def test_what_was_never_filled_in_and_is_unknown_leaves_the_list(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    answer = await post(browser, f"/memory/{MINUTES}/learn")
    assert "Minutes: from now on I go by what you choose again." in words(answer.text)
    assert await habits.seen.find(JAMAL, MINUTES) is None


async def test_one_tap_forgets_a_value(browser: httpx.AsyncClient, habits: Habits) -> None:
    for known, said in (
        (PREFIX, "Forgot the title prefix [infra]. I will ask next time."),
        (MINUTES, "Forgot that I never fill in the minutes. I will ask next time."),
        (
            LABELS,
            "Forgot the labels certificates, staging, when the board is Platform (INFRA). I will ask next time.",
        ),
        (BOARD, "Forgot the board Platform (INFRA). I will ask next time."),
    ):
        answer = await post(browser, f"/memory/{known}/forget")
        assert said in words(answer.text)
        assert ">Undo<" not in answer.text
        assert await habits.seen.find(JAMAL, known) is None
        assert (await post(browser, f"/memory/{known}/forget")).status_code == 404


async def test_with_a_value_goes_what_was_known_only_for_it_and_that_is_said(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    said = words((await post(browser, f"/memory/{BOARD}/forget")).text)
    assert "Forgot the board Platform (INFRA), and 1 value that I knew only for it. I will ask next time." in said
    assert await habits.seen.find(JAMAL, LABELS) is None


async def test_forgetting_a_blank_is_said_in_words(browser: httpx.AsyncClient, habits: Habits) -> None:
    await habits.memory.correct(JAMAL, "create_ticket", "prefix", None, at=1.0)
    said = words((await post(browser, f"/memory/{PREFIX}/forget")).text)
    assert "Forgot that you leave the title prefix blank. I will ask next time." in said


async def test_forgetting_everything_asks_first_on_its_own_page(
    browser: httpx.AsyncClient, habits: Habits, database: Database
) -> None:
    html = (await browser.get("/memory/forget")).text
    assert "This deletes 6 values, 1 name and what I learned them from." in words(html)
    buttons = re.findall(r'class="btn (\w+) wide"', html)
    assert buttons == ["danger"], "the only red button is the last one"
    assert html.rindex("danger") > html.rindex(">Keep everything<")
    answer = await post(browser, "/memory/forget", all="yes")
    assert "Forgot 7 values. Nothing of it is kept." in words(answer.text)
    assert "Nothing remembered yet" in answer.text
    assert await count(habits) == 0
    assert [await holding(database, held) for held in ("INFRA", "certificates", "manager")] == [[], [], []]


async def test_one_skill_is_forgotten_alone(browser: httpx.AsyncClient, habits: Habits) -> None:
    html = words((await browser.get("/memory/forget?skill=tickets")).text)
    assert "Forget everything about Tickets? This deletes 4 values and what" in html
    answer = await post(browser, "/memory/forget", skill="tickets")
    assert "Forgot 4 values of Tickets." in words(answer.text)
    assert {one.skill for one in await habits.seen.all_of(JAMAL)} == {"pull_requests"}


async def test_nothing_is_forgotten_by_half_a_form(browser: httpx.AsyncClient, habits: Habits) -> None:
    for form in ({}, {"all": "no"}, {"all": ""}):
        assert (await post(browser, "/memory/forget", **form)).status_code == 404
    assert await count(habits) == 7


async def test_all_of_it_can_be_taken_along(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/memory/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="pinyon-memory-2026-11-21.json"'
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    calls = json.loads(answer.text)["tools"]["create_ticket"]["calls"]
    assert calls[0]["values"]["labels|INFRA"] == ["certificates", "staging"]


async def test_somebody_elses_value_is_nobodys(world: World, habits: Habits) -> None:
    """mem_cross"""
    browser, before = await world.signed_in(REN), await habits.seen.all_of(JAMAL)
    reference = re.compile(r"Ref [A-Z0-9]{3}-[A-Z0-9]{2}")

    async def ask(known: str, deed: str) -> httpx.Response:
        path = f"/memory/{known}"
        return await (post(browser, f"{path}/{deed}", pick="WEB") if deed else browser.get(path))

    for deed in ("", "change", "always", "never", "learn", "forget"):
        answer, unknown = await ask(BOARD, deed), await ask("m_none", deed)
        assert (answer.status_code, unknown.status_code) == (404, 404), deed
        assert "Nothing of this is remembered" in words(answer.text)
        assert reference.sub("", answer.text) == reference.sub("", unknown.text), "nobody learns that it exists"
    assert await habits.seen.all_of(JAMAL) == before


async def test_a_form_of_another_site_changes_nothing(browser: httpx.AsyncClient, habits: Habits) -> None:
    """web_csrf"""
    form = {"all": "yes", "change": "c_1", "integration": "github", "to": "off"}
    for path in ("forget", "undo", "learning", f"{BOARD}/forget", f"{BOARD}/never"):
        assert (await browser.post(f"/memory/{path}", data=form)).status_code == 403, path
    assert await count(habits) == 7


async def test_signing_in_leads_back(world: World) -> None:
    browser = world.browser()
    assert (await browser.get("/memory")).headers["location"] == "/signin?next=/memory"
    answer = await world.sign_in(browser, JAMAL, "/memory")
    assert answer.headers["location"] == "/memory"


async def test_questions_that_were_not_asked_are_counted_and_drawn_by_week(
    browser: httpx.AsyncClient, habits: Habits, database: Database
) -> None:
    for number, asked, filled in ((44, 5, 1), (46, 3, 2)):
        await happened(database, week(number), "create_ticket", Doings(people=1, asked=asked, filled=filled), one=JAMAL)
    await habits.use(times=4, filled=True, values={"project": "INFRA"})
    await happened(database, week(47), "create_ticket", Doings(people=9, asked=50, filled=50))
    html = (await browser.get("/memory")).text
    assert "7 questions you did not have to answer" in html
    assert (
        'aria-label="Per week, over 4 weeks: values filled in went from 1 to 4, questions asked from 5 to 0."' in html
    )
    assert "26 Oct 1 5 2 Nov 0 0 9 Nov 2 3 16 Nov 4 0" in words(html)


async def test_one_week_is_no_course_and_nothing_saved_is_not_boasted_of(
    browser: httpx.AsyncClient, habits: Habits
) -> None:
    assert "did not have to answer" not in (await browser.get("/memory")).text
    await habits.use(filled=True, values={"project": "INFRA"})
    html = (await browser.get("/memory")).text
    assert "1 question you did not have to answer" in html
    assert 'class="chart"' not in html


async def test_a_value_that_was_ordered_and_not_used_yet_says_so(world: World, habits: Habits) -> None:
    await habits.use(person=REN, times=2, ago=timedelta(days=1), values={"project": "INFRA"})
    await habits.memory.correct(REN, "create_ticket", "project", "WEB", at=world.clock.now.timestamp())
    html = words((await (await world.signed_in(REN)).get("/memory")).text)
    assert "Board WEB You chose it today" in html


async def test_what_no_skill_can_use_any_more_can_still_be_seen_and_forgotten(world: World, habits: Habits) -> None:
    gone = replace(ask_review, name="old_tool", remembers={})
    await habits.use(gone, REN, values={"repository": "tamarack/web"})
    browser = await world.signed_in(REN)
    page = (await browser.get("/memory")).text
    assert "No longer there 1" in words(page)
    assert "Repository tamarack/web Used once" in words(page)
    answer = await post(browser, f"/memory/{memory_id(REN, 'old_tool', 'repository')}/forget")
    assert "Forgot the repository tamarack/web." in words(answer.text)


async def test_a_newcomer_can_let_it_learn_from_their_own_records(world: World, habits: Habits) -> None:
    browser = await world.connect(REN)
    page = words((await browser.get("/memory")).text)
    assert "Your own records" in page
    assert "GitHub I did not read your pull requests Learn from them" in page
    said = words((await post(browser, "/memory/learning", integration="github", to="on")).text)
    assert "I read your records at GitHub in a moment, and tell you in Slack what I learned." in said
    assert "GitHub I am reading your pull requests Forget these" in said
    await habits.warm.sweep()
    page = words((await browser.get("/memory")).text)
    assert "GitHub 2 values learned from your pull requests, today Forget these" in page
    assert "Repository tamarack/api 2 of your last 2 used 20 Nov first 19 Nov from your own records Change" in page


async def test_what_was_read_in_their_own_records_is_forgotten_and_not_read_again(
    world: World, habits: Habits, database: Database
) -> None:
    browser = await world.connect(REN)
    await post(browser, "/memory/learning", integration="github", to="on")
    await habits.warm.sweep()
    said = words((await post(browser, "/memory/learning", integration="github", to="off")).text)
    assert "I learn no more from your records at GitHub. Forgot 2 values that I had read there." in said
    assert "Nothing remembered yet" in said
    await habits.warm.sweep()
    assert await holding(database, "tamarack/api") == []


async def test_without_an_account_there_is_nothing_to_learn_from(world: World, habits: Habits) -> None:
    browser = await world.signed_in(REN)
    assert "Your own records" not in (await browser.get("/memory")).text
    answer = await post(browser, "/memory/learning", integration="github", to="on")
    assert (answer.status_code, "Connect GitHub first. Nothing was changed." in answer.text) == (400, True)
    for form in ({"integration": "nothing", "to": "on"}, {"integration": "github", "to": "maybe"}, {"to": "on"}):
        assert (await post(browser, "/memory/learning", **form)).status_code == 404


async def test_where_nothing_remembers_there_is_no_such_page(database: Database) -> None:
    browser = await build_world(database).signed_in(JAMAL)
    assert (await browser.get("/memory")).status_code == 404
    assert "/memory" not in (await browser.get("/connections")).text


async def test_the_navigation_leads_to_it(browser: httpx.AsyncClient) -> None:
    assert '<a href="/memory">Memory</a>' in (await browser.get("/connections")).text
    assert '<a href="/memory" aria-current="page">Memory</a>' in (await browser.get("/memory")).text
