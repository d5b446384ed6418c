"""Read-only pages of mail, so that a person in the playground sees what is really there."""

from aiohttp import web

from playground.google import mime
from playground.google.accounts import Accounts
from playground.google.errors import Refusal
from playground.google.mailbox import Mail, Mailbox, MailWorld
from playground.look import Look


class Pages:
    """The overview, mailboxes and threads, and what is said where nothing is; comes after all other pages."""

    def __init__(self, company: str, accounts: Accounts, mail: MailWorld, look: Look) -> None:
        self._company = company
        self._accounts = accounts
        self._mail = mail
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/", self.home)
        router.add_route("GET", "/mail/of/{person}", self.mailbox)
        router.add_route("GET", "/mail/{thread}", self.thread)
        router.add_route("GET", "/{rest:.*}", self.nothing)

    async def home(self, _request: web.Request) -> web.StreamResponse:
        boxes = sorted(self._mail.mailboxes.values(), key=lambda box: (not box.mails, box.account.name))
        rows = [(box.account, len(box.mails), _unread(box)) for box in boxes]
        return self._look.page("home.html", company=self._company, rows=rows)

    async def mailbox(self, request: web.Request) -> web.StreamResponse:
        account = self._accounts.find(request.match_info["person"])
        if account is None:
            return await self.nothing(request)
        box = self._mail.mailbox(account.handle)
        threads = dict.fromkeys(mail.thread for mail in box.newest_first())
        rows = [(thread, box.thread(thread)) for thread in threads]
        return self._look.page("mailbox.html", account=account, rows=rows, labels=_names(box))

    async def thread(self, request: web.Request) -> web.StreamResponse:
        """One thread; whoever runs the playground may look into every mailbox."""
        for box in self._mail.mailboxes.values():
            try:
                mails = box.thread(request.match_info["thread"])
            except Refusal:
                continue
            return self._look.page(
                "thread.html", account=box.account, mails=mails, labels=_names(box), files=_files, people=_people
            )
        return await self.nothing(request)

    async def nothing(self, _request: web.Request) -> web.StreamResponse:
        return self._look.sorry(404, "Nothing here", "This Google has only the pages that the playground needs.")


def _unread(box: Mailbox) -> int:
    return sum("UNREAD" in mail.labels for mail in box.mails.values())


def _names(box: Mailbox) -> dict[str, str]:
    """What each label is called, by its id."""
    return {label.id: label.name.capitalize() if label.is_system else label.name for label in box.labels.values()}


def _files(mail: Mail) -> list[str]:
    return [part.get_filename() or "" for part in mime.files(mail.parsed)]


def _people(mail: Mail, header: str) -> str:
    """Names with their addresses: a name alone says nothing about who wrote."""
    return ", ".join(str(address) for address in mail.people(header))
