"""files.*: uploading in three steps, and what is known of a file."""

from typing import Any

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.methods import chat
from playground.slack.uploads import new_file, posted, put
from playground.slack.workspace import StoredFile

METHODS = Methods()


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
    if alt := call.text("alt_txt"):
        stored.info["alt_txt"] = alt
    file = stored.info["id"]
    return {"file_id": file, "upload_url": f"{call.world.url}/upload/v1/{call.workspace.id}/{file}"}


@METHODS.method("files.completeUploadExternal", "files")
def complete_upload(call: Call) -> JSON:
    given: Any = call.nested("files")
    uploaded: list[StoredFile] = []
    for item in given:
        stored = call.workspace.files.get(item.get("id", ""))
        if stored is None or stored.content is None:
            raise Refused("file_not_found")
        stored.info["title"] = item.get("title") or stored.info["name"]
        uploaded.append(stored)
    if call.text("channel_id") or call.text("channels"):
        conversation = call.conversation("channel_id" if call.text("channel_id") else "channels")
        fields: JSON = {
            "text": call.text("initial_comment"),
            "files": put(call.world, call.workspace, conversation, uploaded),
            "subtype": "file_share",
            "upload": True,
        }
        if blocks := call.nested("blocks"):
            fields["blocks"] = chat.checked_blocks(blocks)
        if thread := chat.thread_of(call, conversation):
            fields["thread_ts"] = thread
        message = call.world.post(call.workspace, conversation, call.workspace.bot, fields)
        posted(call.world, call.workspace, conversation, message, uploaded)
    return {"files": [stored.info for stored in uploaded]}


@METHODS.method("files.info", "file")
def info(call: Call) -> JSON:
    stored = call.workspace.files.get(call.text("file"))
    if stored is None:
        raise Refused("file_not_found")
    if stored.info["mode"] == "tombstone":
        raise Refused("file_deleted")
    return {"file": stored.info, "comments": [], "response_metadata": {"next_cursor": ""}}
