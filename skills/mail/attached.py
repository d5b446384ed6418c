"""Files that came with a mail: found by their names, and read."""

from documents.reading import MAX_BYTES
from integrations.google.mail import Gmail
from integrations.google.mail_models import Mail, Part, Thread
from integrations.google.mail_text import attached_parts
from integrations.google.mail_visible import visible
from skills.errors import RetryToolCall
from skills.readings import Reading, parsed, too_large


def attached_file(thread: Thread, name: str) -> tuple[Mail, Part]:
    """The file of that name in a thread, the newest of several, with its mail. Raises RetryToolCall for none."""
    every = [(mail, part) for mail in reversed(thread.messages) for part in attached_parts(mail.payload)]
    wanted = name.strip().casefold()
    for mail, part in every:
        if wanted == visible(part.filename).strip().casefold():
            return mail, part
    names = ", ".join(dict.fromkeys(visible(part.filename)[:200] for _, part in every)) or "none"
    raise RetryToolCall(f"No attachment of this thread is called {name!r}. Its attachments are: {names}.")


async def read_attached(mail: Gmail, holder: Mail, part: Part) -> Reading:
    """What stands in an attached file."""
    if part.body.size > MAX_BYTES:
        return Reading(note=too_large(part.body.size))
    return await parsed(await mail.attachment(holder.id, part), name=visible(part.filename), media=part.mime_type)
