"""What to try next, as the person at the page goes on."""

import asyncio

from playground.servers import Servers


def next_hint(servers: Servers) -> str:
    """One sentence for the foot of the sidebar, from what has been done so far."""
    slack, github = servers.slack, servers.github
    asked = [call for call in slack.calls if call.name.startswith("message.") or call.name == "app_mention"]
    if not asked:
        return "ask Pinyon which pull requests wait for your review."
    if not any(github.sessions(person.handle) for person in servers.company.people if person.github):
        return "connect GitHub from the card. Pinyon then goes on with your question by itself."
    if not github.writes:
        return "let Pinyon write a comment on one of them. It shows you the exact words first."
    if not any(call.name == "app_mention" for call in asked):
        return "ask in a channel: write @Pinyon and a question in #mobile."
    return "be somebody else, at the top, and ask the same question. Pinyon answers with what that person may see."


async def keep_hinting(servers: Servers, *, every: float = 0.5) -> None:
    """Keep the page's hint up to date until cancelled."""
    page, live = servers.slack.page, servers.slack.world.live
    while True:
        hint = next_hint(servers)
        if hint != page.try_next:
            page.try_next = hint
            live.tell("try_next", lambda _, text=hint: {"text": text})
        await asyncio.sleep(every)
