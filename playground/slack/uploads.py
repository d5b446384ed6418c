"""Files as this Slack keeps them: its file objects, and what it makes of audio clips and of faults."""

import mimetypes
from collections.abc import Mapping
from urllib.parse import quote

from playground.clips import Voice
from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.workspace import StoredFile, Workspace
from playground.slack.world import World

FILETYPES: Mapping[str, str] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-python": "python",
    "image/jpeg": "jpg",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA: Mapping[str, str] = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".tsv": "text/tab-separated-values",
    ".webm": "audio/webm",
    ".webp": "image/webp",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
"""What a machine's own table may have otherwise, or not at all."""
PREVIEW = 150
"""How much of a transcript is in the file object; the rest is at its `vtt` address only."""


def new_file(
    workspace: Workspace, base: str, *, name: str, user: str, size: int, at: float, file: str = ""
) -> StoredFile:
    """Make a file object whose bytes are still to come; `base` is this server's address."""
    file = file or workspace.next_id("F")
    ending = name.rpartition(".")[2].lower() if "." in name else "binary"
    mimetype = MEDIA.get(f".{ending}") or mimetypes.guess_type(name)[0] or "application/octet-stream"
    path = quote(name, safe="")
    info: JSON = {
        "id": file,
        "created": int(at),
        "timestamp": int(at),
        "name": name,
        "title": name,
        "mimetype": mimetype,
        "filetype": FILETYPES.get(mimetype, ending),
        "pretty_type": ending.upper(),
        "user": user,
        "user_team": workspace.users[user].team,
        "editable": False,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "channels": [],
        "groups": [],
        "ims": [],
        "url_private": f"{base}/files-pri/{workspace.id}-{file}/{path}",
        "url_private_download": f"{base}/files-pri/{workspace.id}-{file}/download/{path}",
        "permalink": f"{base}/files/{user}/{file}/{path}",
        "has_rich_preview": False,
        "file_access": "visible",
    }
    stored = workspace.files[file] = StoredFile(info)
    return stored


def as_clip(stored: StoredFile, voice: Voice) -> None:
    """Make a file the audio clip `voice`, whose transcript is still to come."""
    stored.voice = voice
    stored.info |= {
        "subtype": "slack_audio",
        "media_display_type": "audio",
        "duration_ms": round(voice.seconds * 1000),
        "transcription": {"status": "processing"},
    }


def put(world: World, workspace: Workspace, conversation: Conversation, files: list[StoredFile]) -> list[JSON]:
    """Put files into a conversation; gives their objects as the message holds them, faults among them."""
    place = {"im": "ims", "channel": "channels"}.get(conversation.kind, "groups")
    shared: list[JSON] = []
    for stored in files:
        stored.info[place] = [*stored.info[place], conversation.id]
        is_theirs = stored.info["user"] != workspace.bot.id
        fault = world.faults.take("file_gone") if is_theirs else None
        shared.append(_withheld(stored, fault.how) if fault else stored.info)
    return shared


def _withheld(stored: StoredFile, how: str) -> JSON:
    """The stub that stands in a message for a file which is not given with it."""
    named = {key: stored.info[key] for key in ("id", "created", "timestamp", "user")}
    if how == "check_file_info":
        # Files of Slack Connect: the object comes with `files.info` only.
        return {**named, "mode": "file_access", "file_access": how}
    stored.info |= {"mode": how, "url_private": "", "url_private_download": ""}
    return {**named, "mode": how}


def posted(
    world: World, workspace: Workspace, conversation: Conversation, message: JSON, files: list[StoredFile]
) -> None:
    """Note in files where they stand now, and let the transcripts of clips among them come."""
    kind = "public" if conversation.kind == "channel" else "private"
    place = {key: message[key] for key in ("ts", "thread_ts") if key in message}
    for stored in files:
        shares = stored.info.setdefault("shares", {}).setdefault(kind, {})
        shares.setdefault(conversation.id, []).append({**place, "team_id": workspace.id})
        _transcribe(world, workspace, conversation, message, stored)


def _transcribe(
    world: World, workspace: Workspace, conversation: Conversation, message: JSON, stored: StoredFile
) -> None:
    """Let Slack's transcript of a clip arrive in its own time, in the file and on every page."""
    voice = stored.voice
    fault = world.faults.take("transcript") if voice else None
    if voice is None:
        return
    outcome = fault.how if fault else voice.transcript

    def arrive() -> None:
        stored.info["transcription"] = _failed() if outcome == "failed" else _complete(voice.says)
        if outcome != "failed":
            address = f"{world.url}/files-tmb/{workspace.id}-{stored.info['id']}-vtt/file.vtt"
            stored.info |= {"vtt": address}
        world.show(workspace, conversation, message)

    if outcome != "never":
        world.later(("transcript", stored.info["id"]), voice.after, arrive)


def _failed() -> JSON:
    return {"status": "failed"}


def _complete(says: str) -> JSON:
    preview = {"content": says[:PREVIEW], "has_more": len(says) > PREVIEW}
    return {"status": "complete", "locale": "en-US", "preview": preview}


def subtitles(voice: Voice) -> str:
    """The whole transcript as WebVTT, a sentence a cue."""
    sentences = [part.strip() for part in voice.says.replace(". ", ".\n").split("\n") if part.strip()] or [""]
    each = voice.seconds / len(sentences)
    cues = (
        f"{number}\n{_time(each * (number - 1))} --> {_time(each * number)}\n- {_escaped(sentence)}"
        for number, sentence in enumerate(sentences, start=1)
    )
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:06.3f}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
