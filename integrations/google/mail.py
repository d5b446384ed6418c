"""Gmail as one person sees it: mails found and read, written and sent, and put in order."""

import asyncio
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from integrations.errors import IntegrationError, NotFound, OutcomeUnknown, Refused, unseen
from integrations.google.answers import NOTHING
from integrations.google.calls import Calls
from integrations.google.mail_addresses import without
from integrations.google.mail_compose import Letter, composed, reply_subject
from integrations.google.mail_models import (
    Body,
    Draft,
    Identities,
    Identity,
    Label,
    Labels,
    MailId,
    MailPage,
    Part,
    Profile,
    Thread,
    ThreadId,
    ThreadPage,
)
from integrations.google.mail_text import bytes_of

T = TypeVar("T")

ME = "me"
_HEADERS = ["From", "To", "Cc", "Subject", "List-Unsubscribe", "List-Id", "Precedence"]

_PROFILE = TypeAdapter(Profile)
_IDENTITIES = TypeAdapter(Identities)
_LABELS = TypeAdapter(Labels)
_THREAD_PAGE = TypeAdapter(ThreadPage)
_THREAD = TypeAdapter(Thread)
_THREAD_ID = TypeAdapter(ThreadId)
_MAIL_PAGE = TypeAdapter(MailPage)
_MAIL_ID = TypeAdapter(MailId)
_DRAFT = TypeAdapter(Draft)
_BODY = TypeAdapter(Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Threads that were found, the newest first, and whether there are more."""

    threads: tuple[Thread, ...]
    more: bool


class Gmail:
    """One person's mailbox. Its methods raise what `Google` says; a mail is sent once or not at all."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._identities: Identities | None = None

    async def address(self) -> str:
        """The mailbox's own address."""
        return (await self._calls.read("gmail.users.getProfile", _PROFILE, userId=ME)).email_address

    async def identities(self) -> Identities:
        """The addresses that the person may send from."""
        if self._identities is None:
            self._identities = await self._calls.read("gmail.users.settings.sendAs.list", _IDENTITIES, userId=ME)
        return self._identities

    async def own_addresses(self) -> list[str]:
        return [own.send_as_email for own in (await self.identities()).send_as]

    async def labels(self) -> tuple[Label, ...]:
        return (await self._calls.read("gmail.users.labels.list", _LABELS, userId=ME)).labels

    async def search(self, query: str, *, limit: int = 20) -> Found:
        """The threads with a mail that fits, with the headers of all their mails; at most 100."""
        page = await self._calls.read("gmail.users.threads.list", _THREAD_PAGE, userId=ME, q=query, maxResults=limit)
        threads = await asyncio.gather(*(self._headers(found.id) for found in page.threads))
        return Found(threads=tuple(thread for thread in threads if thread), more=bool(page.next_page_token))

    async def thread(self, thread: str) -> Thread:
        """All mails of a thread, in full."""
        return await _seen(
            thread, self._calls.read("gmail.users.threads.get", _THREAD, userId=ME, id=thread, format="full")
        )

    async def attachment(self, mail: str, part: Part) -> bytes:
        """The bytes of what is attached to a mail."""
        if not part.body.attachment_id:
            return bytes_of(part.body)
        fetched = self._calls.read(
            "gmail.users.messages.attachments.get", _BODY, userId=ME, messageId=mail, id=part.body.attachment_id
        )
        return bytes_of(await _seen(mail, fetched))

    async def outline(self, thread: str) -> Thread:
        """All mails of a thread without what they say: who wrote when, and their labels."""
        return await _seen(thread, self._outline(thread))

    async def draft(self, letter: Letter) -> Draft:
        """Put a draft into the mailbox."""
        raw = composed(letter, sender=await self._sender(), message_id=await self._message_id())
        return await self._calls.write("gmail.users.drafts.create", _DRAFT, userId=ME, body={"message": {"raw": raw}})

    async def discard(self, draft: Draft) -> None:
        """Delete a draft for good. Raises Refused when it was changed since it was saved, NotFound when it is gone."""
        try:
            now = await self._calls.read("gmail.users.drafts.get", _DRAFT, userId=ME, id=draft.id, format="minimal")
            # Each change gives the mail in it a new id.
            if now.message.id != draft.message.id:
                raise Refused("The draft was changed since, so I left it as it is.")
            await self._calls.write("gmail.users.drafts.delete", NOTHING, userId=ME, id=draft.id)
        except NotFound as error:
            raise NotFound("The draft is not there any more: it was sent or deleted.") from error

    async def send(self, letter: Letter) -> MailId:
        """Send a mail, once. Raises OutcomeUnknown when Gmail gave no clear answer and does not show it as sent."""
        message_id = await self._message_id()
        raw = composed(letter, sender=await self._sender(), message_id=message_id)
        return await self._sent({"raw": raw}, message_id)

    async def reply(self, thread: Thread, *, to: Sequence[str], cc: Sequence[str] = (), body: str) -> MailId:
        """Send an answer to the thread's newest mail, once, as `send` does."""
        answered = thread.last
        if answered is None:
            raise unseen(f"any mail in the thread {thread.id}")
        # Gmail keeps a mail in a thread only when thread, subject and References all agree.
        letter = Letter(to=to, cc=cc, subject=reply_subject(thread.subject), body=body)
        message_id = await self._message_id()
        raw = composed(letter, sender=await self._sender(), message_id=message_id, answers=answered)
        return await self._sent({"raw": raw, "threadId": thread.id}, message_id)

    async def file(self, thread: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Put labels on all mails of a thread and take others off, by their ids."""
        body = {"addLabelIds": list(add), "removeLabelIds": list(remove)}
        await _seen(
            thread, self._calls.write("gmail.users.threads.modify", _THREAD_ID, userId=ME, id=thread, body=body)
        )

    async def relabel(self, mails: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Put labels on single mails and take others off, by their ids; Gmail takes 1,000 mails at once."""
        body = {"ids": list(mails), "addLabelIds": list(add), "removeLabelIds": list(remove)}
        await self._calls.write("gmail.users.messages.batchModify", NOTHING, userId=ME, body=body)

    def page(self, thread: str) -> str:
        """Where the person can see a thread."""
        return f"{self._calls.address('mail_url').rstrip('/')}/{thread}"

    async def _headers(self, thread: str) -> Thread | None:
        """A thread without what its mails say; None when it vanished since it was found."""
        try:
            return await self._outline(thread)
        except NotFound:
            return None

    async def _outline(self, thread: str) -> Thread:
        return await self._calls.read(
            "gmail.users.threads.get", _THREAD, userId=ME, id=thread, format="metadata", metadataHeaders=_HEADERS
        )

    async def _sender(self) -> Identity:
        default = (await self.identities()).default
        return default or Identity(send_as_email=await self.address())

    async def _message_id(self) -> str:
        """A name of our own for a mail, by which it can be found again (RFC 5322 §3.6.4)."""
        domain = (await self._sender()).send_as_email.rpartition("@")[2]
        return f"<{uuid.uuid4().hex}@{domain}>"

    async def _sent(self, body: dict[str, str], message_id: str) -> MailId:
        try:
            return await self._calls.write("gmail.users.messages.send", _MAIL_ID, userId=ME, body=body)
        except OutcomeUnknown:
            if (found := await self._found(message_id)) is not None:
                return found
            raise

    async def _found(self, message_id: str) -> MailId | None:
        """The sent mail of that id, if Gmail shows it already; that it does not proves nothing."""
        query = f"in:sent rfc822msgid:{message_id.strip('<>')}"
        try:
            page = await self._calls.read("gmail.users.messages.list", _MAIL_PAGE, userId=ME, q=query, maxResults=1)
        except IntegrationError:
            return None
        return next(iter(page.messages), None)


def recipients(thread: Thread, *, own: Sequence[str], everyone: bool = False) -> tuple[list[str], list[str]]:
    """To whom an answer to the thread's newest mail goes, and who gets a copy; never oneself.

    As mail programs do: to where the sender wants answers, or on after a mail of one's own to those it went to;
    `everyone` adds all who got it. Raises Refused when there is nobody.
    """
    newest = thread.last
    if newest is None or newest.is_draft:
        raise Refused("There is only a draft in this thread, nothing that could be answered.")
    mine = newest.is_own or (newest.sender is not None and newest.sender.email.casefold() in map(str.casefold, own))
    got_it = [person.email for person in newest.to]
    to = got_it if mine else [person.email for person in newest.answers_go_to]
    copies = [person.email for person in newest.cc] if everyone else []
    to = without([*to, *got_it] if everyone else to, own)
    copies = without(copies, [*own, *to])
    # Whoever was only copied stays whom it goes to when nobody else is left.
    to, copies = (to, copies) if to else (copies, [])
    if not to:
        raise Refused("Nobody but you is in this mail. Say in `to` whom the answer goes to.")
    return to, copies


async def _seen(thread: str, answer: Awaitable[T]) -> T:
    """What `answer` brings; if there is no such thread, an error that names it."""
    try:
        return await answer
    except NotFound as error:
        raise unseen(f"the mail thread {thread!r}") from error
