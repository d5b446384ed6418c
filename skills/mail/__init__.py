"""Mail: what is new and what was said, and mails written, answered and put in order."""

from pathlib import Path

from skills.mail.tools import (
    draft_mail,
    file_mail,
    read_mail,
    read_mail_attachment,
    reply_to_mail,
    search_mail,
    send_mail,
)
from skills.skill import Example, Scopes, Skill

SKILL = Skill(
    name="mail",
    title="Mail",
    purpose="Find and read mail, write and answer it, and put it in order.",
    integration="google",
    tools=(search_mail, read_mail, read_mail_attachment, draft_mail, send_mail, reply_to_mail, file_mail),
    examples=(
        Example(title="What is urgent", message="Is anything urgent in my mail?"),
        Example(title="Who waits for me", message="Which mails did I leave without an answer this week?"),
        Example(title="Write a draft", message="Draft a mail that thanks our last customer for the call"),
    ),
    reads="Mails, their threads, labels and attachments",
    changes="Drafts, mails and answers sent in your name, labels and archiving, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    scopes=Scopes(
        read=("https://www.googleapis.com/auth/gmail.readonly",),
        write=("https://www.googleapis.com/auth/gmail.modify",),
    ),
)
