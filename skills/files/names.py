"""From what people call a file, a folder or a person to what Drive knows."""

from collections.abc import Iterable

from integrations.errors import NotFound
from integrations.google.client import Google
from integrations.google.drive_models import File
from integrations.google.drive_query import id_in, is_link
from integrations.google.mail_addresses import plain_address
from skills.errors import RetryToolCall
from skills.skill import ToolContext

_MAX_ALIKE = 5


async def found_file(ctx: ToolContext[Google], file: str) -> File:
    """The file with this id, link or exact name. Raises RetryToolCall when a name fits none or several."""
    return await _found(ctx, "file", file)


async def found_folder(ctx: ToolContext[Google], folder: str) -> File:
    """The folder with this id, link or exact name. Raises RetryToolCall when a name fits none or several."""
    found = await _found(ctx, "folder", folder)
    if found.kind != "folder":
        raise RetryToolCall(f"`folder` {folder!r} is a {found.kind_name} and no folder. Name another, or leave it out.")
    if not found.capabilities.can_add_children:
        raise RetryToolCall(f"The person may not add anything to `folder` {folder!r}. Name another, or leave it out.")
    return found


async def _found(ctx: ToolContext[Google], parameter: str, named: str) -> File:
    wanted = named.strip()
    if not wanted:
        raise RetryToolCall(f"`{parameter}` must be an id, a link or an exact name, got {named!r}.")
    if (identity := id_in(wanted)) is not None:
        try:
            return await ctx.client.drive.file(identity)
        except NotFound:
            if is_link(wanted):
                raise
    elif is_link(wanted):
        raise RetryToolCall(f"`{parameter}` must be a link to something in Drive, got {named!r}.")
    kind = "folder" if parameter == "folder" else None
    match await ctx.client.drive.named(wanted, kind=kind):
        case (only,):
            return only
        case ():
            raise RetryToolCall(await _nothing_fits(ctx, parameter, wanted))
        case several:
            raise RetryToolCall(
                f"`{parameter}` {wanted!r} may be any of these: {_offered(several)}. Name one by its id, or ask which."
            )


async def _nothing_fits(ctx: ToolContext[Google], parameter: str, wanted: str) -> str:
    kind = "folder" if parameter == "folder" else None
    alike = (await ctx.client.drive.find(words=wanted, kind=kind, limit=_MAX_ALIKE)).files
    meant = f" These are about it: {_offered(alike)}." if alike else ""
    return f"I see no {parameter} {wanted!r} as {ctx.account}.{meant} Name one by its id, or ask which."


def _offered(files: Iterable[File]) -> str:
    return "; ".join(f"{file.name[:80]!r} of {file.owner or 'a shared drive'} (id {file.id})" for file in files)


def address(given: str, parameter: str) -> str:
    """The bare address in `given`, in lower case. Raises RetryToolCall for what is none, such as a name."""
    try:
        return plain_address(given).lower()
    except ValueError as error:
        raise RetryToolCall(
            f"`{parameter}` must be an e-mail address, got {given[:100]!r}. Look the person up first."
        ) from error


def addresses(given: Iterable[str], parameter: str) -> list[str]:
    """E-mail addresses, each once."""
    return list(dict.fromkeys(address(one, parameter) for one in given))
