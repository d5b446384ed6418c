"""All of the playground's servers together, and the settings that point Pinyon at them."""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from bot.slack.manifest import manifest
from playground.company import Company
from playground.github import GitHubServer
from playground.model import Brain, DemoModel, ModelServer, Pace
from playground.slack import SlackApp, SlackServer
from playground.slack.page_reading import PageFacts


@dataclass(kw_only=True)
class Servers:
    """A Slack, a GitHub and a model vendor on loopback, with one company's people and work in them."""

    company: Company
    brain: Brain = field(default_factory=DemoModel)
    pace: Pace = field(default_factory=Pace)
    """How fast the model speaks; at once, unless a person watches."""
    page_port: int = 0
    bot_port: int = 0
    slack: SlackServer = field(init=False)
    github: GitHubServer = field(init=False)
    model: ModelServer = field(init=False)

    @property
    def bot_url(self) -> str:
        """Where Pinyon's own pages are."""
        return f"http://127.0.0.1:{self.bot_port}"

    async def start(self) -> None:
        """Listen, all on loopback."""
        self.bot_port = self.bot_port or free_port()
        self.github = GitHubServer(self.company)
        self.model = ModelServer(self.brain, pace=self.pace)
        await self.github.start()
        await self.model.start()
        self.slack = SlackServer(
            self.company, app=SlackApp.from_manifest(manifest()), port=self.page_port, page=self._page()
        )
        await self.slack.start()

    async def stop(self) -> None:
        """Close everything."""
        for server in (self.slack, self.github, self.model):
            await server.stop()

    def _page(self) -> PageFacts:
        return PageFacts(
            services=[{"name": "GitHub", "url": self.github.url, "icon": "branch", "note": ""}],
            web_url=self.bot_url,
        )

    def settings(self, data: Path) -> dict[str, str]:
        """The environment with which Pinyon lives here, its data in `data`."""
        app = self.slack.app
        return {
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_CLIENT_ID": app.client_id,
            "SLACK_CLIENT_SECRET": app.client_secret,
            "SLACK_API_URL": self.slack.api_url,
            "ANTHROPIC_API_KEY": "sk-ant-playground",
            "ANTHROPIC_BASE_URL": self.model.anthropic_url,
            "OPENAI_API_KEY": "sk-playground",
            "OPENAI_BASE_URL": self.model.openai_url,
            "GITHUB_CLIENT_ID": self.github.app.client_id,
            "GITHUB_CLIENT_SECRET": self.github.app.client_secret,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_AUTHORIZE_URL": self.github.authorize_url,
            "GITHUB_TOKEN_URL": self.github.token_url,
            "GITHUB_REVOKE_URL": self.github.revoke_url,
            "PINYON_DATA_DIR": str(data),
            "PINYON_PUBLIC_URL": self.bot_url,
            "PINYON_PORT": str(self.bot_port),
        }


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
