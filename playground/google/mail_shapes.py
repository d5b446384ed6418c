"""Mails, threads, labels and drafts as the Gmail API writes them."""

import hashlib
import html
from collections.abc import Collection, Iterator
from email.message import EmailMessage
from typing import Any, Literal, TypeAlias

from playground.google import mime
from playground.google.mailbox import Draft, Label, Mail, Mailbox

Json: TypeAlias = dict[str, Any]
Format: TypeAlias = Literal["minimal", "metadata", "full", "raw"]

_SNIPPET = 190


def short(mail: Mail) -> Json:
    return {"id": mail.id, "threadId": mail.thread}


def labelled(mail: Mail) -> Json:
    """What sending and relabelling answer."""
    return {**short(mail), "labelIds": sorted(mail.labels)}


def message(mail: Mail, how: Format = "full", headers: Collection[str] = ()) -> Json:
    """A mail in one of the four formats; `headers` limits which are shown of it in `metadata`."""
    told: Json = {
        **labelled(mail),
        "snippet": snippet(mail),
        "historyId": str(mail.history),
        "internalDate": str(int(mail.at.timestamp() * 1000)),
        "sizeEstimate": len(mail.raw),
    }
    match how:
        case "minimal":
            return told
        case "metadata":
            return told | {"payload": {"mimeType": mail.parsed.get_content_type(), "headers": _headers(mail, headers)}}
        case "raw":
            return told | {"raw": mime.coded(mail.raw)}
        case "full":
            return told | {"payload": _part(mail.parsed, "")}


def thread(mails: list[Mail], how: Format = "full", headers: Collection[str] = ()) -> Json:
    """A thread, oldest mail first."""
    return {
        "id": mails[0].thread,
        "historyId": str(max(mail.history for mail in mails)),
        "messages": [message(mail, how, headers) for mail in mails],
    }


def thread_row(mails: list[Mail]) -> Json:
    """A thread as a list shows it."""
    newest = mails[-1]
    return {"id": newest.thread, "snippet": snippet(newest), "historyId": str(max(mail.history for mail in mails))}


def label(found: Label, box: Mailbox | None = None) -> Json:
    """A label; with what it counts when its mailbox is given."""
    told: Json = {"id": found.id, "name": found.name, "type": "system" if found.is_system else "user"}
    told |= {"messageListVisibility": "show", "labelListVisibility": "labelShow"}
    if box is None:
        return told
    mails = [mail for mail in box.mails.values() if found.id in mail.labels]
    unread = [mail for mail in mails if "UNREAD" in mail.labels]
    return told | {
        "messagesTotal": len(mails),
        "messagesUnread": len(unread),
        "threadsTotal": len({mail.thread for mail in mails}),
        "threadsUnread": len({mail.thread for mail in unread}),
    }


def draft(found: Draft, how: Format | None = None) -> Json:
    """A draft; its mail in the format `how`, or only named."""
    return {"id": found.id, "message": message(found.mail, how) if how else labelled(found.mail)}


def profile(box: Mailbox) -> Json:
    return {
        "emailAddress": box.account.email,
        "messagesTotal": len(box.mails),
        "threadsTotal": len({mail.thread for mail in box.mails.values()}),
        "historyId": str(box.history),
    }


def send_as(box: Mailbox) -> Json:
    """The one address from which a person sends, with what stands under their mails."""
    return {
        "sendAsEmail": box.account.email,
        "displayName": box.account.name,
        "replyToAddress": "",
        "signature": box.signature,
        "isPrimary": True,
        "isDefault": True,
    }


def attachments(mail: Mail) -> Iterator[tuple[str, bytes]]:
    """Each part that is fetched on its own: its id and what it holds."""
    for part in mime.files(mail.parsed):
        yield _attachment_id(part), mime.content(part)


def snippet(mail: Mail) -> str:
    """The first words of a mail, with HTML's marks escaped: Gmail does so, also where the mail is plain text."""
    words = " ".join(mail.text.split())[:_SNIPPET]
    return html.escape(words).replace("&#x27;", "&#39;")


def _part(part: EmailMessage, number: str) -> Json:
    inner = [child for child in part.iter_parts() if isinstance(child, EmailMessage)] if part.is_multipart() else []
    told: Json = {
        "partId": number,
        "mimeType": part.get_content_type(),
        "filename": part.get_filename() or "",
        "headers": [{"name": name, "value": _value(value)} for name, value in part.items()],
        "body": {"size": 0} if inner else _body(part),
    }
    if inner:
        prefix = f"{number}." if number else ""
        told["parts"] = [_part(child, f"{prefix}{index}") for index, child in enumerate(inner)]
    return told


def _body(part: EmailMessage) -> Json:
    held = mime.content(part)
    if part.get_filename():
        return {"size": len(held), "attachmentId": _attachment_id(part)}
    return {"size": len(held), "data": mime.coded(held)}


def _headers(mail: Mail, wanted: Collection[str]) -> list[Json]:
    names = {name.lower() for name in wanted}
    return [
        {"name": name, "value": _value(value)}
        for name, value in mail.parsed.items()
        if not names or name.lower() in names
    ]


def _value(value: object) -> str:
    return " ".join(str(value).splitlines())


def _attachment_id(part: EmailMessage) -> str:
    """Long and without meaning, as Gmail's."""
    told = hashlib.sha256(f"{part.get_filename()}|".encode() + mime.content(part)).digest()
    return "ANGjdJ" + mime.coded(told * 2).rstrip("=")
