"""Taking back, on the page of connections, what a person let Pinyon do without asking."""

from fastapi import APIRouter
from starlette.responses import Response

from bot.self_service.permissions import Permissions
from bot.web.connections import draw
from bot.web.site import TheSite
from bot.web.stopped import Stopped
from bot.web.visitor import SentBy

router = APIRouter()


@router.post("/connections/permissions/{permission}/revoke")
async def revoke(permission: str, site: TheSite, visitor: SentBy) -> Response:
    """Ask again before what it was for; the page says what that is."""
    says = await Permissions(site.connections).revoke(visitor.person.id, permission, now=site.clock())
    if says is None:
        raise Stopped(
            title="No such permission",
            text="You took it back already, or it never was yours. Nothing was changed.",
            actions=(("Open Connections", "/connections"),),
            status=404,
            why="unknown_permission",
        )
    return await draw(site, visitor, revoked=says)
