"""The manifest says what the code does, and Slack takes it."""

import re
from typing import Any

import pytest
import yaml

from bot.slack.manifest import (
    COMMANDS,
    EVENTS,
    MANIFEST,
    SCOPES,
    SHORTCUTS,
    SIGN_IN_SCOPES,
    USER_SCOPES,
    manifest,
    manifest_yaml,
)
from bot.slack.onboarding import onboarding
from skills.catalog import skill_catalog

PUBLIC = "https://pinyon.tamarack.example"
REDIRECTS = [f"{PUBLIC}/slack/signin/callback", f"{PUBLIC}/oauth/slack/callback"]
KNOWN_EVENTS = frozenset(
    (
        "agent_session_stopped",
        "agent_session_title_changed",
        "app_context_changed",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "file_shared",
        "link_shared",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "team_join",
        "tokens_revoked",
        "user_change",
    )
)
KNOWN_SCOPES = frozenset(
    (
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "mpim:history",
        "mpim:read",
        "reactions:write",
        "team:read",
        "users:read",
        "users:read.email",
    )
)
BOTH = pytest.mark.parametrize("made", [manifest(), manifest(public_url=PUBLIC)], ids=["socket", "http"])


def test_the_committed_manifest_is_the_generated_one():
    assert MANIFEST.read_text("utf-8") == manifest_yaml()
    assert yaml.safe_load(manifest_yaml()) == manifest()


@BOTH
def test_slacks_limits_are_kept(made: dict[str, Any]):
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    assert re.fullmatch("#[0-9a-f]{6}", shown["background_color"])
    assert re.fullmatch("[a-z0-9._-]{1,80}", features["bot_user"]["display_name"])
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert "assistant_view" not in features
    assert len(features.get("shortcuts", [])) <= 10
    assert all(re.fullmatch("/[a-z-]{1,31}", command["command"]) for command in features["slash_commands"])


def test_every_event_is_known_and_its_scope_asked_for():
    assert set(EVENTS) <= KNOWN_EVENTS
    assert {scope for scope in EVENTS.values() if scope} <= set(SCOPES)
    assert manifest()["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)


def test_every_scope_is_known_and_has_a_reason():
    assert set(SCOPES) <= KNOWN_SCOPES
    assert all(SCOPES.values())
    assert manifest()["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)


def test_people_are_asked_for_what_the_skills_in_slack_need_and_no_more():
    in_slack = [skill for skill in skill_catalog().values() if skill.integration == "slack"]
    needed = {scope for skill in in_slack for scope in (*skill.scopes.read, *skill.scopes.write)}
    assert set(USER_SCOPES) == needed
    for scope, why in USER_SCOPES.items():
        assert [skill.title for skill in in_slack if scope in skill.scopes.write] == why.partition(":")[0].split(
            " and "
        )
    made = manifest(public_url=PUBLIC)["oauth_config"]["scopes"]
    assert made["user"] == [*SIGN_IN_SCOPES, *sorted(USER_SCOPES)]


def test_every_command_and_shortcut_is_declared():
    features = manifest()["features"]
    assert [command["command"] for command in features["slash_commands"]] == list(COMMANDS)
    assert [shortcut["callback_id"] for shortcut in features.get("shortcuts", [])] == list(SHORTCUTS)


def test_the_suggested_prompts_are_those_of_the_onboarding():
    titles = [prompt["title"] for prompt in manifest()["features"]["agent_view"]["suggested_prompts"]]
    assert titles == [starter.title for starter in onboarding().starters][:4]


def test_without_a_public_address_slack_is_reached_by_socket():
    made = manifest()
    assert made["settings"]["socket_mode_enabled"]
    assert "http" not in str(made["settings"])
    assert "redirect_urls" not in made["oauth_config"]


def test_with_a_public_address_slack_calls_us_and_people_sign_in():
    made = manifest(public_url=f"{PUBLIC}/")
    assert not made["settings"]["socket_mode_enabled"]
    assert made["settings"]["event_subscriptions"]["request_url"] == f"{PUBLIC}/slack/events"
    assert made["settings"]["interactivity"]["request_url"] == f"{PUBLIC}/slack/events"
    assert made["settings"]["interactivity"]["message_menu_options_url"] == f"{PUBLIC}/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == f"{PUBLIC}/slack/events"
    assert made["oauth_config"]["redirect_urls"] == REDIRECTS
    assert made["oauth_config"]["scopes"]["user"][:3] == ["openid", "email", "profile"]


def test_people_can_sign_in_while_slack_is_reached_by_socket():
    made = manifest(public_url=PUBLIC, socket_mode=True)
    assert made["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(made["settings"])
    assert made["oauth_config"]["redirect_urls"] == REDIRECTS


def test_events_by_http_need_an_address():
    with pytest.raises(ValueError, match="PINYON_PUBLIC_URL"):
        manifest(socket_mode=False)


def test_another_name_makes_another_app():
    made = manifest(name="Pinyon (dev)", command="/pinyon-dev")
    assert made["display_information"]["name"] == "Pinyon (dev)"
    assert made["features"]["bot_user"]["display_name"] == "pinyon-dev"
    assert made["features"]["slash_commands"][0]["command"] == "/pinyon-dev"
