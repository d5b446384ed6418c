"""Everything that can be filled in, chosen and confirmed on the playground's page, as Slack sends it to the bot."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from playground.slack import SlackServer
from tests.browser.conftest import JSON, PHONE, PretendBot, button, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")


def option(text: str, value: str) -> JSON:
    return {"text": plain(text), "value": value}


BOARDS = [option("Trails board", "TRAIL"), option("Platform board", "PLAT")]


def field(name: str, kind: str, **element: Any) -> JSON:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name.capitalize()),
        "element": {"type": kind, "action_id": f"edit.{name}", **element},
    }


FORM: JSON = {
    "type": "modal",
    "title": plain("Edit before sending"),
    "submit": plain("Save and go back"),
    "close": plain("Cancel"),
    "blocks": [
        {**field("title", "plain_text_input", initial_value="Rotate keys", max_length=40), "hint": plain("Short")},
        field("text", "plain_text_input", multiline=True, initial_value="First line\nSecond line"),
        field("points", "number_input", is_decimal_allowed=False, initial_value="3", min_value="1", max_value="8"),
        field("due", "datepicker", initial_date="2026-11-24"),
        field("at", "timepicker", initial_time="15:30"),
        field("board", "static_select", options=BOARDS, initial_option=BOARDS[0]),
        field("labels", "checkboxes", options=[option("infra", "infra"), option("urgent", "urgent")]),
        field("kind", "radio_buttons", options=[option("Bug", "bug"), option("Task", "task")]),
        {**field("who", "users_select"), "optional": True},
        {**field("leads", "multi_users_select", max_selected_items=2), "optional": True},
        {"type": "context", "elements": [plain("Nothing is sent from here.")]},
    ],
}


async def opened(
    page: Page, slack: SlackServer, bot: PretendBot, view: JSON = FORM, *, name: str = "Edit before sending"
) -> Locator:
    """Click a card's Edit, and let the bot open `view`."""
    row = {"type": "actions", "block_id": "row", "elements": [button("Edit", "approval.edit", value="p")]}
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Change it?", blocks=[row])
    await page.locator(".talk").get_by_role("button", name="Edit").last.click()
    trigger = (await bot.heard("block_actions"))["trigger_id"]
    await bot.call("views.open", trigger_id=trigger, view=view)
    dialog = page.get_by_role("dialog", name=name)
    await expect(dialog).to_be_visible()
    return dialog


async def test_each_kind_of_field_is_sent_as_slack_sends_it(page: Page, slack: SlackServer, bot: PretendBot):
    dialog = await opened(page, slack, bot)
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await expect(dialog.get_by_label("Title")).to_have_attribute("maxlength", "40")
    await expect(dialog.get_by_text("Short", exact=True)).to_be_visible()
    await dialog.get_by_label("Text").fill("One\nTwo")
    await dialog.get_by_label("Points").fill("5")
    await dialog.get_by_label("Due").fill("2026-11-25")
    await dialog.get_by_label("At", exact=True).fill("09:15")
    await dialog.get_by_label("Board").select_option("PLAT")
    await dialog.get_by_label("infra").check()
    await dialog.get_by_label("urgent").check()
    await dialog.get_by_label("Bug").check()
    await dialog.get_by_label("Task").check()
    await dialog.get_by_label("Who").select_option(label="Nadia Petrenko")
    leads = dialog.get_by_role("group", name="Leads")
    for name in ("Marit Solheim", "Ren Kobayashi"):
        await leads.get_by_label(name).check()
    await expect(leads.get_by_label("Nadia Petrenko")).to_be_disabled()
    await dialog.get_by_role("button", name="Save and go back").click()
    state = (await bot.heard("view_submission"))["view"]["state"]["values"]
    sent = {name: value for block in state.values() for name, value in block.items()}
    assert sent["edit.title"] == {"type": "plain_text_input", "value": "Rotate keys"}
    assert sent["edit.text"] == {"type": "plain_text_input", "value": "One\nTwo"}
    assert sent["edit.points"] == {"type": "number_input", "value": "5"}
    assert sent["edit.due"] == {"type": "datepicker", "selected_date": "2026-11-25"}
    assert sent["edit.at"] == {"type": "timepicker", "selected_time": "09:15"}
    assert sent["edit.board"]["selected_option"] == BOARDS[1]
    assert [one["value"] for one in sent["edit.labels"]["selected_options"]] == ["infra", "urgent"]
    assert sent["edit.kind"]["selected_option"]["value"] == "task"
    assert sent["edit.who"] == {"type": "users_select", "selected_user": slack.user("nadia").id}
    assert sent["edit.leads"]["type"] == "multi_users_select"
    assert set(sent["edit.leads"]["selected_users"]) == {slack.user("marit").id, slack.user("ren").id}
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".talk").get_by_role("button", name="Edit").last).to_be_focused()


async def test_what_slack_itself_refuses_is_said_at_the_field_before_the_bot_is_asked(
    page: Page, slack: SlackServer, bot: PretendBot
):
    dialog = await opened(page, slack, bot)
    await dialog.get_by_label("Points").fill("9")
    await dialog.get_by_label("infra").check()
    await dialog.get_by_label("Bug").check()
    await dialog.get_by_role("button", name="Save and go back").click()
    await expect(dialog.get_by_text("Enter 8 or less.")).to_be_visible()
    await expect(dialog.get_by_label("Points")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Title").fill("")
    await dialog.get_by_role("button", name="Save and go back").click()
    await expect(dialog.get_by_text("Fill this in to go on.")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_be_focused()


async def test_what_the_bot_refuses_is_said_at_every_kind_of_field(page: Page, slack: SlackServer, bot: PretendBot):
    dialog = await opened(page, slack, bot)
    await dialog.get_by_label("infra").check()
    await dialog.get_by_label("Bug").check()
    wrong = {name: f"Not this {name}." for name in ("due", "at", "board", "labels", "kind")}
    bot.ack_with["view_submission"] = {"response_action": "errors", "errors": wrong}
    await dialog.get_by_role("button", name="Save and go back").click()
    for sentence in wrong.values():
        await expect(dialog.get_by_text(sentence)).to_be_visible()
    await expect(dialog.get_by_label("Due")).to_be_focused()
    await expect(dialog.get_by_label("infra")).to_be_checked()


async def test_escape_leaves_the_dialog_and_gives_the_focus_back(page: Page, slack: SlackServer, bot: PretendBot):
    dialog = await opened(page, slack, bot)
    await page.keyboard.press("Tab")
    await expect(dialog.get_by_label("Text")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".talk").get_by_role("button", name="Edit").last).to_be_focused()


async def test_a_field_that_asks_for_it_has_the_focus_first(page: Page, slack: SlackServer, bot: PretendBot):
    board = field("board", "static_select", options=BOARDS, focus_on_load=True)
    dialog = await opened(page, slack, bot, {**FORM, "blocks": [FORM["blocks"][0], board]})
    await expect(dialog.get_by_label("Board")).to_be_focused()


CONFIRM = {
    "title": plain("Stop asking here?"),
    "text": plain("I will comment in tamarack/web as you."),
    "confirm": plain("Stop asking"),
    "deny": plain("Keep asking"),
}


async def test_a_button_that_asks_first_sends_nothing_until_it_is_confirmed(
    page: Page, slack: SlackServer, bot: PretendBot
):
    always = button("Always for tamarack/web", "approval.always", value="p", confirm=CONFIRM)
    row = {"type": "actions", "block_id": "row", "elements": [always, button("Deny", "approval.deny", value="p")]}
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Comment?", blocks=[row])
    again = page.locator(".talk").get_by_role("button", name="Always for tamarack/web")
    await again.click()
    dialog = page.get_by_role("dialog", name="Stop asking here?")
    await expect(dialog).to_contain_text("I will comment in tamarack/web as you.")
    await dialog.get_by_role("button", name="Keep asking").click()
    await expect(again).to_be_focused()
    await again.click()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await page.locator(".talk").get_by_role("button", name="Deny").click()
    assert (await bot.heard("block_actions"))["actions"][0]["action_id"] == "approval.deny"
    await again.click()
    await dialog.get_by_role("button", name="Stop asking").click()
    assert (await bot.heard("block_actions"))["actions"][0]["action_id"] == "approval.always"


async def test_the_menu_of_one_item_is_worked_with_the_keyboard(page: Page, slack: SlackServer, bot: PretendBot):
    menu = {
        "type": "overflow",
        "action_id": "item.menu:1",
        "options": [option("Approve this one", "p:approve"), option("Edit…", "p:edit"), option("Deny", "p:deny")],
    }
    block = {"type": "section", "block_id": "item", "text": plain("1 · Create a ticket"), "accessory": menu}
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="Three things", blocks=[block])
    more = page.get_by_role("button", name="More: Approve this one")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Approve this one")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    action = (await bot.heard("block_actions"))["actions"][0]
    assert action["selected_option"]["value"] == "p:edit"


async def test_a_dialog_over_a_dialog_leads_back_to_it(page: Page, slack: SlackServer, bot: PretendBot):
    """A list with a menu for each row, a value changed over it, and the list as it is then."""
    menu = {
        "type": "overflow",
        "action_id": "memory.value:1",
        "options": [option("Change…", "m1:change"), option("Forget", "m1:forget")],
    }
    row = {"type": "section", "block_id": "memory:m1", "text": plain("Board"), "accessory": menu}
    names = {"type": "modal", "title": plain("What I remember"), "blocks": [{**row, "fields": [plain("Platform")]}]}
    listed = await opened(page, slack, bot, names, name="What I remember")
    await listed.get_by_role("button", name="More: Change…, Forget").click()
    await page.get_by_role("menuitem", name="Change…").click()
    asked = await bot.heard("block_actions")
    assert asked["actions"][0]["selected_option"]["value"] == "m1:change"
    change = {**FORM, "title": plain("Change board"), "blocks": FORM["blocks"][:1]}
    await bot.call("views.push", trigger_id=asked["trigger_id"], view=change)
    dialog = page.get_by_role("dialog", name="Change board")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="Save and go back").click()
    sent = (await bot.heard("view_submission"))["view"]
    assert sent["previous_view_id"] == asked["view"]["id"]
    await expect(listed).to_be_visible()
    changed = {**names, "blocks": [{**row, "fields": [plain("Storefront")]}]}
    await bot.call("views.update", view_id=sent["previous_view_id"], view=changed)
    await expect(listed).to_contain_text("Storefront")
    await listed.get_by_role("button", name="Close", exact=True).click()
    await expect(listed).to_be_hidden()


async def test_a_message_is_passed_on_with_words_of_ones_own(page: Page, slack: SlackServer, bot: PretendBot):
    ts = await slack.say("nadia", "#team", "Deploy moves to <b>Thursday</b>")
    await page.get_by_role("link", name="team").first.click()
    message = page.locator(".talk .msg", has_text="Deploy moves").last
    await message.hover()
    await message.get_by_role("button", name="Actions on").click()
    await page.get_by_role("menuitem", name="Forward to Pinyon").click()
    dialog = page.get_by_role("dialog", name="Forward to Pinyon")
    await expect(dialog.get_by_label("Add a message")).to_be_focused()
    await page.keyboard.type("Does this hit my meeting?")
    await dialog.get_by_role("button", name="Forward").click()
    while "attachments" not in (event := (await bot.heard("message"))["event"]):
        continue
    [shared] = event["attachments"]
    assert event["text"] == "Does this hit my meeting?"
    assert event["user"] == slack.user("jamal").id
    assert shared["is_share"] is True
    assert shared["author_name"] == "Nadia Petrenko"
    assert shared["ts"] == ts
    drawn = page.locator(".talk .msg", has_text="Does this hit my meeting?").locator(".passed-on")
    await expect(drawn).to_contain_text("Nadia Petrenko")
    await expect(drawn).to_contain_text("Deploy moves to <b>Thursday</b>")
    await expect(drawn.get_by_role("link", name="Open the message")).to_have_attribute(
        "href", re.compile("/archives/C0TEAM/p")
    )


async def test_a_long_form_is_used_on_a_phone_without_scrolling_sideways(
    page: Page, slack: SlackServer, bot: PretendBot
):
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    dialog = await opened(page, slack, bot)
    assert await dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await dialog.get_by_role("button", name="Save and go back").click(trial=True)
