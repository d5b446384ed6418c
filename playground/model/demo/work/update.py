"""A regular update: gathered from what was merged, a board and channels, mailed for review, and posted afterwards."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from playground.model.conversation import Json, Plan, calls_with_results
from playground.model.demo.found.calendar_people import found_person, is_own_words
from playground.model.demo.found.tickets import board_of, moment_of, text_of, texts_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.outcomes import Outcome, outcome_of
from playground.model.demo.plain import plain
from playground.model.demo.pulls import pulls_of
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Ends, Run
from playground.model.demo.work.tickets import board_named
from playground.model.demo.work.tickets_told import told
from playground.model.demo.work.update_text import (
    Before,
    News,
    form_of,
    is_after,
    is_update,
    mail_of,
    post_of,
)
from playground.model.wires.wire import items

_TITLE = re.compile(
    r"\b((?:daily|weekly|fortnightly|biweekly|monthly|sprint)\s+(?:[a-z]+\s+)?(?:update|report|digest|news))\b"
)
_CHANNEL = re.compile(r"(?<![\w/&])#([a-z][\w-]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TO = re.compile(
    r"\b(?:mail|it|that|one)\s+(?:it\s+)?to\s+(?P<whom>.+?)"
    r"(?=$|[.?!;:](?:\s|$)|\s+(?:for|by|before|when|so that|with|as|please|pls)\b)",
    re.IGNORECASE,
)
_POST = re.compile(r"\bpost\s+(?:it|this|that|the\s+(?:\w+\s+)?update)\b.{0,60}?#[a-z]", re.DOTALL)
_WHO = "Who shall get it? Name them or their addresses."
_AND_THEN = "When they are fine with it, say “post it to #channel”."
_MODEST = "*Demo model, no AI: I matched and sorted lines, I did not understand them.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last update: its form, and when and where it was told."""

    form: Before
    at: datetime | None
    channel: str


def _asks(said: Said) -> bool:
    wants = re.search(r"\b(?:do|write|make|prepare|draft|send|put together)\b", said.lowered)
    return wants is not None and _TITLE.search(said.lowered) is not None and "mail" in said.lowered


def _answers(said: Said) -> bool:
    return _WHO in said.before and len(said.text.split()) <= 12


def _update(run: Run, said: Said) -> Plan:
    found = _TO.search(said.text)
    return _for_review(run, said.text, whom=found["whom"] if found else "")


def _with_receivers(run: Run, said: Said) -> Plan:
    """Go on with the request that lacked them."""
    asked = [plain(message.text) for message in run.conversation.before if message.role == "user"]
    request = next((text for text in reversed(asked) if _TITLE.search(text.lower())), "")
    return _for_review(run, request, whom=re.sub(r"^(?:to|it is|just)\s+", "", said.text.strip(" .")))


def _for_review(run: Run, request: str, *, whom: str) -> Plan:
    if not whom:
        raise Ends(Plan(text=_WHO))
    title = found[1] if (found := _TITLE.search(request.lower())) else "update"
    reach(
        run,
        {
            "list_pull_requests": "see what was merged",
            "view_board": "look at the board",
            "read_channel": "read the channels",
            "send_mail": "find the last update and mail this one",
        },
    )
    to = _receivers(run, whom)
    last = _last(run, title)
    news, sources = _news(run, request, last)
    call = run.call("send_mail", to=list[JsonValue](to), subject=last.form.subject, body=mail_of(news, last.form))
    return Plan(text=_sent(run, run.ask([call], text=sources)[0]))


def _receivers(run: Run, whom: str) -> list[str]:
    """Addresses, and phrases of the person's such as "the two leads"."""
    names = [part.strip(" @") for part in re.split(r",|&|\band\b", whom) if part.strip(" @")]
    known = [is_own_words(name.lower()) or _ADDRESS.fullmatch(name) is not None for name in names]
    return [name if is_known else _address_of(run, name) for name, is_known in zip(names, known, strict=True)]


def _address_of(run: Run, name: str) -> str:
    reach(run, {"find_people": "find their addresses"})
    return found_person(run, name).address


def _last(run: Run, title: str) -> Last:
    mails, posts = run.read(
        run.call("search_mail", words=title, folder="sent"), run.call("search_messages", words=title)
    )
    threads = [text_of(row.get("thread")) for row in items(mails.get("mails"))]
    mail: Json = {}
    subject = f"{title[:1].upper()}{title[1:]}"
    if threads:
        thread = run.read(run.call("read_mail", thread=threads[0]))[0]
        # An answer of the person's to somebody else's update is none of theirs.
        mine = [one for one in items(thread.get("mails")) if one.get("from_me") and is_update(text_of(one.get("text")))]
        mail, subject = (mine[0], text_of(thread.get("subject"))) if mine else ({}, subject)
    post = _last_post(posts, title, by=text_of(mail.get("from")).partition("<")[0].strip())
    unknown = Before(subject=subject, greeting="Hi all,")
    return Last(
        form=form_of(text_of(mail.get("text")), subject=subject) if mail else unknown,
        at=moment_of(post.get("at")) or moment_of(mail.get("when")),
        channel=text_of(post.get("channel")),
    )


def _last_post(posts: Json, title: str, *, by: str) -> Json:
    """The newest message of the person that is such an update itself."""
    for message in items(posts.get("messages")):
        text = re.sub(r"^[\W_]+", "", text_of(message.get("text"))).lower()
        if text_of(message.get("by")) == by and text.startswith(title):
            return message
    return {}


def _news(run: Run, request: str, last: Last) -> tuple[News, str]:
    """What happened since, and in a sentence where that was looked up."""
    since = (last.at.astimezone(run.zone).date() if last.at else run.today - timedelta(days=7)).isoformat()
    named = [f"#{name}" for name in _CHANNEL.findall(request)]
    channels = [*dict.fromkeys((*named, *filter(None, [last.channel])))]
    merged, seen, *read = run.read(
        run.call("list_pull_requests", which="merged", since=since),
        run.call("view_board", board=board_named(request)),
        *(run.call("read_channel", channel=channel, since=since) for channel in channels),
    )
    board = board_of(seen)
    pulls = [pull for pull in pulls_of(merged) if is_after(pull.merged, last.at)]
    news = News(
        merged=tuple(sorted(pulls, key=lambda pull: pull.merged.timestamp() if pull.merged else 0.0)),
        said=tuple(text for content in read for text in _said_since(content, last.at)),
        board=board,
        day=run.day(board.ends),
    )
    places = ", ".join([board.name, *channels])
    return news, f"From {counted(len(pulls), 'pull request')} merged since the last one, and from {places}."


def _said_since(content: Json, since: datetime | None) -> list[str]:
    roots = items(content.get("messages"))
    every = [*roots, *(reply for root in roots for reply in items(root.get("thread_replies")))]
    return [text_of(one.get("text")) for one in every if is_after(moment_of(one.get("at")), since)]


def _sent(run: Run, outcome: Outcome) -> str:
    subject, to = text_of(outcome.executed.get("subject")), texts_of(outcome.executed.get("to"))
    link = text_of(outcome.content.get("link"))

    def look(again: Run) -> str:
        found = again.read(again.call("search_mail", words=subject, folder="sent", since=again.today.isoformat()))
        sent = items(found[0].get("mails"))
        return f"{counted(len(sent), 'mail')} of today called “{subject}” {'is' if len(sent) == 1 else 'are'} in sent."

    mail = f"[{subject}]({link})" if link else subject
    done = f"Mail sent to {' and '.join(to)}: {mail}. {_AND_THEN}\n\n{_MODEST}"
    return told(run, outcome, done=done, undone="Not sent", look=look)


# Posting what was approved.


def _posts(said: Said) -> bool:
    return _POST.search(said.lowered) is not None and _AND_THEN in said.before


def _post(run: Run, said: Said) -> Plan:
    channel = f"#{_CHANNEL.findall(said.text)[-1]}"
    mail = _mailed(run)
    text = post_of(text_of(mail.get("body")), subject=text_of(mail.get("subject")))
    reach(run, {"post_message": f"post in {channel}"})
    outcome = run.ask([run.call("post_message", channel=channel, text=text)])[0]
    link = text_of(outcome.content.get("link"))

    def look(again: Run) -> str:
        call = again.call("read_channel", channel=channel, since=again.today.isoformat())
        heading = text.splitlines()[0].strip("*")
        times = sum(heading in one for one in _said_since(again.read(call)[0], None))
        return f"it stands in {channel} {counted(times, 'time')} today."

    done = f"Posted in {f'[{channel}]({link})' if link else channel}, the text as it was mailed."
    return Plan(text=told(run, outcome, done=done, undone="Not posted", look=look))


def _mailed(run: Run) -> Json:
    """The mail that was sent in this thread, as it was executed."""
    calls = [outcome_of(*pair) for pair in calls_with_results(run.conversation.messages)]
    sent = [one.executed for one in calls if (one.call.tool, one.kind) == ("send_mail", "done")]
    if not sent:
        raise Ends(Plan(text="I find no mail of mine in this thread that I could post."))
    return sent[-1]


JOBS = (
    Job(name="a regular update", fits=_asks, run=_update, order=10),
    Job(name="a regular update, to whom", fits=_answers, run=_with_receivers, order=11),
    Job(name="post the update", fits=_posts, run=_post, order=12),
)
