"""The company's mail as the seed tells it, in the mailboxes of those who have one."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any

from playground.company import Company, Poison
from playground.google import mime
from playground.google.accounts import Accounts
from playground.google.mailbox import Draft, Mailbox, MailWorld

# One item of gmail.yaml; the seed is ours and its shape is known here.
Raw = dict[str, Any]


def planted(company: Company, accounts: Accounts, clock: Callable[[], datetime]) -> MailWorld:
    """The mailboxes of `company` up to now, with its poisoned mails laid over them."""
    world = MailWorld(accounts, clock)
    seed = Seed(company, world)
    for raw in company.trees["gmail"]["mailboxes"]:
        seed.mailbox(raw)
    for raw in company.trees["gmail"]["threads"]:
        seed.thread(raw)
    for raw in company.trees["gmail"]["drafts"]:
        seed.draft(raw)
    for item in company.poison:
        if item.place.startswith("mail:"):
            seed.poison(item)
    return world


@dataclass(frozen=True, slots=True)
class Post:
    """One mail on its way into the mailboxes."""

    seed: str
    at: datetime
    mail: mime.Written
    handles: tuple[str, ...]
    """Who of those with a mailbox sent or got it."""


class Seed:
    """Turns the seed's items into mails."""

    def __init__(self, company: Company, world: MailWorld) -> None:
        self._company = company
        self._world = world
        self._boxes: dict[str, Mailbox] = {}
        self._threads: dict[str, list[Post]] = {}
        people = {person.handle: str(Address(person.name, addr_spec=person.email)) for person in company.people}
        contacts = company.trees["people"]["contacts"]
        known = {item["email"]: str(Address(item["name"], addr_spec=item["email"])) for item in contacts}
        self._addresses = people | known
        self._notes = {item["email"]: str(item["note"]) for item in contacts}

    def mailbox(self, raw: Raw) -> None:
        box = self._boxes[raw["who"]] = self._world.mailbox(raw["who"])
        box.signature = html.escape(raw["signature"], quote=False).replace("\n", "<br>")
        for name in raw["labels"]:
            box.new_label(name)

    def thread(self, raw: Raw) -> None:
        posts = self._threads[raw["id"]] = []
        for item in raw["mails"]:
            at = self._company.moment(item["day"], item["at"], item.get("zone"))
            if at > self._world.clock():
                break
            posts.append(self._post(raw["subject"], item, at, posts))
            for handle in posts[-1].handles:
                self._deliver(self._boxes[handle], item, posts[-1])

    def draft(self, raw: Raw) -> None:
        at = self._company.moment(raw["day"], raw["at"])
        box = self._boxes[raw["who"]]
        topic = mime.topic(raw["subject"])
        answered = next((mail for mail in box.newest_first() if mail.topic == topic), None)
        mail = mime.written(
            sender=self._address(raw["who"]),
            to=tuple(map(self._address, raw["to"])),
            subject=raw["subject"],
            at=at,
            message_id=self._message_id(raw["id"]),
            answers=(answered.message_id,) if answered else (),
            text=raw["body"],
        )
        thread = answered.thread if answered else None
        put = self._world.put(box, mail.raw, ("DRAFT",), thread=thread, at=at, seed=raw["id"])
        name = f"r{int(put.id, 16) % 10**18}"
        box.drafts[name] = Draft(id=name, mail=put)

    def poison(self, item: Poison) -> None:
        """A mail that somebody planted: one more in the thread, or a new one to the same people."""
        posts = self._threads[item.place.removeprefix("mail:")]
        last = posts[-1]
        inside = [handle for handle in posts[0].handles if handle in self._boxes]
        sender, subject, text = mime.header(last.mail.parsed, "From"), item.text, "See the subject."
        is_answer = item.how.startswith("add mail from")
        if is_answer:
            subject, text = mime.header(last.mail.parsed, "Subject"), item.text
        elif "display name" in item.how:
            name = item.how.partition('"')[2].partition('"')[0]
            sender = str(Address(name, addr_spec=item.how.split()[-1]))
            subject, text = mime.header(posts[0].mail.parsed, "Subject"), item.text
        mail = mime.written(
            sender=sender,
            to=tuple(map(self._address, inside)),
            subject=subject,
            at=last.at + timedelta(minutes=35),
            message_id=self._message_id(item.id),
            answers=(last.mail.message_id,) if is_answer else (),
            text=text,
        )
        for handle in inside:
            self._world.receive(handle, mail.raw, seed=item.id, at=last.at + timedelta(minutes=35))

    def _post(self, subject: str, raw: Raw, at: datetime, before: list[Post]) -> Post:
        told = (raw["from"], *raw["to"], *raw.get("cc", []))
        mail = mime.written(
            sender=self._address(raw["from"]),
            to=tuple(map(self._address, raw["to"])),
            cc=tuple(map(self._address, raw.get("cc", []))),
            subject=f"Re: {subject}" if before else subject,
            at=at,
            message_id=self._message_id(raw["id"]),
            answers=tuple(post.mail.message_id for post in before),
            text=raw["body"].strip(),
            attachments=tuple(
                mime.Attachment(name=file["name"], media=file["mime"], content=file["text"].encode())
                for file in raw.get("attachments", [])
            ),
            more=self._bulk(raw["from"]),
        )
        handles = tuple(dict.fromkeys(who for who in told if who in self._boxes))
        return Post(raw["id"], at, mail, handles)

    def _deliver(self, box: Mailbox, raw: Raw, post: Post) -> None:
        handle = box.account.handle
        labels = {"SENT"} if raw["from"] == handle else {"INBOX"}
        for label, key in (("UNREAD", "unread"), ("STARRED", "starred")):
            labels |= {label} if handle in raw.get(key, []) else set()
        if handle in raw.get("archived", []):
            labels -= {"INBOX"}
        for name in raw.get("labels", {}).get(handle, []):
            if label := box.label(name):
                labels.add(label.id)
        thread = box.thread_of(post.mail.parsed)
        self._world.put(box, post.mail.raw, labels, thread=thread, at=post.at, seed=post.seed, parsed=post.mail.parsed)

    def _address(self, who: str) -> str:
        """A handle or an address with its owner's name, as headers write it."""
        return self._addresses.get(who, who)

    def _bulk(self, who: str) -> tuple[tuple[str, str], ...]:
        """The headers by which mail programs know newsletters (RFC 2369, RFC 2919) and mails of machines."""
        note, (name, _, domain) = self._notes.get(who, ""), who.partition("@")
        if note.startswith("Newsletter"):
            return (("List-Id", f"<{name}.{domain}>"), ("List-Unsubscribe", f"<mailto:unsubscribe@{domain}>"))
        return (("Precedence", "bulk"),) if note.startswith("Bot") else ()

    def _message_id(self, name: str) -> str:
        return f"<{name}@mail.{self._company.domain}>"
