"""What Slack refuses in blocks and views: one table, and every way in goes through it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import SlackServer
from playground.slack.limits import message_errors, view_errors

JSON = dict[str, Any]


def words(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def fields(*texts: str) -> JSON:
    return {"type": "section", "fields": [words(text) for text in texts]}


def button(text: str = "Go", action_id: str = "a", **more: Any) -> JSON:
    return {"type": "button", "text": words(text), "action_id": action_id, **more}


def actions(*elements: JSON, **more: Any) -> JSON:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str = "One", value: str = "1", **more: Any) -> JSON:
    return {"text": words(text), "value": value, **more}


def confirm(**more: Any) -> JSON:
    return {"title": words("Sure?"), "text": words("It goes."), "confirm": words("Yes"), "deny": words("No"), **more}


def field(kind: str = "plain_text_input", block: JSON | None = None, **more: Any) -> JSON:
    return {
        "type": "input",
        "block_id": "b",
        "label": words("Text"),
        "element": {"type": kind, "action_id": "e", **more},
        **(block or {}),
    }


def modal(*blocks: JSON, **more: Any) -> JSON:
    return {"type": "modal", "title": words("Edit"), "submit": words("Save"), "blocks": list(blocks), **more}


IN_A_MESSAGE: dict[str, tuple[list[JSON], str]] = {
    "blocks": ([{"type": "divider"}] * 51, "no more than 50"),
    "section": ([section("x" * 3001)], "less than 3001"),
    "number of fields": ([fields(*"x" * 11)], "1 to 10 items"),
    "field": ([fields("x" * 2001)], "less than 2001"),
    "empty text": ([fields("")], "more than 0 characters"),
    "header": ([{"type": "header", "text": words("x" * 151)}], "less than 151"),
    "context": ([{"type": "context", "elements": [words("x")] * 11}], "1 to 10 items"),
    "buttons": ([actions(*(button(action_id=str(n)) for n in range(26)))], "1 to 25 items"),
    "button text": ([actions(button("x" * 76))], "less than 76"),
    "button value": ([actions(button(value="x" * 2001))], "less than 2001"),
    "button address": ([actions(button(url="x" * 3001))], "less than 3001"),
    "accessibility label": ([actions(button(accessibility_label="x" * 76))], "less than 76"),
    "action id": ([actions(button(action_id="x" * 256))], "less than 256"),
    "block id": ([actions(button(), block_id="x" * 256)], "less than 256"),
    "block id twice": ([actions(button(), block_id="x"), {"type": "divider", "block_id": "x"}], "there twice"),
    "action id twice in a block": ([actions(button(), button())], "'a' is there twice"),
    "action id twice in a message": ([actions(button()), actions(button())], "'a' is there twice"),
    "action id twice with an accessory": ([{**section("x"), "accessory": button()}, actions(button())], "there twice"),
    "confirm title": ([actions(button(confirm=confirm(title=words("x" * 101))))], "less than 101"),
    "confirm text": ([actions(button(confirm=confirm(text=words("x" * 301))))], "less than 301"),
    "confirm button": ([actions(button(confirm=confirm(confirm=words("x" * 31))))], "less than 31"),
    "deny button": ([actions(button(confirm=confirm(deny=words("x" * 31))))], "less than 31"),
    "overflow": ([actions({"type": "overflow", "action_id": "o", "options": [option()] * 6})], "no more than 5"),
    "empty overflow": ([actions({"type": "overflow", "action_id": "o", "options": []})], "options"),
    "option text": (
        [actions({"type": "overflow", "action_id": "o", "options": [option("x" * 76)]})],
        "less than 76",
    ),
    "option value": (
        [actions({"type": "overflow", "action_id": "o", "options": [option(value="x" * 151)]})],
        "less than 151",
    ),
    "options of a select": (
        [actions({"type": "static_select", "action_id": "s", "options": [option()] * 101})],
        "no more than 100",
    ),
    "options of a group": (
        [
            actions(
                {
                    "type": "static_select",
                    "action_id": "s",
                    "option_groups": [{"label": words("All"), "options": [option()] * 101}],
                }
            )
        ],
        "no more than 100",
    ),
    "what a select begins with": (
        [actions({"type": "static_select", "action_id": "s", "options": [option()], "initial_option": option("Two")})],
        "must be among the options",
    ),
}

IN_A_VIEW: dict[str, tuple[JSON, str]] = {
    "blocks": (modal(*[{"type": "divider"}] * 101), "no more than 100"),
    "title": (modal(title=words("x" * 25)), "less than 25"),
    "submit": (modal(submit=words("x" * 25)), "less than 25"),
    "close": (modal(close=words("x" * 25)), "less than 25"),
    "private metadata": (modal(private_metadata="x" * 3001), "less than 3001"),
    "callback id": (modal(callback_id="x" * 256), "less than 256"),
    "label": (modal(field(block={"label": words("x" * 2001)})), "less than 2001"),
    "hint": (modal(field(block={"hint": words("x" * 2001)})), "less than 2001"),
    "placeholder": (modal(field(placeholder=words("x" * 151))), "less than 151"),
    "text to begin with": (modal(field(initial_value="x" * 3001)), "less than 3001"),
    "text over its own limit": (modal(field(initial_value="xxx", max_length=2)), "less than 3"),
    "longest text": (modal(field(max_length=3001)), "must be 1 to 3000"),
    "number without its kind": (modal(field("number_input")), "is_decimal_allowed"),
    "number that is none": (
        modal(field("number_input", is_decimal_allowed=False, initial_value="three")),
        "must be a number",
    ),
    "date": (modal(field("datepicker", initial_date="3 March")), "is not written as Slack asks"),
    "time": (modal(field("timepicker", initial_time="24:00")), "is not written as Slack asks"),
    "radio buttons": (modal(field("radio_buttons", options=[option()] * 11)), "no more than 10"),
    "action id twice": (modal(field(), actions(button(action_id="e"))), "'e' is there twice"),
    "no submit button": ({**modal(field()), "submit": None}, "submit"),
    "two fields to begin in": (
        modal(field(focus_on_load=True), field(block={"block_id": "c"}, action_id="f", focus_on_load=True)),
        "only one element",
    ),
    "size": (modal(*(section("x" * 3000) for _ in range(90))), "view_too_large"),
}


@pytest.mark.parametrize("limit", IN_A_MESSAGE)
def test_a_message_over_this_limit_is_refused(limit: str) -> None:
    blocks, complaint = IN_A_MESSAGE[limit]
    assert complaint in " ".join(message_errors(blocks))


@pytest.mark.parametrize("limit", IN_A_VIEW)
def test_a_view_over_this_limit_is_refused(limit: str) -> None:
    view, complaint = IN_A_VIEW[limit]
    given = {key: value for key, value in view.items() if value is not None}
    assert complaint in " ".join(view_errors(given))


def test_whatever_stands_exactly_at_a_limit_is_taken() -> None:
    element = button("x" * 75, "x" * 255, value="x" * 2000, accessibility_label="x" * 75, confirm=confirm())
    menu = {"type": "overflow", "action_id": "o", "options": [option("x" * 75, "x" * 150)] * 5}
    assert message_errors([section("x" * 3000), fields(*["x" * 500] * 10), actions(element, menu)]) == []
    boxes = field("number_input", {"block_id": "c"}, action_id="n", is_decimal_allowed=False, initial_value="-3")
    assert view_errors(modal(field(initial_value="x" * 3000, max_length=3000), boxes)) == []


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as running:
        yield running


TWICE = [actions(button()), actions(button())]


async def called(slack: SlackServer, method: str, **arguments: Any) -> JSON:
    web = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)
    answer = await web.api_call(method, json=arguments)  # pyright: ignore[reportUnknownMemberType]  untyped SDK
    data: JSON = answer.data  # pyright: ignore[reportAssignmentType, reportUnknownMemberType, reportUnknownVariableType]  untyped SDK
    return data


async def test_every_way_in_is_checked(slack: SlackServer) -> None:
    place, ada = slack.dm("ada"), slack.user("ada")
    posted = await called(slack, "chat.postMessage", channel=place, text="x")
    root = await slack.say("ada", "dm", "hello")
    stream = await called(slack, "chat.startStream", channel=place, thread_ts=root, markdown_text="x")
    trigger = slack.world.passes.trigger(slack.workspace.id, ada.id, now=slack.world.clock())
    ways: dict[str, JSON] = {
        "chat.postMessage": {"channel": place, "text": "x", "blocks": TWICE},
        "chat.postEphemeral": {"channel": place, "user": ada.id, "text": "x", "blocks": TWICE},
        "chat.update": {"channel": place, "ts": posted["ts"], "text": "x", "blocks": TWICE},
        "chat.stopStream": {"channel": place, "ts": stream["ts"], "blocks": TWICE},
        "views.publish": {"user_id": ada.id, "view": {"type": "home", "blocks": TWICE}},
        "views.open": {"trigger_id": trigger, "view": modal(*TWICE)},
    }
    for method, arguments in ways.items():
        with pytest.raises(SlackApiError, match="is there twice"):
            await called(slack, method, **arguments)
