"""Pages that were made for somebody on the site of the tests."""

from datetime import datetime

from memory.ids import ConversationId, PageId, PersonId, TurnId
from tests.bot.web.fakes import JAMAL, NOW, World

CHANNEL = "C1"
TURN = TurnId("T1:C1:1700.1")
HTML = (
    '<!doctype html>\n<html>\n<head>\n<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    ' style-src \'sha256-x\'">\n<title>Orders</title></head>\n<body class="report">\n<!-- bar -->\n'
    "<main><h1>Orders of octo</h1></main></body></html>"
)


async def made_page(world: World, *, person: PersonId = JAMAL, html: str = HTML, now: datetime = NOW) -> PageId:
    assert world.site.pages
    return await world.site.pages.keep(
        turn=TURN,
        conversation=ConversationId("T1:C1:1700.1"),
        channel=CHANNEL,
        person=person,
        title="Orders of Jamal",
        html=html,
        now=now,
    )
