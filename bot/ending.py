"""How a turn ended, in a person's words: what was done, what was not, and the next step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.agent import Answering, Ended
from bot.messages import FINDINGS, Answer, ApprovalCard, Card, FailureCard, Findings, IncomingMessage, reference
from bot.toolbox.call import Outcome
from integrations.integration import Audience
from memory.ids import TurnId
from memory.people import Person

NOT_DONE = "_Not done yet: it waits for approval._"
"""Under the model's words beside a card: they may sound as if all were done, and others may have put them there."""
MOST_FILES = 20
"""Files that go with one answer."""
MOST_WORKINGS = 3
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
    """Who may hear all of several things; None when whoever reads there may, as none of it was found elsewhere."""
    found = set(audiences)
    return "asker" if "asker" in found else "members" if "members" in found else None


def audience_of(work: Answering) -> Audience | None:
    """Who may hear what the work rests on: what it found itself, and what the model still sees of earlier turns."""
    return narrowest([work.audience, *(outcome.audience for outcome in work.outcomes)])


def told(ended: Ended, work: Answering, around: Around) -> Answer:
    """The end of the turn, as the person reads it."""
    says_only_ours = ended.end in ("quiet", "spent", "later") and not work.text
    answer = replace(_told(ended, work, around), aside=around.aside and not says_only_ours)
    return with_findings(answer, findings_of(work)) if answer.text and not says_only_ours else answer


def findings_of(work: Answering) -> Findings:
    """What calls left for the person, in this turn and in the one that it goes on with."""
    tables = [outcome.table for outcome in work.outcomes if outcome.table is not None]
    return work.unshown + Findings(
        files=tuple(file for outcome in work.outcomes for file in outcome.files),
        table=tables[-1] if tables else None,
        workings=tuple(outcome.working for outcome in work.outcomes if outcome.working is not None),
    )


def unshown(answer: Answer, found: Findings) -> str:
    """What of `found` the next answer in the thread is to show, because this one did not: JSON, empty for nothing."""
    is_shown = bool(answer.files or answer.table or answer.workings)
    return FINDINGS.dump_json(found).decode() if found and not is_shown else ""


def with_findings(answer: Answer, found: Findings) -> Answer:
    """`answer` with as many of them as one message holds."""
    return replace(answer, files=found.files[:MOST_FILES], table=found.table, workings=found.workings[-MOST_WORKINGS:])


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
    cost = cost_of(outcomes)
    if not services:
        return (cost,) if cost else ()
    said = list(dict.fromkeys(o.said for o in outcomes if o.kind == "done" and o.effect == "read" and o.said))
    what = [lowered(said[0])] if len(said) == 1 else [f"{len(said)} look-ups"] if said else []
    seen = ["only you can see this"] if private else []
    return (f"As you on {' and '.join(services)}", *seen, *what, *([cost] if cost else []))


def cost_of(outcomes: Sequence[Outcome]) -> str:
    """What tools were paid for, in dollars; empty where nothing was."""
    cost = sum((outcome.cost_usd for outcome in outcomes if outcome.cost_usd is not None), Decimal(0))
    return f"cost about {max(cost, Decimal('0.01')):.2f} dollars" if cost else ""


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
