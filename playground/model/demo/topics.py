"""What somebody talks about who does not talk about pull requests."""

import re

from playground.model.demo.keywords import has
from playground.model.demo.request import Topic

_TOPICS: tuple[tuple[Topic, tuple[str, ...]], ...] = (
    ("thanks", ("thanks?", "thank you", "thx", "ty", "cheers", "great", "perfect", "nice", "well done", "cool")),
    ("yourself", ("(?:who|what) are you", "are you (?:an? )?(?:ai|bot|real|human|llm|model|person)", "which model")),
    ("help", ("help", "what can (?:you|i)", "what do you do", "how does this work", "examples?", "commands?")),
    (
        "greeting",
        ("^(?:hi|hello|hey|hej|hallo|moin|yo|good (?:morning|afternoon|evening)|howdy|salut|hola|ciao)",),
    ),
    ("nothing", ("^(?:no|nope|cancel|never mind|forget it|stop|leave it)",)),
    ("bye", ("^(?:bye|goodbye|see you|good night|later)",)),
    (
        "elsewhere",
        (
            "tickets?|jira|board|sprint|bugs?",
            "e?mails?|inbox|meeting|calendar|schedule|remind",
            "drive|files?|doc(?:ument)?s?|csv|budget",
            "channels?|slack|customers?|database|sql|revenue|invoices?|website|https?",
        ),
    ),
)


def topic_of(text: str) -> Topic:
    """What is left when nothing about pull requests was found."""
    if not re.search(r"\w", text):
        return "help"
    for topic, patterns in _TOPICS:
        if has(text, *patterns):
            return topic
    return "unknown"
