"""files.*: uploading in three steps, and what is known of a file."""

import mimetypes
from typing import Any

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.methods import chat
from playground.slack.workspace import StoredFile, Workspace

METHODS = Methods()
FILETYPES = {"text/plain": "text", "text/markdown": "markdown", "text/x-python": "python", "image/jpeg": "jpg"}


def new_file(
    workspace: Workspace, base: str, *, name: str, user: str, size: int, at: float, file: str = ""
) -> StoredFile:
    """Make a file object whose bytes are still to come; `base` is this server's address."""
    file = file or workspace.next_id("F")
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    ending = name.rpartition(".")[2].lower() if "." in name else "binary"
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
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "channels": [],
        "groups": [],
        "ims": [],
        "url_private": f"{base}/files-pri/{workspace.id}-{file}/{name}",
        "url_private_download": f"{base}/files-pri/{workspace.id}-{file}/download/{name}",
        "permalink": f"{base}/files/{user}/{file}/{name}",
        "has_rich_preview": False,
    }
    stored = workspace.files[file] = StoredFile(info)
    return stored


@METHODS.method("files.getUploadURLExternal", "filename", "length")
def get_upload_url(call: Call) -> JSON:
    length = call.number("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", "[ERROR] must be greater than 0 [json-pointer:/length]")
    stored = new_file(
        call.workspace,
        call.world.url,
        name=call.text("filename"),
        user=call.workspace.bot.id,
        size=length,
        at=call.world.clock(),
    )
    file = stored.info["id"]
    return {"file_id": file, "upload_url": f"{call.world.url}/upload/v1/{call.workspace.id}/{file}"}


@METHODS.method("files.completeUploadExternal", "files")
def complete_upload(call: Call) -> JSON:
    given: Any = call.nested("files")
    uploaded: list[JSON] = []
    for item in given:
        stored = call.workspace.files.get(item.get("id", ""))
        if stored is None or stored.content is None:
            raise Refused("file_not_found")
        stored.info["title"] = item.get("title") or stored.info["name"]
        uploaded.append(stored.info)
    if call.text("channel_id") or call.text("channels"):
        conversation = call.conversation("channel_id" if call.text("channel_id") else "channels")
        fields: JSON = {
            "text": call.text("initial_comment"),
            "files": uploaded,
            "subtype": "file_share",
            "upload": True,
        }
        if blocks := call.nested("blocks"):
            fields["blocks"] = chat.checked_blocks(blocks)
        if thread := chat.thread_of(call, conversation):
            fields["thread_ts"] = thread
        place = {"im": "ims", "channel": "channels"}.get(conversation.kind, "groups")
        for info in uploaded:
            info[place] = [*info[place], conversation.id]
        call.world.post(call.workspace, conversation, call.workspace.bot, fields)
    return {"files": uploaded}


@METHODS.method("files.info", "file")
def info(call: Call) -> JSON:
    stored = call.workspace.files.get(call.text("file"))
    if stored is None:
        raise Refused("file_not_found")
    return {"file": stored.info, "comments": [], "response_metadata": {"next_cursor": ""}}
