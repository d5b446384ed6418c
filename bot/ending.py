"""How a turn ended, in a person's words: what was done, what was not, and the next step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.agent import Answering, Ended
from bot.messages import Answer, ApprovalCard, Card, FailureCard, IncomingMessage, reference
from bot.toolbox.call import Outcome
from integrations.integration import Audience
from memory.ids import TurnId
from memory.people import Person

NOT_DONE = "_Not done yet: it waits for approval._"
"""Under the model's words beside a card: they may sound as if all were done, and others may have put them there."""
KEEP_TRYING = timedelta(minutes=20)
"""How long a turn is retried while no model answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the words depend on beside the work itself."""

    message: IncomingMessage
    person: Person
    asked_at: datetime
    titles: Mapping[str, str]
    """Vendors' names by integration."""
    skills: Sequence[tuple[str, str | None]] = ()
    """(title, integration) of each skill that the person can use."""
    card: Card | None = None
    """What waits for the person, or the receipt of what was done unasked."""
    aside: bool = False
    """The work rests on what only the asker may hear, and they asked where others read."""


def narrowest(audiences: Iterable[Audience | None]) -> Audience | None:
    """Who may hear all of several things; None when none of them was found anywhere."""
    found = set(audiences)
    return "asker" if "asker" in found else "members" if "members" in found else None


def audience_of(work: Answering) -> Audience | None:
    """Who may hear what the work rests on: what it found itself, and what the model still sees of earlier turns."""
    return narrowest([work.audience, *(outcome.audience for outcome in work.outcomes)])


def told(ended: Ended, work: Answering, around: Around) -> Answer:
    """The end of the turn, as the person reads it."""
    says_only_ours = ended.end in ("quiet", "spent", "later") and not work.text
    return replace(_told(ended, work, around), aside=around.aside and not says_only_ours)


def _told(ended: Ended, work: Answering, around: Around) -> Answer:
    turn, text = around.message.turn, work.text
    match ended.end:
        case "answered":
            footer = footer_of(work.outcomes, private=around.message.private or around.aside)
            return Answer(text=text or "Done.", footer=footer, card=around.card, turn=turn)
        case "waiting":
            waits_to_be_done = isinstance(around.card, ApprovalCard) and bool(text)
            shown = joined(text, NOT_DONE) if waits_to_be_done else text
            return Answer(text=shown, state="waiting", card=around.card, turn=turn)
        case "quiet":
            # The card says it all; in a channel nobody else sees the card. There is no answer that could have helped.
            return Answer(text="" if around.message.private else "Put aside.", state="stopped", turn=turn)
        case "stopped":
            return Answer(text=joined(text, stopped(work.outcomes)), state="stopped", card=around.card, turn=turn)
        case "budget":
            limit = f"I stopped after {ended.why}, the limit for one question. {done(work.outcomes)}"
            return Answer(text=joined(text, limit), state="stopped", card=around.card, turn=turn)
        case "spent":
            return Answer(text=ended.why, state="stopped", turn=turn)
        case "later" if tries_again(ended, around) and around.message.trying_since is not None and not text:
            return Answer(text="", state="waiting", turn=turn)  # the first attempt said so
        case "later" if tries_again(ended, around):
            until = clock(around.asked_at + KEEP_TRYING, around.person)
            return Answer(
                text=f"No model answers right now. I keep trying until {until} and tell you here.",
                state="waiting",
                turn=turn,
            )
        case _:
            return Answer(text=text, state="failed", card=failure(ended, work, around), turn=turn)


def tries_again(ended: Ended, around: Around) -> bool:
    """Whether the turn goes on by itself when a model may answer again."""
    return ended.end == "later" and ended.retry_at is not None and ended.retry_at < around.asked_at + KEEP_TRYING


def failure(ended: Ended, work: Answering, around: Around) -> FailureCard:
    """The card of a turn that could not be finished."""
    headline, detail = "I could not finish this.", ended.why or "The model gave no answer that I can use."
    if ended.end == "unavailable":
        service = around.titles.get(ended.why, ended.why)
        headline, detail = f"{service} is not answering.", "I tried more than once."
        if ended.retry_at is not None:
            headline = f"{service} lets me go on at {clock(ended.retry_at, around.person)}."
            detail = "Your account has asked it for as much as it allows at a time."
    elif ended.end == "later":
        headline = "No model answers right now."
        detail = f"I tried for {KEEP_TRYING.seconds // 60} minutes."
    works = tuple(title for title, by in around.skills if by != ended.why) if ended.end == "unavailable" else ()
    return FailureCard(
        headline=headline,
        detail=f"{detail} {done(work.outcomes)} Your question is kept.",
        reference=reference(around.message.turn),
        retry=around.message.turn,
        missing=ended.why if works else "",
        service=around.titles.get(ended.why, ended.why) if works else "",
        works=works,
    )


def apology(turn: TurnId) -> FailureCard:
    """The card for a bug of ours."""
    return FailureCard(
        headline="Something broke on my side.",
        detail="What was done before stays done, and nothing else was changed. Your question is kept.",
        reference=reference(turn),
        retry=turn,
    )


def footer_of(outcomes: Sequence[Outcome], *, private: bool) -> tuple[str, ...]:
    """Whose account an answer used, who sees it, and what was read."""
    services = list(dict.fromkeys(o.service for o in outcomes if o.service and o.kind == "done"))
    if not services:
        return ()
    said = list(dict.fromkeys(o.said for o in outcomes if o.kind == "done" and o.effect == "read" and o.said))
    what = [lowered(said[0])] if len(said) == 1 else [f"{len(said)} look-ups"] if said else []
    return (f"As you on {' and '.join(services)}", *(["only you can see this"] if private else []), *what)


def done(outcomes: Sequence[Outcome]) -> str:
    """Which writes happened: "Done: …" or that nothing was changed."""
    said = [o.said or o.tool for o in outcomes if o.effect == "write" and o.kind == "done"]
    return f"Done: {', '.join(said)}." if said else "I changed nothing."


def stopped(outcomes: Sequence[Outcome]) -> str:
    """What stays of a turn that its person stopped."""
    said = [o.said or o.tool for o in outcomes if o.effect == "write" and o.kind == "done"]
    return f"Stopped. Already done: {', '.join(said)}." if said else "Stopped. Nothing was changed."


def joined(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if text else more


def lowered(said: str) -> str:
    return said[:1].lower() + said[1:]


def clock(at: datetime, person: Person) -> str:
    """The time of day where the person is."""
    try:
        return f"{at.astimezone(ZoneInfo(person.zone)):%H:%M}"
    except (ZoneInfoNotFoundError, ValueError):
        return f"{at:%H:%M} UTC"
