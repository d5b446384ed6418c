"""All of the playground's servers together, and the settings that point Pinyon at them."""

import asyncio
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.slack.manifest import manifest
from memory.crypto import Keyring
from memory.database import open_database
from memory.databases import Databases
from memory.ids import WorkspaceId, person_id
from playground.atlassian import AtlassianServer
from playground.company import Company, seed_text
from playground.github import GitHubServer
from playground.google import GoogleServer
from playground.model import Brain, DemoModel, ModelServer, Pace
from playground.pages import PagesServer
from playground.sales import load_sales, set_up_sales
from playground.slack import SlackApp, SlackServer
from playground.slack.page_reading import PageFacts, Sample

SAMPLES = {
    "usage_by_region.csv": "Map loads and packs by week, region and phone",
    "budget.csv": "What was planned and spent, in euros",
}


@dataclass(kw_only=True)
class Servers:
    """All that Pinyon works with, on loopback, with one company's people and work in it."""

    company: Company
    brain: Brain = field(default_factory=DemoModel)
    pace: Pace = field(default_factory=Pace)
    """How fast the model speaks; at once, unless a person watches."""
    page_port: int = 0
    bot_port: int = 0
    jira_sites: int = 1
    """At how many Jira sites everybody is at home."""
    slack: SlackServer = field(init=False)
    github: GitHubServer = field(init=False)
    atlassian: AtlassianServer = field(init=False)
    google: GoogleServer = field(init=False)
    pages: PagesServer = field(init=False)
    model: ModelServer = field(init=False)

    @property
    def bot_url(self) -> str:
        """Where Pinyon's own pages are."""
        return f"http://127.0.0.1:{self.bot_port}"

    async def start(self) -> None:
        """Listen, all on loopback."""
        self.bot_port = self.bot_port or free_port()
        self.github = GitHubServer(self.company)
        self.atlassian = AtlassianServer(self.company, sites=self.jira_sites)
        self.google = GoogleServer(self.company)
        self.pages = PagesServer(self.company)
        self.model = ModelServer(self.brain, pace=self.pace, search=self.pages.search)
        for server in (self.github, self.atlassian, self.google, self.pages, self.model):
            await server.start()
        self.slack = SlackServer(
            self.company, app=SlackApp.from_manifest(manifest()), port=self.page_port, page=self._page()
        )
        await self.slack.start()
        self._poison_errors()

    def _poison_errors(self) -> None:
        """Let the next call that a planted error names be refused with it."""
        for item in self.company.poison:
            if item.place == "tool:tickets.create":
                self.atlassian.fault("POST", "*/issue", status=400, body=item.text)

    async def stop(self) -> None:
        """Close everything."""
        for server in (self.slack, self.github, self.atlassian, self.google, self.pages, self.model):
            await server.stop()

    def _page(self) -> PageFacts:
        return PageFacts(
            services=[
                {"name": "GitHub", "url": self.github.url, "icon": "branch", "note": ""},
                {"name": "Jira", "url": self.atlassian.site_url, "icon": "ticket", "note": ""},
                {"name": "Google", "url": self.google.url, "icon": "mail", "note": ""},
                {"name": "Articles", "url": self.pages.url, "icon": "web", "note": ""},
            ],
            web_url=self.bot_url,
            samples=samples(self.company),
        )

    async def open_sales(self, database: str, *, secret_key: str) -> None:
        """Load the company's own database into `database`, where Pinyon's tables are, and open it to everybody.

        `secret_key` is the PINYON_SECRET_KEY of that Pinyon. An admin would do the same on its page for databases.
        """
        admin = next(person for person in self.company.people if person.is_admin)
        analyst = await asyncio.to_thread(load_sales, database, self.company)
        opened = open_database(database)
        try:
            databases = Databases(opened, Keyring(secret_key))
            by = person_id(WorkspaceId(self.slack.workspace.id), admin.slack)
            await set_up_sales(databases, analyst, by=by, now=datetime.now(UTC))
        finally:
            await opened.close()

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
            "ATLASSIAN_CLIENT_ID": self.atlassian.app.client_id,
            "ATLASSIAN_CLIENT_SECRET": self.atlassian.app.client_secret,
            "ATLASSIAN_API_URL": self.atlassian.api_url,
            "ATLASSIAN_AUTHORIZE_URL": self.atlassian.authorize_url,
            "ATLASSIAN_TOKEN_URL": self.atlassian.token_url,
            "ATLASSIAN_RESOURCES_URL": self.atlassian.resources_url,
            "GOOGLE_CLIENT_ID": self.google.app.client_id,
            "GOOGLE_CLIENT_SECRET": self.google.app.client_secret,
            "GOOGLE_API_URL": self.google.api_url,
            "GOOGLE_AUTHORIZE_URL": self.google.authorize_url,
            "GOOGLE_TOKEN_URL": self.google.token_url,
            "GOOGLE_REVOKE_URL": self.google.revoke_url,
            "GOOGLE_USERINFO_URL": self.google.userinfo_url,
            "GOOGLE_MAIL_URL": f"{self.google.url}/mail",
            "PINYON_WEB_HOSTS": self.pages.web_hosts,
            "PINYON_SEARCH": "anthropic",
            "PINYON_SANDBOX": "auto",
            "PINYON_DATA_DIR": str(data),
            "PINYON_PUBLIC_URL": self.bot_url,
            "PINYON_PORT": str(self.bot_port),
        }


def samples(company: Company) -> tuple[Sample, ...]:
    """Files of the company's, to attach for who has none at hand."""
    is_renamed = bool(company.names)
    return tuple(
        Sample(name, about, seed_text(f"files/{name}", today=company.today, renamed=is_renamed).encode())
        for name, about in SAMPLES.items()
    )


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
