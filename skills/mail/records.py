"""What the gate is told of mails: which thread they are in, who has them already, and whether the person wrote them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from integrations.google.mail_models import Mail, Thread
from skills.record import Record

Shown = Mapping[str, JsonValue]
"""A mail as the model reads it."""
# What is passed on is called what somebody else called it, and says what they said.
_PASSED_ON = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|i)\s*:", re.IGNORECASE)


def of_row(thread: Thread, shown: Shown, *, own: Iterable[str]) -> Record:
    """A thread as one line of a list, which shows its newest mail."""
    # A mail program quotes what it answers, and the beginning of a mail may hold some of that.
    ours = all(mail.is_own for mail in thread.sent_or_received) and _is_begun_by_asker(thread)
    return _record(thread, thread.last, shown, text=(shown.get("from"), shown.get("preview")), own=own, ours=ours)


def of_thread(thread: Thread, shown: Shown, *, own: Iterable[str]) -> tuple[Record, ...]:
    """Each mail of a thread by itself: not everybody got every one. All have the thread's id."""
    mails = shown["mails"]
    rows = [row for row in mails if isinstance(row, dict)] if isinstance(mails, list) else []
    begun, own = _is_begun_by_asker(thread), tuple(own)
    return tuple(
        _record(
            thread,
            mail,
            {**shown, **row},
            text=[row.get(name) for name in ("from", "to", "cc", "text", "attachments")],
            own=own,
            ours=mail.is_own and begun,
        )
        # Of a long thread the newest are shown.
        for mail, row in zip(thread.messages[-len(rows) :] if rows else (), rows, strict=True)
    )


def of_attachment(thread: Thread, mail: Mail, shown: Shown, *, own: Iterable[str]) -> Record:
    """A file that came with a mail: whoever has the mail has it, and anybody may have written it."""
    return _record(thread, mail, shown, text=(shown["name"], shown["text"]), own=own, ours=False)


def of_written(thread: str, *, to: Iterable[str] = (), subject: str = "", body: str) -> Record:
    """A mail that was just written; `to` are those whom it went to."""
    readers = frozenset(address.lower() for address in to)
    return Record(kind="mail", id=thread, name=subject, readers=readers, text=body, ours=True)


def of_filed(thread: Thread) -> Record:
    """A thread that was put in order: nothing of it was shown."""
    return Record(kind="mail", id=thread.id, readers=_readers(thread.last, ()))


def _record(
    thread: Thread, mail: Mail | None, shown: Shown, *, text: Sequence[JsonValue], own: Iterable[str], ours: bool
) -> Record:
    link = shown.get("link")
    return Record(
        kind="mail",
        id=thread.id,
        name=str(shown["subject"]),
        keys=(link,) if isinstance(link, str) else (),
        author=mail.sender.email.lower() if mail and mail.is_own and mail.sender else "",
        readers=_readers(mail, own),
        text="\n".join(said for value in text for said in _strings(value)),
        ours=ours,
    )


def _readers(mail: Mail | None, own: Iterable[str]) -> frozenset[str]:
    """Everybody beside the asker who has the mail; whoever lies in a header wrote the mail as well.

    Nobody has a draft yet.
    """
    if mail is None or mail.is_draft:
        return frozenset()
    people = (*((mail.sender,) if mail.sender else ()), *mail.to, *mail.cc)
    return frozenset(person.email.lower() for person in people) - {address.lower() for address in own}


def _is_begun_by_asker(thread: Thread) -> bool:
    """Whether the subject, by which all of it is called, is the asker's."""
    first = next(iter(thread.sent_or_received), None)
    return first is not None and first.is_own and not _PASSED_ON.match(first.subject)


def _strings(value: JsonValue) -> list[str]:
    """Every text in `value`."""
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [value] if isinstance(value, str) else []
