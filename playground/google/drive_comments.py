"""Endpoints about what people say beside Drive's files."""

from collections.abc import Sequence
from datetime import UTC, datetime

from playground.google.calls import Answer, Call
from playground.google.drive_fields import need_fields
from playground.google.drive_shapes import comment as shape
from playground.google.drive_shapes import reply as reply_shape
from playground.google.drive_shapes import several
from playground.google.drive_world import Comment, DriveWorld, File, Reply, not_allowed, opaque
from playground.google.errors import Refusal


def list_comments(world: DriveWorld, call: Call) -> Answer:
    """The newest first, as Drive gives them."""
    need_fields(call, "CommentList")
    file = world.file(call.match["fileId"], call.account)
    with_deleted = call.flag("includeDeleted")
    since = _since(call)
    found = [
        one for one in file.comments if (with_deleted or not one.deleted) and (since is None or one.modified >= since)
    ]
    found.sort(key=lambda one: one.modified, reverse=True)
    shown, following = call.page(found, call.number("pageSize", 20, 100))
    shapes = [shape(world, one, call.account, with_deleted=with_deleted) for one in shown]
    return Answer(body=several("drive#commentList", "comments", shapes, following))


def read_comment(world: DriveWorld, call: Call) -> Answer:
    need_fields(call, "Comment")
    file = world.file(call.match["fileId"], call.account)
    return Answer(body=shape(world, _comment(file, call), call.account))


def create_comment(world: DriveWorld, call: Call) -> Answer:
    """Whoever may comment; two equal requests make two comments."""
    need_fields(call, "Comment")
    file = world.file(call.match["fileId"], call.account, "commenter")
    made = Comment(
        id=_new_id(world, file),
        by=call.account.email,
        content=_content(call),
        created=call.now,
        modified=call.now,
        anchor=call.text("anchor"),
    )
    file.comments.append(made)
    call.wrote("drive.comments.create", file.id)
    return Answer(body=shape(world, made, call.account))


def update_comment(world: DriveWorld, call: Call) -> Answer:
    need_fields(call, "Comment")
    file = world.file(call.match["fileId"], call.account, "commenter")
    found = _comment(file, call)
    _need_author(found, call)
    found.content, found.modified = _content(call), call.now
    call.wrote("drive.comments.update", file.id)
    return Answer(body=shape(world, found, call.account))


def delete_comment(world: DriveWorld, call: Call) -> Answer:
    file = world.file(call.match["fileId"], call.account, "commenter")
    found = _comment(file, call)
    _need_author(found, call)
    found.deleted, found.modified = True, call.now
    call.wrote("drive.comments.delete", file.id)
    return Answer(status=204)


def list_replies(world: DriveWorld, call: Call) -> Answer:
    need_fields(call, "ReplyList")
    file = world.file(call.match["fileId"], call.account)
    replies: Sequence[Reply] = [one for one in _comment(file, call).replies if not one.deleted]
    shown, following = call.page(replies, call.number("pageSize", 20, 100))
    shapes = [reply_shape(world, one, call.account) for one in shown]
    return Answer(body=several("drive#replyList", "replies", shapes, following))


def create_reply(world: DriveWorld, call: Call) -> Answer:
    """An answer under a comment, which may also settle it or open it again."""
    need_fields(call, "Reply")
    file = world.file(call.match["fileId"], call.account, "commenter")
    under = _comment(file, call)
    action = call.text("action")
    if action not in ("", "resolve", "reopen"):
        raise Refusal(400, "Invalid value for: action", reason="invalid")
    content = call.text("content") if action else _content(call)
    made = Reply(id=_new_id(world, file), by=call.account.email, content=content, created=call.now, modified=call.now)
    if action == "resolve" or action == "reopen":
        made.action, under.resolved = action, action == "resolve"
    under.replies.append(made)
    under.modified = call.now
    call.wrote("drive.replies.create", file.id, {**call.body, "comment": under.id})
    return Answer(body=reply_shape(world, made, call.account))


def _comment(file: File, call: Call) -> Comment:
    identity = call.match["commentId"]
    for one in file.comments:
        if one.id == identity and not one.deleted:
            return one
    place = ("commentId", "parameter")
    raise Refusal(404, f"Comment not found: {identity}.", reason="notFound", place=place)


def _need_author(found: Comment, call: Call) -> None:
    if found.by != call.account.email:
        raise not_allowed(call.match["fileId"])


def _content(call: Call) -> str:
    content = call.text("content")
    if not content.strip():
        raise Refusal(400, "Comment content cannot be empty.", reason="invalid")
    return content


def _new_id(world: DriveWorld, file: File) -> str:
    return opaque(file.id, world.new_id("comment"), length=11)


def _since(call: Call) -> datetime | None:
    text = call.query.get("startModifiedTime", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        place = ("startModifiedTime", "parameter")
        raise Refusal(400, "Invalid Value", reason="invalid", place=place) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
