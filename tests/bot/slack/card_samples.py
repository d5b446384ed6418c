"""Cards to look at, and what strangers may put into them."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from hypothesis import strategies as st

from bot.messages import Always, ApprovalCard, Outcome, Pair, Undo, Write, WriteState
from bot.slack.blocks import Message
from memory.ids import PendingId
from tests.bot.slack.card_rules import walk

DESIGNS = Path(__file__).parent / "cards"
NOW = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
EXPIRES = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)
DECIDED = datetime(2026, 11, 20, 10, 44, tzinfo=UTC)
LONG = "The retry loop in charge.py never resets its counter, so the second checkout of a session gives up at once."
ALWAYS = Always(target="tamarack/web", says="post pull request comments in tamarack/web")
UNDO = Undo(
    ask="Delete the comment?",
    undone="Comment deleted",
    kept="People who were notified keep their notification.",
)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

nasty = st.one_of(
    st.sampled_from(
        [
            "<!channel>",
            "<@U0T1A7KQ2>",
            "<https://evil.example|tamarack/web>",
            "*bold* _it_ ~no~ `code` ```block```",
            ":tada: &lt;!here&gt;",
            "\u202egpj.exe",
            "a\nb\r\nc\u2028d",
            "t\u0430marack",
            " ",
            "",
            "x" * 3_000,
            "\u202e" * 3_000,
            "漢" * 3_000,
            "a,b;" * 1_500,
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=200),
)


def comment(number: int = 0, *, text: str = LONG, pairs: tuple[Pair, ...] | None = None, **others: Any) -> Write:
    """One write; without `others` it offers nothing but yes and no."""
    write = Write(
        pending=PendingId(f"p_{number}" if number else "p_7f3k"),
        ask="Post this comment on GitHub?",
        done="Comment posted",
        refused="Not posted",
        pairs=pairs or (Pair(label="Pull request", value="tamarack/web #482", origin="you said"),),
        account="tamarack-lead",
        text_label="Text, exactly as it will be posted",
        text=text,
    )
    return replace(write, **others)


def card_of(*items: WriteState, **changes: Any) -> ApprovalCard:
    card = ApprovalCard(items=items, service="GitHub", expires=EXPIRES, reference="7F3K")
    return replace(card, **changes)


def state(outcome: Outcome = "waiting", number: int = 0, **changes: Any) -> WriteState:
    said = "2 new commits, 11 minutes ago" if outcome == "stale" else ""
    at = DECIDED if outcome in {"done", "denied"} else None
    link = "https://github.example/tamarack/web/pull/482#c91" if outcome == "done" else None
    return replace(WriteState(write=comment(number), outcome=outcome, at=at, link=link, said=said), **changes)


def design(name: str) -> dict[str, Any]:
    return json.loads((DESIGNS / f"{name}.json").read_text("utf-8"))


def built(message: Message) -> dict[str, Any]:
    return asdict(message)


def buttons(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {node["text"]["text"]: node for _, node in walk(card["blocks"]) if node.get("type") == "button"}


def values(card: dict[str, Any]) -> str:
    return "\n".join(node["text"] for _, node in walk(card["blocks"]) if node.get("type") == "plain_text")
