"""What was said in Slack: what somebody missed, what a channel is about, where something stands, and a post."""

import re

from playground.model.conversation import Plan
from playground.model.demo.days import since_when
from playground.model.demo.found.channels import CHANNEL, Message, News, channel_in, messages_of, news_of, talk_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outcomes import Outcome
from playground.model.demo.plain import split_body
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.request import Talk
from playground.model.demo.run import Run, said_to_people
from playground.model.demo.understand import LONGEST_COMMAND, understand

_MOST = 12
_FEW = 4
MODEST = "*Demo model, no AI: I sorted and quoted, I did not judge what matters.*"
_CHANNELS = r"(?:my |all |the |our )*channels"
_IN_SLACK = rf"(?:in |on |through )?(?:slack|{_CHANNELS}|what (?:we|people|they) (?:said|wrote))"


# What somebody missed.


def _misses(said: Said) -> bool:
    missed = has(said.lowered, "miss(?:ed)?", "catch (?:me )?up", "catch-up", "bring me up to date")
    new = has(said.lowered, "(?:what|anything|something)(?:'s| is| was| has)? (?:new|happened)")
    in_slack = bool(channel_in(said.lowered)) or has(said.lowered, "slack", "channels?")
    about_me = has(said.lowered, "(?:what|anything|something) (?:did|have) i miss(?:ed)?", "catch me up")
    asks_me = has(said.lowered, "who asked me", "who (?:wants|needs) something (?:from|of) me", "mentions? of me")
    return about_me or (in_slack and (missed or new)) or (asks_me and not has(said.lowered, "mails?", "inbox"))


def _missed(run: Run, said: Said) -> Plan:
    channel = channel_in(said.text)
    reach(run, {"catch_up": f"read what was new in {channel or 'your channels'}"})
    since = since_when(said.text, run.today)
    content = run.read(run.call("catch_up", channel=channel, since=since.isoformat() if since else None))[0]
    news = news_of(content)
    if not news:
        return Plan(text=f"You missed nothing in {channel or 'your channels'}.")
    most = _MOST if len(news) == 1 else _FEW
    parts = [_told(run, one, most=most) for one in news[:8]]
    if more := news[8:]:
        parts.append(f"Also new in {', '.join(one.channel for one in more)}: name one and I tell you.")
    return Plan(text="\n\n".join([*parts, MODEST]))


def _told(run: Run, news: News, *, most: int) -> str:
    since = f" since {run.day(news.since)}" if news.since else ""
    lines = [f"**{news.channel}{since}: {counted(news.count, 'new message')}**"]
    if news.asked:
        lines += ["", "You are asked:", *(message.line(run) for message in news.asked)]
    if news.others:
        lines += ["", *(["What else was said:"] if news.asked else []), *_lines(run, news.others, most=most)]
    return "\n".join([*lines, *([news.note] if news.note else [])])


def _lines(run: Run, messages: tuple[Message, ...], *, most: int) -> list[str]:
    """The newest of `messages`, and how many older ones there are."""
    older = len(messages) - most
    return [*([f"- {counted(older, 'older message')}"] if older > 0 else []), *(m.line(run) for m in messages[-most:])]


# What a channel is about.


def _reads(said: Said) -> bool:
    looks = has(
        said.lowered,
        *("summari[sz]e", "summary", "recap", "read", "look at", "show(?: me)?", "check"),
        *("what(?:'s| is| was| happened)", "going on", "(?:discussed|talked about|decided)"),
    )
    return (
        looks
        and re.search(rf"{CHANNEL}\W*(?:$|since|from|today|this|last|yesterday|for|in|please)", said.lowered)
        is not None
    )


def _read(run: Run, said: Said) -> Plan:
    channel = channel_in(said.text)
    reach(run, {"read_channel": f"read {channel}"})
    since = since_when(said.text, run.today)
    content = run.read(run.call("read_channel", channel=channel, since=since.isoformat() if since else None))[0]
    talk = talk_of(content)
    if not talk.messages:
        return Plan(text=f"Nobody wrote anything in {channel}" + (" in that time." if since else "."))
    lines: list[str] = []
    for message in talk.messages[-_MOST:]:
        lines.append(message.line(run))
        lines += [f"  {reply.line(run)}" for reply in message.replies[-_FEW:]]
    heading = f"**{talk.channel or channel}, the newest {counted(len(talk.messages[-_MOST:]), 'message')}:**"
    return Plan(text="\n".join([heading, "", *lines, "", MODEST]))


# Where something stands.


def _searches(said: Said) -> bool:
    elsewhere = has(said.lowered, "mails?", "inbox", "drive", "tickets?", "jira", "github")
    return bool(_wanted(said.lowered)) and not elsewhere and isinstance(understand(said.text), Talk)


def _search(run: Run, said: Said) -> Plan:
    words, channel = _wanted(said.text[:LONGEST_COMMAND]), channel_in(said.text)
    reach(run, {"search_messages": "search your channels"})
    since = since_when(said.text, run.today)
    content = run.read(
        run.call("search_messages", words=words, channel=channel, since=since.isoformat() if since else None)
    )[0]
    found = messages_of(content.get("messages"))
    where = channel or "your channels"
    if not found:
        return Plan(text=f"I find nothing about “{words}” in {where}. Fewer or other words may find it.")
    lines = [f"- {message.channel} {message.line(run)[2:]}" for message in found[:_MOST]]
    return Plan(text="\n".join([f"**{counted(len(found), 'message')} about “{words}” in {where}:**", "", *lines]))


def _wanted(text: str) -> str:
    """What to search Slack for."""
    patterns = (
        rf"\b(?:search|look|scan|go)\s+(?:through\s+)?(?:{_IN_SLACK}|{CHANNEL})\s+for\s+(.+)$",
        rf"\b(?:search|look|find|where)\b(?:\s+for)?\s+(.+?)\s+in\s+(?:slack|{_CHANNELS}|{CHANNEL})\W*$",
        r"\bwhat (?:did|have) (?:we|they) (?:say|said|decided?|agreed?|discuss(?:ed)?) (?:about|on|for)\s+(.+)$",
        r"\bwho (?:said|wrote|mentioned) (?:something |anything )?(?:about )?(.+?)(?:\s+in\s+slack)?\W*$",
    )
    found = next((match[1] for pattern in patterns if (match := re.search(pattern, text, re.IGNORECASE))), "")
    found = re.sub(r"\b(?:what (?:we|they|was) (?:decided|said|agreed)(?: about)?|about|messages?)\b", "", found)
    words = [word for word in re.findall(r"[\w'.-]+", found.strip(' "')) if word.lower() not in _IDLE]
    return " ".join(words[:5]).strip(". ")


_IDLE = frozenset({"the", "a", "an", "our", "my", "this", "that", "of", "for", "on", "in", "to", "please"})


# A post in somebody's name.


def _posts(said: Said) -> bool:
    return _post_of(said.text) is not None


def _post(run: Run, said: Said) -> Plan:
    wanted = _post_of(said.text)
    assert wanted is not None  # noqa: S101  `_posts` found it
    channel, text = wanted
    reach(run, {"post_message": f"post in {channel} as you"})
    outcome = run.ask([run.call("post_message", channel=channel, text=text)])[0]
    return Plan(text=posted(run, outcome, channel=channel))


def _post_of(text: str) -> tuple[str, str] | None:
    """Channel and words of a post that is asked for, when the words are given."""
    command, body = split_body(text)
    verbs = r"(?:post|write|say|announce|tell|send|put|share)"
    if body and (found := re.search(rf"\b{verbs}\b[^#]*({CHANNEL})", command[:LONGEST_COMMAND], re.IGNORECASE)):
        return found[1], body
    if found := re.search(
        rf"^(?:please )?{verbs}\s+(?:in |to |into |on )?({CHANNEL})\s+that\s+(.+)$", text, re.IGNORECASE | re.DOTALL
    ):
        return found[1], found[2][:1].upper() + found[2][1:]
    return None


def posted(run: Run, outcome: Outcome, *, channel: str) -> str:
    """What became of a post."""
    link = outcome.content.get("link")
    match outcome.kind:
        case "done":
            return f"Posted in [{channel}]({link})." if isinstance(link, str) and link else f"Posted in {channel}."
        case "denied":
            return "Not posted. You denied it. Tell me what to change, and I prepare it again."
        case "expired":
            return "Not posted: nobody decided in time. Ask again and I prepare it anew."
        case "aside":
            return "Not posted: it was put aside. Ask again and I prepare it anew."
        case "skipped":
            return "Not posted. Without that account I cannot post as you. Ask again when you want to connect it."
        case "unknown":
            return _looked(run, outcome, channel=channel)
        case _:
            return f"Not posted. {said_to_people(outcome.text)}"


def _looked(run: Run, outcome: Outcome, *, channel: str) -> str:
    """After an unknown outcome: whether it stands there."""
    again = run.after(outcome)
    talk = talk_of(again.read(again.call("read_channel", channel=channel))[0])
    words = re.sub(r"\W+", " ", str(outcome.executed.get("text") or "")).strip()
    every = [one for message in talk.messages for one in (message, *message.replies)]
    times = sum(words == re.sub(r"\W+", " ", one.text).strip() for one in every)
    there = {0: "it is not there. Ask again and I prepare it anew.", 1: "it is there, once."}
    found = there.get(times, f"it is there {times} times.")
    return f"The connection broke while I posted it. I looked in {channel}: {found}"


JOBS = (
    Job(name="what somebody missed", fits=_misses, run=_missed, order=35),
    Job(name="post in a channel", fits=_posts, run=_post, order=55),
    Job(name="search Slack", fits=_searches, run=_search, order=65),
    Job(name="read a channel", fits=_reads, run=_read, order=70),
)
