"""How what was written in Drive is taken back, when nothing has come of it meanwhile."""

from collections.abc import Sequence

from integrations.google.client import Google
from integrations.google.drive_models import Permission
from skills.errors import ToolFailed
from skills.skill import ToolContext


async def document(ctx: ToolContext[Google], *, file: str, changed: str) -> None:
    """Put a new document into the bin. Raises ToolFailed when somebody wrote in it since."""
    found = await ctx.client.drive.file(file)
    if found.modified_time is None or found.modified_time.isoformat() != changed:
        raise ToolFailed("The document was changed since, so I leave it. You can move it to the bin in Drive.")
    await ctx.client.drive.bin(file)


async def comment(ctx: ToolContext[Google], *, file: str, comment: str) -> None:
    """Delete a comment. Raises ToolFailed when somebody answered it."""
    found = await ctx.client.drive.comment_on(file, comment)
    if found.deleted:
        raise ToolFailed("The comment is gone already.")
    if any(not reply.deleted for reply in found.replies):
        raise ToolFailed("Somebody has answered the comment, so I leave it. You can delete it in Drive.")
    await ctx.client.drive.delete_comment(file, comment)


async def sharing(ctx: ToolContext[Google], *, file: str, role: str, people: Sequence[Sequence[str]]) -> None:
    """Give everybody back what they could do before: `people` holds (id of the permission, role before or empty).

    Raises ToolFailed when one of them has lost it, or was given something else, since.
    """
    now = {one.id: one.role for one in await ctx.client.drive.people(file) or ()}
    if any(now.get(permission) != role for permission, _ in people):
        raise ToolFailed("The sharing was changed since, so I leave it. You can change it in Drive.")
    # One after the other: Drive loses changes to one file's sharing that arrive at the same time.
    for permission, before in people:
        if before:
            await ctx.client.drive.change_role(file, permission, before)
        else:
            await ctx.client.drive.stop_sharing(file, permission)


def gained(before: Sequence[Permission], given: Sequence[Permission]) -> list[tuple[str, str]]:
    """(id of the permission, role before or empty) of each of `given` that changed something."""
    had = {one.id: one.role for one in before}
    return [(one.id, had.get(one.id, "")) for one in given if had.get(one.id) != one.role]
