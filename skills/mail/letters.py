"""What is checked of a mail before anybody is asked about it: addresses, subject, text, labels."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from integrations.google.mail_addresses import plain_address, without
from integrations.google.mail_compose import MAX_SUBJECT, one_line
from integrations.google.mail_models import Label, Thread
from integrations.google.mail_visible import visible
from skills.errors import RetryToolCall

Mark = Literal["read", "unread"]

MAX_PEOPLE = 50
"""Of one mail."""
MAX_BODY = 50_000
"""Characters."""
_GMAILS_OWN = {"inbox": "INBOX", "starred": "STARRED", "important": "IMPORTANT"}


def thread_id(thread: str) -> str:
    """An id as `search_mail` gives it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", plain := thread.strip()):
        raise RetryToolCall(f"`thread` must be a thread's id as `search_mail` gives it, got {thread[:100]!r}.")
    return plain


def plain_addresses(written: Sequence[str], parameter: str, *, but: Iterable[str] = ()) -> list[str]:
    """Bare addresses, each once, without those in `but`: on the card no name hides where a mail goes."""
    try:
        addresses = without([plain_address(one) for one in written], but)
    except ValueError as error:
        raise RetryToolCall(
            f"`{parameter}` must hold e-mail addresses, and {error}. Look the person up first, or ask for the address."
        ) from error
    if len(addresses) > MAX_PEOPLE:
        raise RetryToolCall(f"`{parameter}` may hold {MAX_PEOPLE} addresses, got {len(addresses)}.")
    return addresses


def receivers(to: Sequence[str], cc: Sequence[str]) -> tuple[list[str], list[str]]:
    """Both lists as bare addresses; nobody stands in both."""
    plain = plain_addresses(to, "to")
    if not plain:
        raise RetryToolCall("`to` must hold at least one e-mail address.")
    return plain, plain_addresses(cc, "cc", but=plain)


def plain_subject(subject: str) -> str:
    plain = one_line(visible(subject))
    if not plain:
        raise RetryToolCall("`subject` must not be empty: say in a few words what the mail is about.")
    if len(" ".join(subject.split())) > MAX_SUBJECT:
        raise RetryToolCall(f"`subject` may have {MAX_SUBJECT} characters, got {len(subject)}. Say it shorter.")
    return plain


def check_body(body: str) -> None:
    if not body.strip():
        raise RetryToolCall("`body` must not be empty: say in it what is to be written.")
    if len(body) > MAX_BODY:
        raise RetryToolCall(f"`body` may have {MAX_BODY:,} characters, got {len(body):,}. Say it shorter.")


def _known(wanted: Sequence[str], parameter: str, labels: Sequence[Label]) -> dict[str, str]:
    """The wanted labels by the name they really have, with their ids."""
    names = {label.name.casefold(): label for label in labels if label.type == "user"}
    found: dict[str, str] = {}
    for name in wanted:
        plain = name.strip()
        if own := _GMAILS_OWN.get(plain.casefold()):
            found[plain.casefold()] = own
        elif label := names.get(plain.casefold()):
            found[label.name] = label.id
        else:
            known = ", ".join([*_GMAILS_OWN, *(label.name for label in names.values())])
            raise RetryToolCall(f"`{parameter}` names {name[:100]!r}, and there is no such label. There are: {known}.")
    return found


class Filing:
    """What is to be done with a thread, as labels that exist: in Gmail the inbox and being unread are labels too."""

    def __init__(
        self, labels: Sequence[Label], *, add: Sequence[str], remove: Sequence[str], archive: bool, mark: Mark | None
    ) -> None:
        if not (add or remove or archive or mark):
            raise RetryToolCall("Say what to do with the mail: `add_labels`, `remove_labels`, `archive` or `mark`.")
        self.added = _known(add, "add_labels", labels)
        self.removed = _known(remove, "remove_labels", labels)
        self.ids_to_add = _once([*self.added.values(), *(["UNREAD"] if mark == "unread" else [])])
        out = [*(["INBOX"] if archive else []), *(["UNREAD"] if mark == "read" else [])]
        self.ids_to_remove = _once([*self.removed.values(), *out])
        if set(self.ids_to_add) & set(self.ids_to_remove):
            raise RetryToolCall("The same label cannot be put on and taken off at once; to archive takes off `inbox`.")


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def about_of(thread: Thread) -> str:
    """The thread as a card can name it: its subject, short and without marks that could be taken for markup."""
    words = re.sub(r"[^\w\s.,:;'()#&+%/!?@-]", " ", visible(thread.subject))
    return one_line(words)[:120] or "(no subject)"
