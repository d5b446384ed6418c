"""The playground's page in a real browser, against the playground's Slack; the test plays Pinyon through the SDK."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from playground.slack import SlackServer
from tests.browser.conftest import COMPANY, JSON, PHONE, PretendBot, button, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

OUR_CARDS = Path(__file__).parents[1] / "bot" / "slack" / "cards"
CARD: list[JSON] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Post this comment on GitHub?*"}},
    {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": "*Pull request* · _you said_"}, plain("tamarack-maps/atlas-api #412")],
    },
    {
        "type": "actions",
        "block_id": "approval:p_1",
        "elements": [
            button("Approve", "approval.approve", style="primary", value="p_1"),
            button("Edit", "approval.edit", value="p_1"),
        ],
    },
]
MODAL: JSON = {
    "type": "modal",
    "title": plain("Edit before sending"),
    "submit": plain("Save and go back"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "subject",
            "label": plain("Subject"),
            "element": {"type": "plain_text_input", "action_id": "edit.subject", "initial_value": "Week 47"},
        }
    ],
}


def talk(page: Page, text: str) -> Locator:
    """A message of the conversation by its words."""
    return page.locator(".talk .msg", has_text=text)


async def write(page: Page, text: str, *, pane: str = "talk") -> None:
    await page.locator(f".{pane} textarea").fill(text)
    await page.keyboard.press("Enter")


async def test_a_newcomer_sees_the_suggestions_and_one_tap_asks(page: Page, slack: SlackServer, bot: PretendBot):
    prompts = [{"title": "My reviews", "message": "What waits for my review?"}]
    await bot.call("assistant.threads.setSuggestedPrompts", channel_id=slack.dm("jamal"), prompts=prompts)
    await expect(page.get_by_text("Demo model, no AI")).to_be_visible()
    await expect(page.get_by_text("ask what waits for your review.")).to_be_visible()
    await page.get_by_role("button", name="My reviews").click()
    event = (await bot.heard("message"))["event"]
    assert event["text"] == "What waits for my review?"
    assert event["user"] == slack.user("jamal").id
    await expect(page.get_by_role("group", name="Suggestions")).to_have_count(0)


async def test_an_answer_grows_in_the_thread_that_opens_by_itself(page: Page, slack: SlackServer, bot: PretendBot):
    await write(page, "What waits for my review?")
    thread = (await bot.heard("message"))["event"]["ts"]
    begun = "Two pull requests wait.\n\n1. **atlas-api #412** is the "
    place = {"channel": slack.dm("jamal"), "thread_ts": thread}
    ts = (await bot.call("chat.startStream", **place, markdown_text=begun))["ts"]
    answer = page.locator(".thread .msg").nth(1)
    await expect(answer.locator("strong, b").nth(1)).to_have_text("atlas-api #412")
    await expect(answer.locator(".caret")).to_have_count(1)
    await bot.call("chat.appendStream", channel=slack.dm("jamal"), ts=ts, markdown_text="oldest")
    await bot.call("chat.stopStream", channel=slack.dm("jamal"), ts=ts)
    await expect(answer.locator("li")).to_have_text("atlas-api #412 is the oldest")
    await expect(answer.locator(".caret")).to_have_count(0)
    await expect(page.locator("#heard p").first).to_have_text("Two pull requests wait.")
    await expect(talk(page, "What waits").get_by_role("button", name="1 reply")).to_be_visible()


async def test_a_status_is_shown_and_stop_ends_it(page: Page, slack: SlackServer, bot: PretendBot):
    await write(page, "Review atlas-api 412")
    thread = (await bot.heard("message"))["event"]["ts"]
    place = {"channel_id": slack.dm("jamal"), "thread_ts": thread}
    await bot.call("assistant.threads.setStatus", **place, status="is reading atlas-api #412")
    await bot.call("agents.sessions.setStatus", **place, status="processing")
    await expect(page.locator(".thread .status")).to_have_text("Pinyon is reading atlas-api #412")
    await page.locator(".thread").get_by_role("button", name="Stop").click()
    assert (await bot.heard("agent_session_stopped"))["event"]["thread_ts"] == thread
    await bot.call("agents.sessions.setStatus", **place, status="active")
    await expect(page.locator(".thread").get_by_role("button", name="Stop")).to_be_hidden()


async def test_a_click_arrives_as_slack_sends_it(page: Page, slack: SlackServer, bot: PretendBot):
    posted = await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Post a comment?", blocks=CARD)
    await page.get_by_role("button", name="Approve").click()
    payload = await bot.heard("block_actions")
    assert payload["actions"][0]["action_id"] == "approval.approve"
    assert payload["actions"][0]["value"] == "p_1"
    assert payload["actions"][0]["block_id"] == "approval:p_1"
    assert payload["message"]["ts"] == posted["ts"]
    await bot.call("chat.update", channel=slack.dm("jamal"), ts=posted["ts"], text="Comment posted", blocks=CARD[:1])
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)


async def test_a_modal_shows_the_error_at_its_field_and_gives_the_focus_back(
    page: Page, slack: SlackServer, bot: PretendBot
):
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Post a comment?", blocks=CARD)
    await page.locator(".talk .blocks").get_by_role("button", name="Edit").click()
    trigger = (await bot.heard("block_actions"))["trigger_id"]
    await bot.call("views.open", trigger_id=trigger, view=MODAL)
    dialog = page.get_by_role("dialog", name="Edit before sending")
    subject = dialog.get_by_label("Subject")
    await expect(subject).to_be_focused()
    bot.ack_with["view_submission"] = {"response_action": "errors", "errors": {"subject": "Use 3 characters or more."}}
    await subject.fill("x")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("Use 3 characters or more.")).to_be_visible()
    await expect(subject).to_have_attribute("aria-invalid", "true")
    bot.ack_with.clear()
    await subject.fill("Week 48")
    await dialog.get_by_role("button", name="Save and go back").click()
    await expect(dialog).to_be_hidden()
    submitted = [(await bot.heard("view_submission"))["view"]["state"]["values"] for _ in range(2)]
    assert [values["subject"]["edit.subject"]["value"] for values in submitted] == ["x", "Week 48"]
    await expect(page.locator(".talk .blocks").get_by_role("button", name="Edit")).to_be_focused()


async def test_a_reply_is_counted_at_its_root_and_escape_closes_the_thread(page: Page, bot: PretendBot):
    await write(page, "First question")
    await bot.heard("message")
    await talk(page, "First question").hover()
    await talk(page, "First question").get_by_role("button", name="Actions on").click()
    await page.get_by_role("menuitem", name="Reply in thread").click()
    await expect(page.locator(".thread textarea")).to_be_focused()
    await write(page, "And one more thing", pane="thread")
    assert (await bot.heard("message"))["event"]["thread_ts"]
    await expect(talk(page, "First question").get_by_role("button", name="1 reply")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".thread")).to_be_hidden()
    await expect(talk(page, "First question").get_by_role("button", name="1 reply")).to_be_focused()


async def test_the_guest_is_chosen_in_the_bar_and_stays_in_the_address(page: Page, slack: SlackServer, bot: PretendBot):
    await page.get_by_label("Act as").select_option("harriet")
    await page.wait_for_url("**/?as=harriet")
    await expect(page.locator(".talk h1")).to_have_text("Pinyon")
    await write(page, "Hello from outside")
    assert (await bot.heard("message"))["event"]["user"] == slack.user("harriet").id
    await page.goto(slack.url)
    await expect(page).to_have_url(re.compile(r"\?as=harriet$"))


async def test_a_command_is_suggested_and_its_answer_is_seen_by_one_person(page: Page, bot: PretendBot):
    bot.ack_with["/pinyon"] = {"text": "Here is what I can do."}
    field = page.locator(".talk textarea")
    await field.press_sequentially("/pin")
    await expect(page.get_by_role("option", name="/pinyon")).to_be_visible()
    await page.keyboard.press("Tab")
    await field.press_sequentially("he")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert (await bot.heard("/pinyon"))["text"] == "help"
    await expect(talk(page, "Here is what I can do.").get_by_text("Only visible to you")).to_be_visible()
    await write(page, "/pinion help")
    await expect(page.get_by_text("/pinion is not a command here. There is /pinyon.")).to_be_visible()
    await expect(field).to_have_value("/pinion help")


async def test_a_message_shortcut_is_in_the_menu_of_every_message(page: Page, slack: SlackServer, bot: PretendBot):
    await page.get_by_role("link", name="general").click()
    message = page.locator(".talk .msg").last
    await message.hover()
    await message.get_by_role("button", name="Actions on").click()
    await page.get_by_role("menuitem", name="Ask Pinyon").click()
    payload = await bot.heard("message_action")
    assert payload["callback_id"] == "ask_about_message"
    assert payload["message"]["ts"] == slack.messages("#general")[-1]["ts"]


async def test_a_reader_further_up_is_not_moved_by_a_new_message(page: Page, slack: SlackServer):
    await page.get_by_role("link", name="team").first.click()
    await expect(page.locator(".talk .msg").last).to_be_visible()
    log = page.locator(".talk [role=log]")
    await log.evaluate("log => { log.scrollTop = 120 }")
    await slack.say("ren", "#team", "One more, while you read")
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert await log.evaluate("log => log.scrollTop") == 120
    await page.get_by_role("button", name="New messages").click()
    await expect(talk(page, "One more, while you read")).to_be_in_viewport()


async def test_a_file_is_attached_and_shown(page: Page, bot: PretendBot):
    file = FilePayload(name="figures.csv", mimeType="text/csv", buffer=b"region,users\nAlps,12\n")
    await page.locator(".talk input[type=file]").set_input_files(file)
    await expect(page.locator(".talk .chips")).to_contain_text("figures.csv")
    await page.locator(".talk textarea").press("Enter")
    event = (await bot.heard("message"))["event"]
    assert event["subtype"] == "file_share"
    assert [one["name"] for one in event["files"]] == ["figures.csv"]
    await expect(page.locator(".talk .file")).to_contain_text("figures.csv")


async def test_the_home_tab_shows_the_published_view_and_takes_clicks(page: Page, slack: SlackServer, bot: PretendBot):
    section = {
        "type": "section",
        "block_id": "skill:prs",
        "text": {"type": "mrkdwn", "text": "*Pull requests*"},
        "accessory": {
            "type": "overflow",
            "action_id": "skill.menu",
            "options": [{"text": plain("Read only"), "value": "prs:read"}, {"text": plain("Off"), "value": "prs:off"}],
        },
    }
    await page.get_by_role("link", name="Home").click()
    assert (await bot.heard("app_home_opened"))["event"]["tab"] == "home"
    await bot.call("views.publish", user_id=slack.user("jamal").id, view={"type": "home", "blocks": [section]})
    await page.get_by_role("button", name="More: Read only, Off").click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    payload = await bot.heard("block_actions")
    assert payload["actions"][0]["selected_option"]["value"] == "prs:off"
    assert payload["view"]["type"] == "home"


async def test_words_of_others_never_become_markup(page: Page, slack: SlackServer, bot: PretendBot):
    nasty = (
        "<img src=x onerror=alert(1)> [tap](javascript:alert(1)) ![p](https://evil.example/p.png) <script>x</script>"
    )
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), markdown_text=f"{nasty} the end")
    await slack.say("jamal", "dm", f"{nasty} said by me")
    await expect(talk(page, "the end")).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(talk(page, "said by me")).to_contain_text("<script>x</script>")
    assert await page.locator(".messages :is(img, script, [onerror])").count() == 0
    addresses = await page.locator(".messages a").evaluate_all("links => links.map((link) => link.protocol)")
    assert set(addresses) <= {"https:", "http:"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_scrolls_sideways_on_a_phone(page: Page, slack: SlackServer, bot: PretendBot, scheme: Any):
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Post a comment?", blocks=CARD)
    wide = "| " + " | ".join(f"column {n}" for n in range(12)) + " |\n" + "|---" * 12 + "|\n" + "| value " * 12 + "|"
    address = f"https://tamarack.example/{'a' * 200}"
    code = f"`{'code' * 60}`\n\n```\n{'line ' * 60}\n```"
    long = f"{'word' * 80}\n\n{code}\n\n{wide}\n\n{address}"
    await write(page, "Show me everything")
    thread = (await bot.heard("message"))["event"]["ts"]
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), thread_ts=thread, markdown_text=long)
    await expect(page.locator(".thread table")).to_have_count(1)
    assert await sideways(page) == 0
    await page.locator(".thread").get_by_role("button", name="Close the thread").click()
    assert await sideways(page) == 0
    await page.get_by_role("button", name="Channels").click()
    await expect(page.get_by_role("link", name="general")).to_be_visible()
    assert await sideways(page) == 0
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("heading", name="general")).to_be_focused()
    await page.get_by_role("button", name="Inspector").click()
    await expect(page.get_by_role("tab", name="Traffic")).to_be_visible()
    assert await sideways(page) == 0


async def sideways(page: Page) -> int:
    """How many pixels the page, or a pane of it, can be scrolled to the side."""
    return await page.evaluate(
        "() => Math.max(...[document.documentElement, ...document.querySelectorAll('.pane, .flow')]"
        ".map((box) => box.clientWidth ? box.scrollWidth - box.clientWidth : 0))"
    )


async def test_the_inspector_shows_the_traffic_and_plays_a_fault(page: Page, slack: SlackServer, bot: PretendBot):
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Hello")
    row = page.locator(".wire li", has_text="chat.postMessage")
    await row.locator("summary").click()
    await expect(row.locator("pre").first).to_contain_text('"text": "Hello"')
    await page.get_by_role("tab", name="Faults").click()
    await page.get_by_role("button", name="Play it").click()
    await expect(page.get_by_role("button", name="Take back")).to_be_visible()
    assert slack.faults.active
    await page.get_by_role("button", name="Take back").click()
    await expect(page.get_by_text("No fault is on.")).to_be_visible()


async def test_every_card_of_ours_is_drawn(page: Page, slack: SlackServer):
    cards = [json.loads(file.read_text()) for file in sorted(OUR_CARDS.glob("*.json"))]
    await page.goto(f"{slack.url}/page/cards.html")
    await page.get_by_label("Block Kit").fill(json.dumps(cards))
    await expect(page.locator(".blocks")).to_have_count(len(cards))
    await expect(page.get_by_text("Not drawn here")).to_have_count(0)
    labels = {label for card in cards for label in texts_of_buttons(card.get("blocks", card))}
    drawn = await page.locator(".blocks .btn").all_inner_texts()
    assert labels - set(drawn) == set()


def texts_of_buttons(node: Any) -> set[str]:
    if isinstance(node, list):
        items: list[Any] = node  # pyright: ignore[reportUnknownVariableType]  JSON
        return {text for item in items for text in texts_of_buttons(item)}
    if not isinstance(node, dict):
        return set()
    fields: JSON = node  # pyright: ignore[reportUnknownVariableType]  JSON
    own = {fields["text"]["text"]} if fields.get("type") == "button" else set[str]()
    return own | texts_of_buttons(list(fields.values()))


async def test_a_stopped_playground_is_said_calmly_and_a_started_one_goes_on(browser: Browser):
    context = await browser.new_context()
    page = await context.new_page()
    async with SlackServer(COMPANY) as slack:
        port = int(slack.url.rpartition(":")[2])
        await page.goto(slack.url)
        await expect(page.locator(".talk h1")).to_have_text("Pinyon")
    await expect(page.locator("#line")).to_have_text("The playground stopped. Start it again with make play.")
    async with SlackServer(COMPANY, port=port) as slack:
        await expect(page.locator("#line")).not_to_contain_text("stopped")
        await slack.say("jamal", "dm", "Still here")
        await expect(talk(page, "Still here")).to_be_visible()
        await context.close()
