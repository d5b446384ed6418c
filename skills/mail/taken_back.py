"""How what was done in Gmail is taken back, when nothing has come of it meanwhile."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from integrations.google.client import Google
from integrations.google.mail_models import Draft, MailId, Thread
from skills.errors import ToolFailed
from skills.mail.letters import Filing
from skills.skill import ToolContext

Change = Mapping[str, Sequence[str]]
"""Ids of `mails`, and of the labels that were `added` to all of them and `removed` from all of them."""


async def draft(ctx: ToolContext[Google], *, draft: str, mail: str, thread: str) -> None:
    """Delete a draft. Raises Refused when somebody wrote in it since, NotFound when it is gone."""
    await ctx.client.mail.discard(Draft(id=draft, message=MailId(id=mail, thread_id=thread)))


async def filing(ctx: ToolContext[Google], *, thread: str, changes: Sequence[Change]) -> None:
    """Give every mail of a thread the labels that it had. Raises ToolFailed when one was labelled otherwise since."""
    found = await ctx.client.mail.outline(thread)
    now = {mail.id: set(mail.label_ids) for mail in found.messages}
    for change in changes:
        here = [now[mail] for mail in change["mails"] if mail in now]
        if not here or any(not _stands(labels, change) for labels in here):
            raise ToolFailed("The mail was put in another order since, so I leave it. You can change it in Gmail.")
    for change in changes:
        here = [mail for mail in change["mails"] if mail in now]
        await ctx.client.mail.relabel(here, add=change["removed"], remove=change["added"])


def changes(before: Thread, filing: Filing) -> list[JsonValue]:
    """What `filing` changes of the labels as they are `before`, alike mails together."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[JsonValue]] = {}
    for mail in before.messages:
        added = tuple(label for label in filing.ids_to_add if label not in mail.label_ids)
        removed = tuple(label for label in filing.ids_to_remove if label in mail.label_ids)
        if added or removed:
            alike.setdefault((added, removed), []).append(mail.id)
    return [
        {"mails": mails, "added": list(added), "removed": list(removed)} for (added, removed), mails in alike.items()
    ]


def _stands(labels: set[str], change: Change) -> bool:
    """Whether a mail with these labels is still as the change left it."""
    return labels.issuperset(change["added"]) and labels.isdisjoint(change["removed"])
