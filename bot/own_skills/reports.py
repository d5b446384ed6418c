"""Documents made for somebody: where their pages are kept, and the browser that prints."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.own_skills.own import Here, OwnSkill
from documents.writing import find_browser, write_pdf
from memory.pages import Pages


@dataclass(frozen=True, slots=True)
class ReportsHere:
    """Documents of one conversation: `skills.reports.client.Publishes`."""

    skill: "ReportsSkill"
    here: Here

    @property
    def by(self) -> str:
        day = self.here.now.astimezone(_zone(self.here.person.zone))
        return f"Made for {self.here.person.name} by Pinyon, {day.day} {day:%B %Y}"

    async def publish(self, title: str, html: str) -> str:
        if not self.skill.public_url:
            return ""
        here = self.here
        page = await self.skill.pages.keep(
            turn=here.turn,
            conversation=here.conversation,
            channel=here.channel,
            person=here.person.id,
            title=title,
            html=html,
            now=here.now,
        )
        return f"{self.skill.public_url.rstrip('/')}/d/{page}"

    async def pdf(self, html: str) -> bytes:
        return await write_pdf(html, browser=find_browser(self.skill.chromium))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsSkill(OwnSkill):
    """Stands behind the skill `reports`."""

    pages: Pages
    public_url: str | None
    """`PINYON_PUBLIC_URL`; without it pages are files only."""
    chromium: str = ""
    """`PINYON_CHROMIUM`; looked for where it is empty."""

    def client(self, here: Here) -> ReportsHere:
        return ReportsHere(self, here)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
