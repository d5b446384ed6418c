"""A message that somebody passes on, in the form in which Slack carries it: an attachment of the new message."""

from datetime import UTC, datetime

from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.people import User


def share(url: str, conversation: Conversation, message: JSON, author: User) -> JSON:
    """The attachment that stands for `message`. Its text is its author's, and nobody else's."""
    ts, words = message["ts"], _words(message)
    link = f"{url}/archives/{conversation.id}/p{ts.replace('.', '')}"
    name = message.get("username") or author.name
    day = datetime.fromtimestamp(float(ts), UTC)
    return {
        "id": 1,
        "ts": ts,
        "author_id": author.id,
        "author_name": name,
        "author_subname": name,
        "author_link": f"{url}/team/{author.id}",
        "channel_id": conversation.id,
        "channel_team": author.team,
        "is_msg_unfurl": True,
        "is_share": True,
        "message_blocks": [
            {
                "team": author.team,
                "channel": conversation.id,
                "ts": ts,
                "message": {"blocks": message.get("blocks", [])},
            }
        ],
        "files": message.get("files", []),
        "text": words,
        "fallback": f"[{day:%B} {day.day}, {day:%Y}] {name}: {words}",
        "from_url": link,
        "original_url": link,
        "footer": f"Posted in #{conversation.name}" if conversation.kind == "channel" else "Slack conversation",
        "color": "D0D0D0",
        "mrkdwn_in": ["text"],
    }


def _words(message: JSON) -> str:
    """What it says; what was only passed on there says what it passed on."""
    attachments: list[JSON] = message.get("attachments") or []
    return message.get("text") or "\n".join(str(one.get("text", "")) for one in attachments)
