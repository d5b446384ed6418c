"""What can be done with mail in Gmail."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field, JsonValue

from integrations.google.client import Google
from integrations.google.mail import recipients
from integrations.google.mail_addresses import without
from integrations.google.mail_compose import Letter
from integrations.google.mail_models import Thread
from integrations.google.mail_query import Folder, mail_query
from skills.described import Described
from skills.mail import habits, records, shown, taken_back
from skills.mail.attached import attached_file, read_attached
from skills.mail.closings import parted, together
from skills.mail.letters import (
    Filing,
    Mark,
    about_of,
    check_body,
    plain_addresses,
    plain_subject,
    receivers,
    thread_id,
)
from skills.record import Record
from skills.skill import Result, Says, ToolContext, Version, tool
from skills.verbs import ARCHIVE, DRAFT, LABEL, MOVE, REPLY, SEND

MAX_ROWS = 20

Addresses = Annotated[Sequence[str], Field(max_length=100)]
Labels = Annotated[Sequence[str], Field(max_length=20)]
_KINDS = {"to": "person", "cc": "person", "sign_off": "choice"}


@tool("read", says=Says(doing="Looking through the mail"), targets=("sender",), kinds={"sender": "person"})
async def search_mail(
    ctx: ToolContext[Google],
    words: str = "",
    *,
    sender: str | None = None,
    unread: bool = False,
    since: date | None = None,
    folder: Folder = "inbox",
) -> Result:
    """Find mail threads, the newest first.

    Each entry has the thread's id, subject, sender and time of the newest mail, its beginning, how many mails there
    are and how many are unread, labels and a link. `from_me` means that the person wrote last, `draft` that an answer
    is begun, `newsletter` that it went to a list, `outside` that the sender's address is not of the person's domain.

    Args:
        words: Words that a mail must hold; Gmail's search syntax may be used. Leave empty for all.
        sender: Only from this person: an address, or a name as it stands in mails.
        unread: Only threads with an unread mail.
        since: Only mails of this day or later.
        folder: `inbox`, `sent`, `drafts`, or `anywhere`, which has archived mails too.
    """
    query = mail_query(words[:1_000], sender=sender, unread=unread, since=since, folder=folder, zone=ctx.asker.zone)
    mail = ctx.client.mail
    found, reader = await asyncio.gather(mail.search(query, limit=MAX_ROWS), _reader(ctx))
    rows = [shown.row(thread, to=reader, link=mail.page(thread.id)) for thread in found.threads]
    content: dict[str, JsonValue] = {"mails": list[JsonValue](rows)}
    if found.more:
        content["note"] = f"Only the newest {len(rows)} are listed. Narrow it with `words`, `sender` or `since`."
    elif not rows and folder != "anywhere":
        content["note"] = f"Nothing fits in {folder}. Archived mails are found with the folder `anywhere`."
    return Result(
        content=content,
        untrusted=bool(rows),
        said=f"Found {_counted(len(rows), 'mail thread')}{' and more' * found.more}",
        records=tuple(
            records.of_row(thread, row, own=reader.own) for thread, row in zip(found.threads, rows, strict=True)
        ),
    )


@tool("read", says=Says(doing="Reading a mail"), targets=("thread",), kinds={"thread": "mail"})
async def read_mail(ctx: ToolContext[Google], thread: str) -> Result:
    """Read a mail thread: every mail with sender, receivers, time, text and the names of its attachments.

    What a mail quotes of earlier ones in the thread is left out. Attachments are named; `read_mail_attachment` reads
    them.

    Args:
        thread: The thread's id, as `search_mail` gives it.
    """
    mail, place = ctx.client.mail, thread_id(thread)
    found, reader = await asyncio.gather(mail.thread(place), _reader(ctx))
    # Markup of strangers takes its time to read; meanwhile others go on.
    content = await asyncio.to_thread(shown.in_full, found, to=reader)
    link = mail.page(found.id)
    content["link"] = link
    described = records.of_thread(found, content, own=reader.own)
    return Result(content=content, link=link, said="Read a mail thread", records=described)


@tool("read", says=Says(doing="Reading an attachment"), targets=("thread",), kinds={"thread": "mail"})
async def read_mail_attachment(ctx: ToolContext[Google], thread: str, name: str, place: str = "") -> Result:
    """Read a file that is attached to a mail: PDF, Word, Excel, PowerPoint, CSV, text, pictures and mails.

    `note` says what was cut or could not be read. Where `kept_as` stands, the file itself is in this conversation under
    that name: to compute with, to search, or as a picture to look at.

    Args:
        thread: The thread's id, as `search_mail` gives it.
        name: The attachment's name, as `read_mail` shows it.
        place: Where to begin in a long one, as `note` or a heading names it: `page 12`, `sheet Budget`, `slide 4`.
    """
    mail, where = ctx.client.mail, thread_id(thread)
    found, reader = await asyncio.gather(mail.thread(where), _reader(ctx))
    holder, part = attached_file(found, name)
    reading = await read_attached(mail, holder, part)
    link = mail.page(found.id)
    content = shown.attachment(found, part, reading, place=place, link=link)
    return Result(
        content=content,
        link=link,
        said="Read an attachment",
        records=(records.of_attachment(found, holder, content, own=reader.own),),
        files=(reading.file,) if reading.file is not None and not place else (),
    )


async def _reader(ctx: ToolContext[Google]) -> shown.Reader:
    own, labels = await asyncio.gather(ctx.client.mail.own_addresses(), ctx.client.mail.labels())
    return shown.reader(ctx.asker.zone, own, labels)


async def _letter_in_full(
    ctx: ToolContext[Google],
    *,
    to: Sequence[str],
    subject: str,
    body: str,
    sign_off: str | None,
    cc: Sequence[str] = (),
) -> dict[str, Any]:
    letter = _letter(to, subject, _signed(ctx, body, sign_off), cc)
    return {"to": letter.to, "subject": letter.subject, **_apart(ctx, body, sign_off), "cc": letter.cc}


def _apart(ctx: ToolContext[Google], body: str, sign_off: str | None) -> dict[str, str | None]:
    """The text alone, as it can be edited, and in the words of the card with its end."""
    bare, end = parted(body, sign_off, name=ctx.asker.name)
    return {"body": Described(bare, together(bare, end)) if end else bare, "sign_off": end or None}


def _signed(ctx: ToolContext[Google], body: str, sign_off: str | None) -> str:
    """The text as it is sent. Raises RetryToolCall when there is none."""
    check_body(body)
    text = together(*parted(body, sign_off, name=ctx.asker.name))
    check_body(text)
    return text


async def _answer_in_full(
    ctx: ToolContext[Google],
    *,
    thread: str,
    body: str,
    sign_off: str | None,
    to: Sequence[str] | None = None,
    everyone: bool = False,
) -> dict[str, Any]:
    """With everybody by name whom the answer will reach, so that nobody is added later, and what it answers."""
    _signed(ctx, body, sign_off)
    found, reached = await _reached(ctx, thread, to=to, everyone=everyone)
    return {"thread": _described(found), **_apart(ctx, body, sign_off), "to": reached, "everyone": False}


async def _reached(
    ctx: ToolContext[Google], thread: str, *, to: Sequence[str] | None, everyone: bool
) -> tuple[Thread, list[str]]:
    """The thread, and whom an answer to it reaches."""
    place, mail = thread_id(thread), ctx.client.mail
    named = plain_addresses(to or (), "to")
    if named and not everyone:
        return await mail.thread(place), named
    found, own = await asyncio.gather(mail.thread(place), mail.own_addresses())
    answered, copied = recipients(found, own=own, everyone=everyone)
    return found, plain_addresses([*named, *answered, *copied], "to")


async def _filing_in_full(
    ctx: ToolContext[Google],
    *,
    thread: str,
    add_labels: Sequence[str] = (),
    remove_labels: Sequence[str] = (),
    archive: bool = False,
    mark: Mark | None = None,
) -> dict[str, Any]:
    """With labels as they are really called, and what the thread is about."""
    place, mail = thread_id(thread), ctx.client.mail
    found, labels = await asyncio.gather(mail.thread(place), mail.labels())
    filing = Filing(labels, add=add_labels, remove=remove_labels, archive=archive, mark=mark)
    return {
        "thread": _described(found),
        "add_labels": list(filing.added),
        "remove_labels": list(filing.removed),
        "archive": archive,
        "mark": mark,
    }


def _described(thread: Thread) -> Described:
    """A thread that a card names by its subject; others may have the same one."""
    return Described(thread.id, f"{about_of(thread)} (thread {thread.id})")


async def _last_mail(ctx: ToolContext[Google], thread: str, **_: object) -> Version:
    """Which mail is the newest: another may arrive before the person decides."""
    found = await ctx.client.mail.thread(thread_id(thread))
    last = found.last.id if found.last else ""
    return Version(fingerprint=f"{found.id} {last}", said=shown.last_said(found, ctx.asker.zone))


@tool(
    "write",
    says=Says(
        doing="Writing a draft",
        ask="Put this draft into your mailbox?",
        done="Draft saved",
        refused="No draft saved",
        labels=(("To", "{to}"), ("Cc", "{cc}"), ("Sign-off", "{sign_off}")),
        text="Subject and text of the draft",
        undo="Delete the draft?",
        undone="Draft deleted",
    ),
    targets=("to", "cc", "sign_off"),
    payload=("subject", "body"),
    remembers=habits.SIGNING,
    settle=_letter_in_full,
    asked_as=DRAFT | SEND | REPLY,
    kinds=_KINDS,
    # Whom it is for gets it only when the person sends it.
    seen_by=(),
    undo=taken_back.draft,
)
async def draft_mail(
    ctx: ToolContext[Google], to: Addresses, subject: str, *, body: str, sign_off: str | None = None, cc: Addresses = ()
) -> Result:
    """Put a draft of a new mail into the person's mailbox. Nothing is sent.

    Args:
        to: E-mail addresses.
        subject: What it is about, on one line.
        body: The text, plain, with greeting and sign-off.
        sign_off: The sign-off, where the person says how they sign; it takes the place of the one in `body`.
        cc: E-mail addresses that get a copy.
    """
    letter = _letter(to, subject, _signed(ctx, body, sign_off), cc)
    draft = await ctx.client.mail.draft(letter)
    thread = draft.message.thread_id
    return _written(
        {"draft": draft.id, "thread": thread},
        link=ctx.client.mail.page(thread),
        said="Saved a draft",
        record=records.of_written(thread, subject=letter.subject, body=letter.body),
        undo={"draft": draft.id, "mail": draft.message.id, "thread": thread},
    )


@tool(
    "write",
    says=Says(
        doing="Sending a mail",
        ask="Send this mail?",
        done="Mail sent",
        refused="Not sent",
        kept="A sent mail cannot be taken back.",
        labels=(("To", "{to}"), ("Cc", "{cc}"), ("Sign-off", "{sign_off}")),
        text="Subject and text, exactly as they will be sent",
        always="send mails to exactly these people",
    ),
    targets=("to", "cc", "sign_off"),
    payload=("subject", "body"),
    remembers=habits.SIGNING,
    egress=True,
    settle=_letter_in_full,
    asked_as=SEND,
    kinds=_KINDS,
    seen_by=("{to}", "{cc}"),
    # Both lists as they are: one more receiver is another permission.
    always=("to", "cc"),
)
async def send_mail(
    ctx: ToolContext[Google], to: Addresses, subject: str, *, body: str, sign_off: str | None = None, cc: Addresses = ()
) -> Result:
    """Send a new mail in the person's name. It cannot be taken back. To answer a mail use `reply_to_mail`.

    Args:
        to: E-mail addresses.
        subject: What it is about, on one line.
        body: The text, plain, with greeting and sign-off, exactly as it will be sent.
        sign_off: The sign-off, where the person says how they sign; it takes the place of the one in `body`.
        cc: E-mail addresses that get a copy.
    """
    letter = _letter(to, subject, _signed(ctx, body, sign_off), cc)
    sent = await ctx.client.mail.send(letter)
    count = _counted(len(letter.to) + len(letter.cc), "person", "people")
    return _written(
        {"thread": sent.thread_id, "sent_to": list[JsonValue]([*letter.to, *letter.cc])},
        link=ctx.client.mail.page(sent.thread_id),
        said=f"Sent a mail to {count}",
        record=records.of_written(
            sent.thread_id, to=(*letter.to, *letter.cc), subject=letter.subject, body=letter.body
        ),
    )


@tool(
    "write",
    says=Says(
        doing="Answering a mail",
        ask="Send this answer?",
        done="Answer sent",
        refused="Not sent",
        kept="A sent mail cannot be taken back.",
        labels=(("In reply to", "{thread}"), ("To", "{to}"), ("Sign-off", "{sign_off}")),
        text="Text, exactly as it will be sent",
    ),
    targets=("thread", "to", "sign_off"),
    payload=("body",),
    remembers=habits.SIGNING,
    egress=True,
    settle=_answer_in_full,
    version=_last_mail,
    asked_as=REPLY | SEND,
    kinds={"thread": "mail", "to": "person", "sign_off": "choice"},
    # Settled, `to` has everybody whom it reaches.
    seen_by=("{to}",),
)
async def reply_to_mail(
    ctx: ToolContext[Google],
    thread: str,
    body: str,
    *,
    sign_off: str | None = None,
    to: Addresses | None = None,
    everyone: bool = False,
) -> Result:
    """Answer the newest mail of a thread in the person's name. It cannot be taken back.

    Args:
        thread: The thread's id, as `search_mail` gives it.
        body: The text, plain, with greeting and sign-off, exactly as it will be sent.
        sign_off: The sign-off, where the person says how they sign; it takes the place of the one in `body`.
        to: E-mail addresses, where the answer is not for who wrote last. Leave out otherwise.
        everyone: Whether all who got the mail get the answer too.
    """
    text = _signed(ctx, body, sign_off)
    found, reached = await _reached(ctx, thread, to=to, everyone=everyone)
    copied = [person.email for person in found.last.cc] if found.last else []
    first = without(reached, copied) or reached
    sent = await ctx.client.mail.reply(found, to=first, cc=without(reached, first), body=text)
    return _written(
        {"thread": sent.thread_id, "sent_to": list[JsonValue](reached)},
        link=ctx.client.mail.page(sent.thread_id),
        said=f"Answered a mail to {_counted(len(reached), 'person', 'people')}",
        record=records.of_written(sent.thread_id, to=reached, body=text),
    )


@tool(
    "write",
    says=Says(
        doing="Putting a mail in order",
        ask="File this mail?",
        done="Mail filed",
        refused="Left as it was",
        labels=(
            ("Mail", "{thread}"),
            ("Labels to add", "{add_labels}"),
            ("Labels to take off", "{remove_labels}"),
            ("Archive", "{archive}"),
            ("Mark as", "{mark}"),
        ),
        undo="Put it back as it was?",
        undone="Put back as it was",
    ),
    targets=("thread", "add_labels", "remove_labels"),
    settle=_filing_in_full,
    version=_last_mail,
    asked_as=LABEL | ARCHIVE | MOVE,
    kinds={"thread": "mail", "add_labels": "label", "remove_labels": "label"},
    seen_by=(),
    undo=taken_back.filing,
)
async def file_mail(
    ctx: ToolContext[Google],
    thread: str,
    *,
    add_labels: Labels = (),
    remove_labels: Labels = (),
    archive: bool = False,
    mark: Mark | None = None,
) -> Result:
    """Label a mail thread, archive it, or mark it as read or unread. Nothing is deleted.

    Args:
        thread: The thread's id, as `search_mail` gives it.
        add_labels: Labels to put on it, which must exist; also `starred`, `important`, and `inbox` to bring it back.
        remove_labels: Labels to take off it.
        archive: Whether to take it out of the inbox.
        mark: Whether all of its mails count as `read` or `unread`.
    """
    place, mail = thread_id(thread), ctx.client.mail
    before, labels = await asyncio.gather(mail.outline(place), mail.labels())
    filing = Filing(labels, add=add_labels, remove=remove_labels, archive=archive, mark=mark)
    await mail.file(place, add=filing.ids_to_add, remove=filing.ids_to_remove)
    changes = taken_back.changes(before, filing)
    return _written(
        {"thread": place},
        link=mail.page(place),
        said="Put a mail in order",
        record=records.of_filed(before),
        undo={"thread": place, "changes": changes} if changes else None,
    )


def _letter(to: Sequence[str], subject: str, body: str, cc: Sequence[str]) -> Letter:
    plain_to, plain_cc = receivers(to, cc)
    return Letter(to=plain_to, cc=plain_cc, subject=plain_subject(subject), body=body)


def _written(
    content: dict[str, JsonValue],
    *,
    link: str,
    said: str,
    record: Record,
    undo: dict[str, JsonValue] | None = None,
) -> Result:
    """What a write brings back: ids, addresses and a link, no word that somebody else may have written."""
    return Result(
        content={**content, "link": link}, untrusted=False, link=link, said=said, records=(record,), undo=undo
    )


def _counted(count: int, noun: str, several: str = "") -> str:
    return f"{count} {noun if count == 1 else several or noun + 's'}"
