"""A regular update: gathered from what was merged, a board and channels, mailed for review, and posted afterwards."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from playground.model.conversation import Json, Plan, calls_with_results
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
_POST = re.compile(r"\bpost\s+(?:it|this|that|the\s+(?:\w+\s+)?update)\b.{0,60}?#[a-z]", re.DOTALL)
_WHO = "Who shall get it?"
_AND_THEN = "When they are fine with it, say “post it to #channel”."
_COUNTS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5}
_MODEST = "*Demo model, no AI: I matched and sorted lines, I did not understand them.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last update: its form, who got it, and when and where it was told."""

    form: Before
    to: tuple[str, ...]
    at: datetime | None
    channel: str


def _asks(said: Said) -> bool:
    wants = re.search(r"\b(?:do|write|make|prepare|draft|send|put together)\b", said.lowered)
    return wants is not None and _TITLE.search(said.lowered) is not None and "mail" in said.lowered


def _answers(said: Said) -> bool:
    return _WHO in said.before and len(said.text.split()) <= 12


def _update(run: Run, said: Said) -> Plan:
    return _for_review(run, said.text, to=tuple(_ADDRESS.findall(said.text)))


def _with_receivers(run: Run, said: Said) -> Plan:
    """Go on with the request that lacked them."""
    asked = [plain(message.text) for message in run.conversation.before if message.role == "user"]
    request = next((text for text in reversed(asked) if _TITLE.search(text.lower())), "")
    to = tuple(_ADDRESS.findall(said.text)) or _addresses_of(run, said.text)
    return _for_review(run, request, to=to)


def _addresses_of(run: Run, names: str) -> tuple[str, ...]:
    reach(run, {"find_people": "find their addresses"})
    parts = [part.strip(" .@") for part in re.split(r",|&|\band\b|\bto\b", names) if part.strip(" .@")]
    found: list[str] = []
    for name in parts:
        people = items(run.read(run.call("find_people", words=name))[0].get("people"))
        addresses = [address for person in people if (address := text_of(person.get("address")))]
        if len(addresses) != 1:
            raise Ends(Plan(text=f"{len(addresses)} people fit “{name}”. {_WHO} Name their addresses."))
        found += addresses
    return tuple(found)


def _for_review(run: Run, request: str, *, to: tuple[str, ...]) -> Plan:
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
    last = _last(run, title)
    receivers = to or last.to
    _check(request, receivers, title)
    news, sources = _news(run, request, last)
    body = mail_of(news, last.form)
    outcome = run.ask(
        [run.call("send_mail", to=list[JsonValue](receivers), subject=last.form.subject, body=body)], text=sources
    )[0]
    return Plan(text=_sent(run, outcome))


def _check(request: str, receivers: tuple[str, ...], title: str) -> None:
    """Ask when nothing tells who gets it, or not as many as the words say."""
    said = re.search(r"\bto\s+(?:the|my|our)?\s*(two|both|three|four|five)\b", request.lower())
    wanted = _COUNTS[said[1]] if said else 0
    if not receivers:
        raise Ends(
            Plan(text=f"{_WHO} I find no mail of yours about a “{title}” to go by. Name them or their addresses.")
        )
    if wanted and len(receivers) != wanted:
        got = ", ".join(receivers)
        raise Ends(Plan(text=f"{_WHO} You say {said[1] if said else ''}, and the last one went to {got}. Name them."))


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
    unknown = Before(subject=subject, greeting="Hi all,", closing=_name(run))
    return Last(
        form=form_of(text_of(mail.get("text")), subject=subject) if mail else unknown,
        to=tuple(address for one in texts_of(mail.get("to")) for address in _ADDRESS.findall(one)[-1:]),
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


def _name(run: Run) -> str:
    """The first name of the person, as the instructions give it."""
    found = re.search(r"You speak with (\S+)", run.conversation.system)
    return found[1] if found else ""


def _news(run: Run, request: str, last: Last) -> tuple[News, str]:
    """What happened since, and in a sentence where that was looked up."""
    since = (last.at.astimezone(run.zone).date() if last.at else run.today - timedelta(days=7)).isoformat()
    named = [f"#{name}" for name in _CHANNEL.findall(request)]
    channels = [*dict.fromkeys((*named, *filter(None, [last.channel])))]
    merged, *read = run.read(
        run.call("list_pull_requests", which="merged", since=since),
        *(run.call("read_channel", channel=channel, since=since) for channel in channels),
    )
    name = board_named(request) or _board_in(read)
    if not name:
        raise Ends(Plan(text="Which board? No topic of these channels names one. Ask again and name it."))
    board = board_of(run.read(run.call("view_board", board=name))[0])
    pulls = [pull for pull in pulls_of(merged) if is_after(pull.merged, last.at)]
    news = News(
        merged=tuple(sorted(pulls, key=lambda pull: pull.merged.timestamp() if pull.merged else 0.0)),
        said=tuple(text for content in read for text in _said_since(content, last.at)),
        board=board,
        day=run.day(board.ends),
    )
    places = ", ".join([board.name, *channels])
    return news, f"From {counted(len(pulls), 'pull request')} merged since the last one, and from {places}."


def _board_in(read: list[Json]) -> str:
    """A board that a channel's topic names."""
    found = (re.search(r"\bboard:\s*([^.;|,\n]+)", text_of(one.get("topic")), re.IGNORECASE) for one in read)
    return next((match[1].strip() for match in found if match), "")


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
