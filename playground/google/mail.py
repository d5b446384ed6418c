"""The Gmail API (v1) over the playground's mailboxes."""

from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from playground.google import errors, mime
from playground.google import mail_shapes as shapes
from playground.google.calls import Answer, Call, Calls, Json, Route, is_object
from playground.google.mail_search import Search, understood
from playground.google.mailbox import Draft, Mail, Mailbox, MailWorld
from playground.google.scopes import (
    MAIL_ALL,
    MAIL_COMPOSE,
    MAIL_LABELS,
    MAIL_METADATA,
    MAIL_MODIFY,
    MAIL_READ,
    MAIL_SEND,
    MAIL_SETTINGS,
)

Endpoint: TypeAlias = Callable[[Call, Mailbox], Answer]

SERVICE = "gmail.googleapis.com"

_CHANGE = (MAIL_ALL, MAIL_MODIFY)
_READ = (*_CHANGE, MAIL_READ)
_LOOK = (*_READ, MAIL_METADATA)
_DRAFT = (*_CHANGE, MAIL_COMPOSE)
_FORMATS: dict[str, shapes.Format] = {"minimal": "minimal", "metadata": "metadata", "full": "full", "raw": "raw"}


class MailApi:
    """Everything below `/gmail/v1/users/{userId}`."""

    def __init__(self, world: MailWorld) -> None:
        self._world = world

    def add_to(self, router: web.UrlDispatcher, calls: Calls) -> None:
        calls.add(router, SERVICE, self.routes())

    def routes(self) -> list[Route]:
        """Every method that there is."""
        mail, thread, draft = "/messages/{id}", "/threads/{id}", "/drafts/{id}"
        return [
            self._route("GET", "/profile", (*_LOOK, MAIL_COMPOSE), _profile),
            self._route("GET", "/messages", _LOOK, _list_messages),
            *self._uploads("POST", "/messages/send", (*_DRAFT, MAIL_SEND), self._send),
            self._route("POST", "/messages/batchModify", _CHANGE, _modify_many),
            self._route("GET", mail, _LOOK, _get_message),
            self._route("POST", f"{mail}/modify", _CHANGE, _modify_message),
            self._route("POST", f"{mail}/trash", _CHANGE, _trash_message),
            self._route("POST", f"{mail}/untrash", _CHANGE, _untrash_message),
            self._route("GET", "/messages/{id}/attachments/{attachment}", _READ, _attachment),
            self._route("GET", "/threads", _LOOK, _list_threads),
            self._route("GET", thread, _LOOK, _get_thread),
            self._route("POST", f"{thread}/modify", _CHANGE, _modify_thread),
            self._route("POST", f"{thread}/trash", _CHANGE, _trash_thread),
            self._route("POST", f"{thread}/untrash", _CHANGE, _untrash_thread),
            self._route("GET", "/labels", (*_LOOK, MAIL_LABELS), _list_labels),
            self._route("POST", "/labels", (*_CHANGE, MAIL_LABELS), _new_label),
            self._route("GET", "/labels/{id}", (*_LOOK, MAIL_LABELS), _get_label),
            self._route("GET", "/drafts", (*_DRAFT, MAIL_READ), _list_drafts),
            *self._uploads("POST", "/drafts", _DRAFT, self._new_draft),
            *self._uploads("POST", "/drafts/send", _DRAFT, self._send_draft),
            self._route("GET", draft, (*_DRAFT, MAIL_READ), _get_draft),
            *self._uploads("PUT", draft, _DRAFT, self._change_draft),
            self._route("DELETE", draft, _DRAFT, self._discard_draft),
            self._route("GET", "/settings/sendAs", (*_READ, MAIL_SETTINGS), _list_send_as),
            self._route("GET", "/settings/sendAs/{address}", (*_READ, MAIL_SETTINGS), _get_send_as),
        ]

    def _route(self, method: str, path: str, scopes: tuple[str, ...], endpoint: Endpoint, prefix: str = "") -> Route:
        def answer(call: Call) -> Answer:
            return endpoint(call, self._box(call))

        return Route(method=method, path=f"{prefix}/gmail/v1/users/{{userId}}{path}", scopes=scopes, endpoint=answer)

    def _uploads(self, method: str, path: str, scopes: tuple[str, ...], endpoint: Endpoint) -> list[Route]:
        """The two addresses of a method that takes a mail as JSON or as it is."""
        return [self._route(method, path, scopes, endpoint, prefix) for prefix in ("", "/upload")]

    def _box(self, call: Call) -> Mailbox:
        """The asker's own mailbox: nobody here may act in another's."""
        who = call.match["userId"]
        if who != "me" and who.lower() != call.account.email:
            raise errors.forbidden(f"Delegation denied for {call.account.email}")
        return self._world.mailbox(call.account.email)

    def _send(self, call: Call, box: Mailbox) -> Answer:
        raw, thread = _mail_of(call, call.body)
        mail = self._world.send(box, raw, thread=thread)
        _sent(call, "gmail.users.messages.send", mail)
        return Answer(body=shapes.labelled(mail))

    def _new_draft(self, call: Call, box: Mailbox) -> Answer:
        raw, thread = _mail_of(call, _message(call))
        draft = self._world.save(box, raw, thread=thread)
        _saved(call, "gmail.users.drafts.create", draft)
        return Answer(body=shapes.draft(draft))

    def _change_draft(self, call: Call, box: Mailbox) -> Answer:
        raw, thread = _mail_of(call, _message(call))
        draft = self._world.save(box, raw, thread=thread, draft=box.draft(call.match["id"]))
        _saved(call, "gmail.users.drafts.update", draft)
        return Answer(body=shapes.draft(draft))

    def _send_draft(self, call: Call, box: Mailbox) -> Answer:
        draft = box.draft(call.text("id"))
        if call.upload or "message" in call.body:
            raw, thread = _mail_of(call, _message(call))
            draft = self._world.save(box, raw, thread=thread, draft=draft)
        mails = box.thread(draft.mail.thread)
        mail = self._world.send(box, draft.mail.raw, thread=draft.mail.thread if len(mails) > 1 else None)
        self._world.discard(box, draft)
        _sent(call, "gmail.users.drafts.send", mail)
        return Answer(body=shapes.labelled(mail))

    def _discard_draft(self, call: Call, box: Mailbox) -> Answer:
        draft = box.draft(call.match["id"])
        self._world.discard(box, draft)
        call.wrote("gmail.users.drafts.delete", draft.id)
        return Answer(status=204)


def _profile(_call: Call, box: Mailbox) -> Answer:
    return Answer(body=shapes.profile(box))


def _list_messages(call: Call, box: Mailbox) -> Answer:
    found = _found(call, box, box.newest_first())
    shown, following = call.page(found, call.number("maxResults", 100, 500))
    return Answer(body=_listed("messages", [shapes.short(mail) for mail in shown], len(found), following))


def _list_threads(call: Call, box: Mailbox) -> Answer:
    """Threads of which one mail is found, the one with the newest such mail first."""
    found = list(dict.fromkeys(mail.thread for mail in _found(call, box, box.newest_first())))
    shown, following = call.page(found, call.number("maxResults", 100, 500))
    rows = [shapes.thread_row(box.thread(thread)) for thread in shown]
    return Answer(body=_listed("threads", rows, len(found), following))


def _list_drafts(call: Call, box: Mailbox) -> Answer:
    fits = _search(call, box)
    drafts = sorted(box.drafts.values(), key=lambda draft: draft.mail.at, reverse=True)
    found = [draft for draft in drafts if fits.meets(draft.mail)]
    shown, following = call.page(found, call.number("maxResults", 100, 500))
    rows = [{"id": draft.id, "message": shapes.short(draft.mail)} for draft in shown]
    return Answer(body=_listed("drafts", rows, len(found), following))


def _get_message(call: Call, box: Mailbox) -> Answer:
    mail = box.mail(call.match["id"])
    return Answer(body=shapes.message(mail, _format(call), call.query.getall("metadataHeaders", [])))


def _get_thread(call: Call, box: Mailbox) -> Answer:
    how = _format(call)
    if how == "raw":
        raise errors.invalid("Invalid value at 'format': raw is not for threads.")
    mails = box.thread(call.match["id"])
    return Answer(body=shapes.thread(mails, how, call.query.getall("metadataHeaders", [])))


def _get_draft(call: Call, box: Mailbox) -> Answer:
    return Answer(body=shapes.draft(box.draft(call.match["id"]), _format(call)))


def _attachment(call: Call, box: Mailbox) -> Answer:
    for name, content in shapes.attachments(box.mail(call.match["id"])):
        if name == call.match["attachment"]:
            return Answer(body={"size": len(content), "data": mime.coded(content)})
    raise errors.invalid("Invalid attachment token")


def _modify_message(call: Call, box: Mailbox) -> Answer:
    mail = box.mail(call.match["id"])
    _relabel(call, box, [mail], "gmail.users.messages.modify", mail.id)
    return Answer(body=shapes.labelled(mail))


def _modify_thread(call: Call, box: Mailbox) -> Answer:
    mails = box.thread(call.match["id"])
    _relabel(call, box, mails, "gmail.users.threads.modify", mails[0].thread)
    return _relabelled(mails)


def _modify_many(call: Call, box: Mailbox) -> Answer:
    names = call.texts("ids")
    _relabel(call, box, [box.mail(name) for name in names], "gmail.users.messages.batchModify", " ".join(names))
    return Answer(status=204)


def _trash_message(call: Call, box: Mailbox) -> Answer:
    mail = box.mail(call.match["id"])
    _trash(box, [mail])
    call.wrote("gmail.users.messages.trash", mail.id)
    return Answer(body=shapes.labelled(mail))


def _untrash_message(call: Call, box: Mailbox) -> Answer:
    mail = box.mail(call.match["id"])
    box.relabel([mail], add=(), remove=("TRASH",))
    call.wrote("gmail.users.messages.untrash", mail.id)
    return Answer(body=shapes.labelled(mail))


def _trash_thread(call: Call, box: Mailbox) -> Answer:
    mails = box.thread(call.match["id"])
    _trash(box, mails)
    call.wrote("gmail.users.threads.trash", mails[0].thread)
    return _relabelled(mails)


def _untrash_thread(call: Call, box: Mailbox) -> Answer:
    mails = box.thread(call.match["id"])
    box.relabel(mails, add=(), remove=("TRASH",))
    call.wrote("gmail.users.threads.untrash", mails[0].thread)
    return _relabelled(mails)


def _list_labels(_call: Call, box: Mailbox) -> Answer:
    return Answer(body={"labels": [shapes.label(found) for found in box.labels.values()]})


def _get_label(call: Call, box: Mailbox) -> Answer:
    found = box.labels.get(call.match["id"])
    if found is None:
        raise errors.not_found()
    return Answer(body=shapes.label(found, box))


def _new_label(call: Call, box: Mailbox) -> Answer:
    found = box.new_label(call.text("name"))
    call.wrote("gmail.users.labels.create", found.id)
    return Answer(body=shapes.label(found))


def _list_send_as(_call: Call, box: Mailbox) -> Answer:
    return Answer(body={"sendAs": [shapes.send_as(box)]})


def _get_send_as(call: Call, box: Mailbox) -> Answer:
    if call.match["address"].lower() != box.account.email:
        raise errors.not_found()
    return Answer(body=shapes.send_as(box))


def _found(call: Call, box: Mailbox, mails: list[Mail]) -> list[Mail]:
    """The mails that the search and the labels of a request leave."""
    fits = _search(call, box)
    labels = set(call.query.getall("labelIds", []))
    if unknown := labels - set(box.labels):
        raise errors.invalid(f"Invalid label: {sorted(unknown)[0]}")
    return [mail for mail in mails if labels <= mail.labels and fits.meets(mail)]


def _search(call: Call, box: Mailbox) -> Search:
    query = call.query.get("q", "")
    if query and not call.scopes.intersection((*_READ, MAIL_COMPOSE)):
        raise errors.forbidden("Metadata scope does not support 'q' parameter")
    trash = call.flag("includeSpamTrash") or bool({"TRASH", "SPAM"}.intersection(call.query.getall("labelIds", [])))
    return understood(query, box, call.now, with_trash=trash)


def _format(call: Call) -> shapes.Format:
    asked = call.query.get("format", "full").lower()
    how = _FORMATS.get(asked)
    if how is None:
        raise errors.invalid(f"Invalid value at 'format' (type.googleapis.com/google.apps.gmail.v1.Format), {asked!r}")
    if how in ("full", "raw") and not call.scopes.intersection((*_READ, MAIL_COMPOSE)):
        raise errors.forbidden(f"Metadata scope doesn't allow format {asked.upper()}")
    return how


def _relabel(call: Call, box: Mailbox, mails: list[Mail], action: str, target: str) -> None:
    box.relabel(mails, add=call.texts("addLabelIds"), remove=call.texts("removeLabelIds"))
    call.wrote(action, target)


def _trash(box: Mailbox, mails: list[Mail]) -> None:
    box.relabel(mails, add=("TRASH",), remove=("INBOX",))


def _relabelled(mails: list[Mail]) -> Answer:
    return Answer(body={"id": mails[0].thread, "messages": [shapes.labelled(mail) for mail in mails]})


def _listed(name: str, rows: list[Json], total: int, following: str) -> Json:
    """A list as Gmail answers it: an empty one has no key of its own."""
    told: Json = {"resultSizeEstimate": total}
    return told | ({name: rows} if rows else {}) | ({"nextPageToken": following} if following else {})


def _message(call: Call) -> Json:
    """The `message` of a draft."""
    found: object = call.body.get("message")
    if is_object(found):
        return found
    if call.upload:
        return {}
    raise errors.invalid("Missing draft message")


def _mail_of(call: Call, message: Json) -> tuple[bytes, str | None]:
    """The mail of a request, and the thread that it is meant for."""
    thread: object = message.get("threadId")
    raw: object = message.get("raw")
    if call.upload:
        return call.upload.content, str(thread) if thread else None
    if not isinstance(raw, str) or not raw:
        raise errors.invalid("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    return mime.sent(raw), str(thread) if thread else None


def _sent(call: Call, action: str, mail: Mail) -> None:
    """Keep what was sent in words: nobody reads base64 in a list of writes."""
    call.wrote(action, mail.id, _told(mail))


def _saved(call: Call, action: str, draft: Draft) -> None:
    call.wrote(action, draft.id, _told(draft.mail))


def _told(mail: Mail) -> Json:
    def names(header: str) -> list[str]:
        return [address.addr_spec for address in mail.people(header)]

    return {
        "to": names("To"),
        "cc": names("Cc"),
        "bcc": names("Bcc"),
        "subject": mail.subject,
        "body": mail.text.strip(),
        "threadId": mail.thread,
    }
