"""The local Slack's Web API, driven by the real slack_sdk."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, TypeAlias

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.company import load_company
from playground.slack import SlackApp, SlackServer
from playground.slack.limits import message_errors
from playground.slack.world import Times

# slack_sdk's own types are partly unknown; what it gives is looked at as JSON.
Client: TypeAlias = Any


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    server = SlackServer(company, clock=company.now.timestamp, times=Times(stream_idle=0.05))
    async with server:
        yield server


@pytest.fixture
async def client(slack: SlackServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, session=session)


async def refused(call: Any) -> Client:
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  see Client


async def refusal(call: Any) -> str:
    return (await refused(call))["error"]


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def test_the_bot_learns_who_it_is(slack: SlackServer, client: Client) -> None:
    me = await client.auth_test()
    assert (me["team_id"], me["user_id"]) == ("T0TAMARACK", slack.app.bot_user)
    assert me["url"] == "https://tamarack.slack.com/"


async def test_people_are_told_apart(client: Client) -> None:
    jamal = (await client.users_info(user="U0T7N3YG1"))["user"]
    harriet = (await client.users_info(user="U0T8G5ST2"))["user"]
    luca = (await client.users_info(user="U0V1X2LF3"))["user"]
    assert (jamal["tz"], jamal["profile"]["email"]) == ("America/Denver", "jamal@tamarack.example")
    assert [jamal["is_restricted"], harriet["is_restricted"], harriet["is_ultra_restricted"]] == [False, True, True]
    assert (luca["is_stranger"], luca["team_id"]) == (True, "T0VALTORTA")
    assert await refusal(client.users_info(user="U404")) == "user_not_found"


async def test_a_post_is_seen_in_the_thread_and_counts_there(slack: SlackServer, client: Client) -> None:
    question = await slack.say("jamal", "dm", "hello")
    await client.chat_postMessage(channel=slack.dm("jamal"), thread_ts=question, markdown_text="**Hello** back")
    root, reply = slack.messages("dm:jamal", question)
    assert (root["reply_count"], root["latest_reply"]) == (1, reply["ts"])
    assert slack.text("dm:jamal", reply["ts"]) == "**Hello** back"
    replies = await client.conversations_replies(channel=slack.dm("jamal"), ts=question)
    assert [message["text"] for message in replies["messages"]] == ["hello", "**Hello** back"]


async def test_arguments_come_as_json_form_or_query(slack: SlackServer) -> None:
    url = f"{slack.api_url}chat.postMessage"
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    blocks = '[{"type":"divider"}]'
    async with aiohttp.ClientSession(headers=headers) as session:
        styles: tuple[Any, ...] = (
            {"json": {"channel": "C0ENG", "text": "one", "blocks": [{"type": "divider"}]}},
            {"data": {"channel": "C0ENG", "text": "two", "blocks": blocks}},
            {"params": {"channel": "C0ENG", "text": "three", "blocks": blocks}},
        )
        for how in styles:
            async with session.post(url, **how) as response:
                assert (await response.json())["ok"]
    assert [message["text"] for message in slack.messages("#eng")[-3:]] == ["one", "two", "three"]
    assert all(message["blocks"][0]["type"] == "divider" for message in slack.messages("#eng")[-3:])


async def test_tokens_are_checked(slack: SlackServer, client: Client) -> None:
    def with_token(token: str) -> Client:
        return AsyncWebClient(token=token, base_url=slack.api_url, session=client.session)

    assert await refusal(with_token("xoxb-wrong").auth_test()) == "invalid_auth"
    assert await refusal(with_token("").auth_test()) == "not_authed"
    assert await refusal(client.apps_connections_open(app_token=slack.app.bot_token)) == "not_allowed_token_type"
    slack.faults.revoke_token()
    assert await refusal(client.auth_test()) == "token_revoked"
    slack.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_what_is_missing_or_unknown_is_named(client: Client) -> None:
    assert await refusal(client.api_call("chat.telepathy")) == "unknown_method"
    answer = await refused(client.api_call("chat.update", json={"channel": "C0ENG"}))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]
    assert await refusal(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="C0LEADS", text="x")) == "channel_not_found"
    assert await refusal(client.api_call("chat.postMessage", json={"channel": "C0ENG"})) == "no_text"


async def test_markdown_text_stands_alone(client: Client) -> None:
    both = client.chat_postMessage(channel="C0ENG", text="a", markdown_text="b")
    assert await refusal(both) == "markdown_text_conflict"
    assert await refusal(client.chat_postMessage(channel="C0ENG", markdown_text="x" * 12_001)) == "msg_too_long"


async def test_blocks_over_the_limits_are_refused_with_their_place(client: Client) -> None:
    long = [section("ok"), section("x" * 3001)]
    answer = await refused(client.chat_postMessage(channel="C0ENG", text="x", blocks=long))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]
    many = [section("x" * 2900)] * 5
    assert await refusal(client.chat_postMessage(channel="C0ENG", text="x", blocks=many)) == "msg_blocks_too_long"


BAD_BLOCKS: list[tuple[list[dict[str, Any]], str]] = [
    ([{"type": "divider"}] * 51, "no more than 50"),
    ([{"type": "sectoin"}], "unsupported type: sectoin"),
    ([section("")], "more than 0 characters"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "12000 characters in total"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "must be plain_text"),
    ([{"type": "context", "elements": []}], "1 to 10 items"),
    ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2, "only_one_table_allowed"),
    ([{"type": "divider", "block_id": "a"}] * 2, "there twice"),
    (
        [{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "x" * 76}}]}],
        "less than 76",
    ),
    (
        [{"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "a"}]}],
        "unsupported element: plain_text_input",
    ),
]


@pytest.mark.parametrize(("blocks", "complaint"), BAD_BLOCKS)
def test_each_limit_of_a_block_is_known(blocks: list[dict[str, Any]], complaint: str) -> None:
    assert complaint in " ".join(message_errors(blocks))


async def test_a_stream_only_grows(slack: SlackServer, client: Client) -> None:
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    ts = (await client.chat_startStream(channel=channel, thread_ts=question, markdown_text="One"))["ts"]
    task = {"type": "task_update", "id": "1", "title": "Read", "status": "in_progress"}
    await client.chat_appendStream(channel=channel, ts=ts, chunks=[task, {"type": "markdown_text", "text": " two"}])
    await client.chat_appendStream(channel=channel, ts=ts, chunks=[{**task, "status": "complete"}])
    assert await refusal(client.chat_update(channel=channel, ts=ts, text="new")) == "streaming_state_conflict"
    assert slack.is_streaming("dm:jamal", ts)
    stopped = await client.chat_stopStream(channel=channel, ts=ts, markdown_text=" three", blocks=[section("end")])
    assert stopped["message"]["text"] == "One two three"
    assert slack.text("dm:jamal", ts) == "One\nRead\n two three\nend"
    late = client.chat_appendStream(channel=channel, ts=ts, markdown_text="x")
    assert await refusal(late) == "message_not_in_streaming_state"
    await client.chat_update(channel=channel, ts=ts, text="All new", blocks=[])
    assert slack.text("dm:jamal", ts) == "All new"


async def test_a_stream_ends_when_nothing_is_added(slack: SlackServer, client: Client) -> None:
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    ts = (await client.chat_startStream(channel=channel, thread_ts=question))["ts"]
    await slack.until(lambda: not slack.is_streaming("dm:jamal", ts))
    late = client.chat_appendStream(channel=channel, ts=ts, markdown_text="x")
    assert await refusal(late) == "message_not_in_streaming_state"


async def test_a_stream_in_a_channel_needs_its_reader(slack: SlackServer, client: Client) -> None:
    question = await slack.say("camille", "#mobile", "@Pinyon hello")
    missing = client.chat_startStream(channel="C0MOBILE", thread_ts=question)
    assert await refusal(missing) == "missing_recipient_team_id"
    nameless = client.api_call("chat.startStream", json={"channel": slack.dm("jamal")})
    assert await refusal(nameless) == "invalid_arguments"


async def test_prompts_with_a_thread_silently_do_nothing(slack: SlackServer, client: Client) -> None:
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    prompts = [{"title": "Hi", "message": "Say hi"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts=question, prompts=prompts)
    assert slack.place("dm:jamal")[1].prompts is None
    await client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    assert slack.place("dm:jamal")[1].prompts == {"title": "", "prompts": prompts}


async def test_a_status_goes_when_the_bot_posts(slack: SlackServer, client: Client) -> None:
    channel, question = slack.dm("jamal"), await slack.say("jamal", "dm", "hello")
    await client.assistant_threads_setStatus(channel_id=channel, thread_ts=question, status="is reading")
    assert slack.status("dm:jamal", question) == "is reading"
    await client.chat_postMessage(channel=channel, thread_ts=question, text="Done")
    assert slack.status("dm:jamal", question) == ""


async def test_metadata_is_given_only_when_asked_for(slack: SlackServer, client: Client) -> None:
    metadata = {"event_type": "turn", "event_payload": {"id": "t1"}}
    ts = (await client.chat_postMessage(channel=slack.dm("ren"), text="x", metadata=metadata))["ts"]
    plain = await client.conversations_history(channel=slack.dm("ren"))
    full = await client.conversations_history(channel=slack.dm("ren"), include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert (full["messages"][0]["ts"], full["messages"][0]["metadata"]) == (ts, metadata)


async def test_lists_are_given_in_pages(client: Client) -> None:
    names: list[str] = []
    async for page in await client.conversations_list(limit=4):
        names += [channel["name"] for channel in page["channels"]]
    assert len(names) == len(set(names)) == 10
    assert "leads" not in names


async def test_only_own_messages_can_be_changed(slack: SlackServer, client: Client) -> None:
    said = await slack.say("ren", "#eng", "mine")
    assert await refusal(client.chat_update(channel="C0ENG", ts=said, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel="C0ENG", ts=said)) == "cant_delete_message"
    assert await refusal(client.chat_update(channel="C0ENG", ts="1.2", text="x")) == "message_not_found"


async def test_a_whisper_reaches_one_person_only(slack: SlackServer, client: Client) -> None:
    await client.chat_postEphemeral(channel="C0MOBILE", user="U0T7N3YG1", text="for you")
    assert [message["text"] for message in slack.whispers("jamal", "#mobile")] == ["for you"]
    assert slack.whispers("camille", "#mobile") == []
    outside = client.chat_postEphemeral(channel="C0MOBILE", user="U0T8G5ST2", text="x")
    assert await refusal(outside) == "user_not_in_channel"


async def test_a_file_goes_up_and_comes_down(slack: SlackServer, client: Client) -> None:
    channel = slack.dm("mei")
    await client.files_upload_v2(channel=channel, filename="a.csv", content="1,2\n", initial_comment="here")
    message = slack.messages(channel)[-1]
    assert (message["text"], message["subtype"], message["files"][0]["mimetype"]) == ("here", "file_share", "text/csv")
    url = message["files"][0]["url_private_download"]
    assert client.session is not None
    async with client.session.get(url, headers={"Authorization": f"Bearer {slack.app.bot_token}"}) as response:
        assert await response.read() == b"1,2\n"
    async with client.session.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/html")


async def test_the_permalink_names_the_thread(slack: SlackServer, client: Client) -> None:
    question = await slack.say("jamal", "dm", "hello")
    ts = (await client.chat_postMessage(channel=slack.dm("jamal"), thread_ts=question, text="x"))["ts"]
    link = (await client.chat_getPermalink(channel=slack.dm("jamal"), message_ts=ts))["permalink"]
    assert link.endswith(f"?thread_ts={question}&cid={slack.dm('jamal')}")


def test_an_app_is_what_its_manifest_says() -> None:
    manifest = {
        "display_information": {"name": "Pinyon"},
        "features": {"slash_commands": [{"command": "/pinyon", "usage_hint": "connect | help"}]},
        "oauth_config": {"scopes": {"bot": ["chat:write", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    app = SlackApp.from_manifest(manifest, bot_token="xoxb-mine")
    assert (app.events, app.scopes, app.bot_token) == (frozenset({"message.im"}), "chat:write,im:history", "xoxb-mine")
    assert app.commands[0].usage_hint == "connect | help"


async def test_several_workspaces_have_their_own_tokens(slack: SlackServer, client: Client) -> None:
    other = slack.add_workspace("T0OTHER", bot_token="xoxb-other", people=["ada"])
    theirs: Client = AsyncWebClient(token="xoxb-other", base_url=slack.api_url, session=client.session)
    ada = other.user("ada")
    await slack.say(ada, "dm", "hello")
    assert (await theirs.auth_test())["team_id"] == "T0OTHER"
    assert (await theirs.conversations_history(channel=slack.dm(ada)))["messages"][0]["text"] == "hello"
    assert await refusal(client.conversations_history(channel=slack.dm(ada))) == "channel_not_found"
