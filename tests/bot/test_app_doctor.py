"""Who may run the doctor's checks on the web."""

from collections.abc import Sequence

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import build
from bot.settings import read_settings
from bot.slack.surface import Workplace
from bot.web.site import Finding, Site
from memory.crypto import new_key
from memory.ids import WorkspaceId

FIRST, SECOND = WorkspaceId("T1"), WorkspaceId("T2")
GIVEN = {
    "SLACK_BOT_TOKEN": "xoxb-1-canary",
    "SLACK_APP_TOKEN": "xapp-1-canary",
    "ANTHROPIC_API_KEY": "sk-ant-canary",
    "PINYON_SECRET_KEY": new_key(),
}


def workplace(id: WorkspaceId) -> Workplace:
    return Workplace(id=id, name=id, bot_user="UBOT", bot_id="B1", client=AsyncWebClient())


@pytest.mark.parametrize("has_doctor", [True, False])
async def test_the_checks_are_for_the_workspace_that_pinyon_was_set_up_with(
    database_url: str, *, has_doctor: bool
) -> None:
    """admin_authz"""

    async def doctor() -> Sequence[Finding]:
        return []

    app = build(read_settings(GIVEN), database_url, doctor=doctor if has_doctor else None)
    try:
        site: Site = app.web.state.site
        assert site.checks(FIRST) is None
        for id in (FIRST, SECOND):
            app.surface.enter(workplace(id))
        assert (site.checks(FIRST) is not None) is has_doctor
        assert site.checks(SECOND) is None
    finally:
        await app.stop()
