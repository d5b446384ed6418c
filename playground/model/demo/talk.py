"""What the demo model says when nothing is to be looked up."""

import re

from playground.model.conversation import Conversation, Plan
from playground.model.demo.found.shaped import shaped_in
from playground.model.demo.reach import CONNECT, can_reach
from playground.model.demo.request import Talk

_WHAT = "I am the demo model of this playground: I follow keywords and what the tools return, no AI."
_TRY = (
    "Which pull requests wait for me?",
    "Review the first one and comment",
    "What was merged in the last seven days?",
)
_MORE = (
    ("create_ticket", "ticket: renew the wildcard certificate"),
    ("my_tickets", "Which tickets are mine?"),
    ("search_mail", "Anything urgent in my mail?"),
    ("list_events", "What is on my calendar today?"),
    ("query_database", "How many customers do we have?"),
    ("catch_up", "What did I miss?"),
    ("search_files", "Find the doc about the release"),
)
"""What else can be tried, by a tool that it takes."""
_CAN = (
    ("create_ticket", "I file tickets."),
    ("search_tickets", "I list and read tickets."),
    ("search_mail", "I look through your mail."),
    ("list_events", "I look at your calendar."),
    ("search_files", "I find documents and say what stands in them."),
    ("catch_up", "I say what you missed in your channels."),
)
"""What can be done here beside pull requests, by a tool that it takes."""
_OF_NOTHING = ("Write something long", "Show a table", "Help")
_LONG = 14_000
_LONGEST = 60_000
_TABLE = """| Part | What it is | Where it runs |
|---|---|---|
| Slack | a local server with the same methods | this machine |
| GitHub | a local server with four repositories | this machine |
| Model | keywords and templates, no AI | this machine |"""
_CODE = '''```python
def split(text: str, limit: int) -> list[str]:
    """Cut at paragraphs; a table or a fence is never cut."""
    parts = [""]
    for block in text.split("\\n\\n"):
        if len(parts[-1]) + len(block) > limit:
            parts.append("")
        parts[-1] += block + "\\n\\n"
    return parts
```'''
_SENTENCES = (
    "The pinyon jay hides thousands of seeds in autumn and walks straight back to them in winter.",
    "It finds them under snow, months later, by the shape of the land around them.",
    "One bird keeps about 5 months of food in places that nobody else can list.",
    "A flock moves on when the cones are empty and comes back in the years that are full.",
    "Forgotten seeds become trees, so a part of the forest is planted by mistake.",
)


def talk(conversation: Conversation, request: Talk) -> Plan:
    match request.topic:
        case "greeting":
            return Plan(text=f"Hello. {_who(conversation)}\n\n{tries(conversation)}")
        case "help":
            return Plan(text=f"{_who(conversation)} {_skills(conversation)}\n\n{tries(conversation)}")
        case "yourself":
            return Plan(
                text=f"{_who(conversation)} Set ANTHROPIC_API_KEY or OPENAI_API_KEY before starting the playground, and"
                f" a real model answers instead.\n\n{tries(conversation)}"
            )
        case "thanks":
            return Plan(text="You are welcome. What waits for you next: “which pull requests wait for me?”")
        case "bye":
            return Plan(text="Until next time.")
        case "nothing":
            return Plan(text="Then I leave it as it is.")
        case "empty":
            return Plan(text=f"I got an empty message.\n\n{tries(conversation)}")
        case "word":
            return Plan(text="Ready.")
        case "table":
            return Plan(text=f"This playground in a table:\n\n{_TABLE}\n\nAnd some code:\n\n{_CODE}")
        case "long":
            return Plan(text=long_text(min(request.length or _LONG, _LONGEST)))
        case "elsewhere":
            return Plan(text=f"{_no_skill(conversation)} {_skills(conversation)}\n\n{tries(conversation)}")
        case "unknown":
            return Plan(text=f"I found no keyword in that. {_who(conversation)}\n\n{tries(conversation)}")


def _who(conversation: Conversation) -> str:
    """What speaks here, and as which agent."""
    if (shaped := shaped_in(conversation.system)) is None:
        return _WHAT
    begins = f" My instructions begin: “{shaped.begins}”" if shaped.begins else ""
    return f"I answer as {shaped.name}: {shaped.description}{begins}\n\n{_WHAT}"


def _no_skill(conversation: Conversation) -> str:
    shaped = shaped_in(conversation.system)
    if shaped is None or not shaped.is_narrow:
        return "I have no skill for that here."
    return f"{shaped.name} has no skill for that. Ask Pinyon for it, in a new thread."


def tries(conversation: Conversation) -> str:
    """Three sentences that work here."""
    sentences = _TRY if _pulls_are_possible(conversation) else _others(conversation)
    return "\n".join(["Try one of these:", *(f"- {sentence}" for sentence in sentences), *_note(conversation)])


def _others(conversation: Conversation) -> tuple[str, ...]:
    found = [sentence for tool, sentence in _MORE if _is_possible(conversation, tool)]
    return (*found, *_OF_NOTHING)[: len(_TRY)]


def _is_possible(conversation: Conversation, tool: str) -> bool:
    """Whether a tool is there, behind a closed skill, or comes with an account that can be connected."""
    ways = (one.description for one in conversation.tools if one.name.startswith(CONNECT))
    return can_reach(conversation, tool) or any(re.search(rf"\b{tool}\b", way) for way in ways)


def _note(conversation: Conversation) -> list[str]:
    if conversation.tool("connect_pull_requests") is None:
        return []
    return ["", "The first one asks you to connect GitHub, once."]


def _skills(conversation: Conversation) -> str:
    found = [
        "I can list, read and review pull requests, and comment, approve, request changes, ask for reviewers and merge,"
        " each after you approve it."
        if _pulls_are_possible(conversation)
        else "",
        *(said for tool, said in _CAN if _is_possible(conversation, tool) and not _pulls_are_possible(conversation)),
        "Attach a table and I compute with it and draw a chart." if conversation.tool("run_python") else "",
        "Send me a link and I read it." if conversation.tool("read_page") else "",
        "Ask me how many customers there are." if conversation.tool("query_database") else "",
        "Ask me what stands in the documents that I know." if can_reach(conversation, "search_knowledge") else "",
    ]
    return " ".join(filter(None, found)) or "No skill is offered to me in this thread."


def _pulls_are_possible(conversation: Conversation) -> bool:
    return any("pull_request" in tool.name for tool in conversation.tools)


def long_text(length: int) -> str:
    """About `length` characters in Markdown: headings, paragraphs, a table and a code block; always the same."""
    blocks = ["**A long answer, to see how it is split**", _TABLE, _CODE]
    part, size = 0, sum(len(block) + 2 for block in blocks)
    while size < length:
        part += 1
        turned = _SENTENCES[part % len(_SENTENCES) :] + _SENTENCES[: part % len(_SENTENCES)]
        block = f"**Part {part}.** " + " ".join(turned)
        block = block[: max(length - size, 40)]
        blocks.insert(len(blocks) - 2 if part <= 12 else len(blocks), block)
        size += len(block) + 2
    return "\n\n".join(blocks)
