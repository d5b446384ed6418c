"""What can be done with files in Google Drive."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from integrations.errors import IntegrationError, OutcomeUnknown
from integrations.google.client import Google
from integrations.google.drive_models import File, Kind, Permission, Role
from skills.described import Described
from skills.errors import RetryToolCall, ToolFailed
from skills.files import habits, records, shown, taken_back
from skills.files.names import address, addresses, found_file, found_folder
from skills.files.readings import read_through
from skills.left_out import unless_left_out
from skills.record import Record
from skills.skill import Result, Says, ToolContext, Version, tool
from skills.verbs import APPEND, COMMENT, CREATE, DRAFT, REPLY, SHARE

MAX_ROWS = 20
MAX_WORDS = 200
"""Characters of a search."""
MAX_TITLE = 250
MAX_COMMENT = 4_096
"""Characters; Drive refuses longer comments."""
MAX_BODY = 200_000

SearchedKind = Literal["document", "sheet", "slides", "any"]
_KINDS: dict[SearchedKind, Kind | None] = {"document": "document", "sheet": "sheet", "slides": "slides", "any": None}


@tool("read", says=Says(doing="Looking for files"), targets=("owner",), kinds={"owner": "person"})
async def search_files(
    ctx: ToolContext[Google], words: str = "", kind: SearchedKind = "any", owner: str | None = None
) -> Result:
    """Find files in Drive by words in their name or text, best match first; without words, the last changed first.

    Only files that the person can read are found. Each entry has id, name, kind, owner, link, and who changed
    it when.

    Args:
        words: What the name or the text holds; few words find more. Leave out to list what changed last.
        kind: `document`, `sheet` or `slides` for Google's own; `any` for these and all other files.
        owner: Only files of this e-mail address, or `me` for the person's own. Leave out for everybody's.
    """
    whose = owner if owner in {None, "me"} else address(str(owner), "owner")
    if len(words) > MAX_WORDS:
        raise RetryToolCall(f"`words` may have {MAX_WORDS} characters, got {len(words)}. Use the few that matter.")
    found = await ctx.client.drive.find(words=words, kind=_KINDS[kind], owner=whose, limit=MAX_ROWS)
    content: dict[str, JsonValue] = {"files": [shown.row(file) for file in found.files]}
    if found.more:
        content["note"] = f"Only the first {len(found.files)} are listed. Narrow it with `words`, `kind` or `owner`."
    count = len(found.files)
    return Result(
        content=content,
        said=f"Found {count}{'+' * found.more} file{'' if count == 1 else 's'}",
        records=tuple(records.of_row(file) for file in found.files),
    )


@tool("read", says=Says(doing="Reading a file"), targets=("file",), kinds={"file": "file"})
async def read_file(ctx: ToolContext[Google], file: str, place: str = "") -> Result:
    """Read one file with its comments.

    Google Docs, Sheets with all tabs, Slides, PDF, Word, Excel, PowerPoint, CSV, text and pictures are read. `note`
    says what was cut or could not be read. Where `kept_as` stands, the file itself is in this conversation under that
    name: to compute with, to search, or as a picture to look at.

    Args:
        file: Its id, its link, or its exact name.
        place: Where to begin in a long one, as `note` or a heading names it: `page 12`, `sheet Budget`, `slide 4`.
    """
    found = await found_file(ctx, file)
    drive = ctx.client.drive
    reading, talk = await asyncio.gather(read_through(drive, found), drive.comments(found.id))
    content = shown.in_full(found, reading, talk, place=place)
    handed = (reading.file,) if reading.file is not None and not place else ()
    return Result(
        content=content,
        link=found.web_view_link,
        said=f"Read {_named(found)}",
        records=(records.of_reading(found, content, talk),),
        files=handed,
    )


async def _new_in_full(
    ctx: ToolContext[Google], *, title: str, body: str, folder: str | None, **_: object
) -> dict[str, Any]:
    _check_document(title, body)
    named = unless_left_out(folder)
    place = await found_folder(ctx, named) if named else None
    return {
        "title": " ".join(title.split()),
        "body": body,
        "folder": Described(place.id, place.name) if place else None,
    }


async def _comment_in_full(ctx: ToolContext[Google], *, file: str, text: str, **_: object) -> dict[str, Any]:
    _check_comment(text)
    found, people = await _with_people(ctx, file)
    if not found.capabilities.can_comment:
        raise ToolFailed(f"The person may not comment on this file. {_whom_to_ask(found)}")
    return {"file": Described(found.id, f"{shown.described(found)}. {shown.seen_by(people)}"), "text": text}


async def _share_in_full(
    ctx: ToolContext[Google], *, file: str, people: list[str], role: Role, **_: object
) -> dict[str, Any]:
    invited = addresses(people, "people")
    found, seeing = await _with_people(ctx, file)
    if not found.capabilities.can_share:
        raise ToolFailed(f"The person may not share this file. {_whom_to_ask(found)}")
    words = f"{shown.described(found)}. {shown.seen_by(seeing)}"
    return {"file": Described(found.id, words), "people": invited, "role": role}


async def _with_people(ctx: ToolContext[Google], file: str) -> tuple[File, tuple[Permission, ...] | None]:
    found = await found_file(ctx, file)
    return found, await ctx.client.drive.people(found.id)


async def _audience(ctx: ToolContext[Google], file: str, **_: object) -> Version:
    """What the file is called and who can see it."""
    found, people = await _with_people(ctx, file)
    able = sorted(f"{one.type} {one.email_address or one.domain or one.id} {one.role}" for one in people or ())
    return Version(fingerprint=f"{found.id} {found.name} {able}", said=shown.seen_by(people).removeprefix("Now: "))


@tool(
    "write",
    says=Says(
        doing="Writing a document",
        ask="Create this document in Google Drive?",
        done="Document created",
        refused="Not created",
        labels=(("Folder", "{folder}"),),
        text="Title and text, exactly as they will be written",
        undo="Move the document to the bin?",
        undone="Document moved to the bin",
        kept="It can be taken out of the bin for 30 days.",
    ),
    targets=("folder",),
    payload=("title", "body"),
    remembers=habits.WRITING,
    settle=_new_in_full,
    asked_as=CREATE | DRAFT | APPEND,
    kinds={"folder": "folder"},
    # Whoever can see the folder can see what is put into it, and nobody else.
    seen_by=(),
    into=("folder",),
    undo=taken_back.document,
)
async def create_document(ctx: ToolContext[Google], title: str, body: str, folder: str | None = None) -> Result:
    """Create a Google Doc in the person's Drive. Nobody else sees it until it is shared, unless its folder is shared.

    Args:
        title: The document's name.
        body: The text in Markdown; headings, lists and tables become those of the document.
        folder: Id, link or exact name of a folder; `none` where the person says so.
    """
    _check_document(title, body)
    named = unless_left_out(folder)
    place = await found_folder(ctx, named) if named else None
    made = await ctx.client.drive.create_document(" ".join(title.split()), body, folder=place.id if place else None)
    changed = made.modified_time.isoformat() if made.modified_time else ""
    return _written(
        {"id": made.id},
        made,
        said="Created a document",
        record=records.of_made(made, body),
        undo={"file": made.id, "changed": changed},
    )


@tool(
    "write",
    says=Says(
        doing="Commenting on a file",
        ask="Post this comment in Google Drive?",
        done="Comment posted",
        refused="Not posted",
        labels=(("File", "{file}"),),
        text="Text, exactly as it will be posted",
        undo="Delete the comment?",
        undone="Comment deleted",
        kept="People who got it by mail keep that mail.",
    ),
    targets=("file",),
    payload=("text",),
    egress=True,
    settle=_comment_in_full,
    version=_audience,
    asked_as=COMMENT | REPLY,
    kinds={"file": "file"},
    seen_by=(),
    into=("file",),
    undo=taken_back.comment,
)
async def comment_on_file(ctx: ToolContext[Google], file: str, text: str) -> Result:
    """Post a comment on a whole file, in the person's name. Everybody who can open the file can read it.

    Args:
        file: Its id, its link, or its exact name.
        text: The comment as plain text, exactly as it will be posted.
    """
    _check_comment(text)
    found = await found_file(ctx, file)
    posted = await ctx.client.drive.comment(found.id, text)
    return _written(
        {"id": posted.id, "file": found.id},
        found,
        said="Commented on a file",
        record=records.of_comment(found, posted.id, text),
        undo={"file": found.id, "comment": posted.id},
    )


@tool(
    "write",
    says=Says(
        doing="Sharing a file",
        ask="Share this file and tell them by mail?",
        done="Shared",
        refused="Not shared",
        labels=(("File", "{file}"), ("With", "{people}"), ("Role", "{role}")),
        undo="Stop sharing it with them?",
        undone="No longer shared",
        kept="They keep the mail that told them, and any copy they made.",
    ),
    targets=("file", "people", "role"),
    remembers=habits.SHARING,
    egress=True,
    settle=_share_in_full,
    version=_audience,
    asked_as=SHARE,
    kinds={"file": "file", "people": "person", "role": "role"},
    seen_by=("{people}",),
    opens=("file",),
    undo=taken_back.sharing,
)
async def share_file(
    ctx: ToolContext[Google],
    file: str,
    people: Annotated[list[str], Field(min_length=1, max_length=20)],
    role: Role = "reader",
) -> Result:
    """Let people open a file. Google sends each of them a mail.

    Args:
        file: Its id, its link, or its exact name.
        people: Their e-mail addresses.
        role: `reader` may read, `commenter` also comment, `writer` also change it.
    """
    invited = addresses(people, "people")
    found = await found_file(ctx, file)
    before = await ctx.client.drive.people(found.id)
    given: list[Permission] = []
    shared: list[JsonValue] = []
    # One after the other: Drive loses sharings of one file that arrive at the same time.
    for person in invited:
        try:
            given.append(await ctx.client.drive.share(found.id, person, role))
        except IntegrationError as error:
            if isinstance(error, OutcomeUnknown) or not shared:
                raise
            done = ", ".join(map(str, shared))
            raise ToolFailed(f"Shared with {done}, but not with {person}: {error}") from error
        shared.append(person)
    return _written(
        {"file": found.id, "shared_with": shared, "role": role},
        found,
        said=f"Shared with {_counted(shared)}",
        record=records.of_shared(found, invited),
        undo=_given_back(found, role, before, given),
    )


def _given_back(
    file: File, role: Role, before: Sequence[Permission] | None, given: Sequence[Permission]
) -> dict[str, JsonValue] | None:
    """What taking a sharing back has to know; None where nothing changed, or nobody knows who had what."""
    gained = taken_back.gained(before, given) if before is not None else []
    people: list[JsonValue] = [list[JsonValue](one) for one in gained]
    return {"file": file.id, "role": role, "people": people} if people else None


def _check_document(title: str, body: str) -> None:
    if not title.strip() or len(title) > MAX_TITLE:
        raise RetryToolCall(f"`title` must have 1 to {MAX_TITLE} characters, got {len(title)}.")
    if not body.strip():
        raise RetryToolCall("`body` must not be empty: write the document's text into it.")
    if len(body) > MAX_BODY:
        raise RetryToolCall(f"`body` may have {MAX_BODY:,} characters, got {len(body):,}. Say it shorter.")


def _check_comment(text: str) -> None:
    if not text.strip():
        raise RetryToolCall("`text` must not be empty: say in it what is to be posted.")
    if len(text) > MAX_COMMENT:
        raise RetryToolCall(f"`text` may have {MAX_COMMENT:,} characters, got {len(text):,}. Say it shorter.")


def _whom_to_ask(file: File) -> str:
    owners = ", ".join(user.email_address or user.named for user in file.owners)
    return f"Its owner can: {owners}." if owners else "Whoever manages its shared drive can."


def _written(
    content: dict[str, JsonValue], file: File, *, said: str, record: Record, undo: dict[str, JsonValue] | None
) -> Result:
    """What a write brings back: ids and links, no word that somebody else may have written."""
    link = file.web_view_link
    return Result(
        content={**content, "link": link}, untrusted=False, link=link, said=said, records=(record,), undo=undo
    )


def _named(file: File) -> str:
    return file.name if len(file.name) <= 80 else f"{file.name[:80]}…"


def _counted(people: list[JsonValue]) -> str:
    return "1 person" if len(people) == 1 else f"{len(people)} people"
