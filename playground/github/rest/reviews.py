"""Endpoints about reviews and the comments beside lines."""

from dataclasses import replace
from typing import TypeGuard

from playground.github import errors
from playground.github.calls import Answer, Call, Json, Route, created, page
from playground.github.diffs import Side, Spot, spot
from playground.github.shapes import pulls
from playground.github.world import LineComment, Pull, Review, ReviewState

_EVENTS: dict[str, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
    "": "PENDING",
}


def list_reviews(call: Call) -> Answer:
    """Everybody's submitted reviews, and the sender's own pending one."""
    pull = call.pull
    shown = [review for review in pull.reviews if review.state != "PENDING" or review.by == call.account]
    return page(call, shown, lambda review: pulls.review(call.site, call.repository, pull, review))


def read_review(call: Call) -> Answer:
    return Answer(body=pulls.review(call.site, call.repository, call.pull, _review(call)))


def list_comments_of_review(call: Call) -> Answer:
    pull, review = call.pull, _review(call)
    inside = [comment for comment in pull.line_comments if comment.review == review.id]
    return page(call, inside, lambda comment: pulls.line_comment(call.site, call.repository, pull, comment))


def review(call: Call) -> Answer:
    """Review a pull request; whoever reads it may, only the author may not judge it."""
    pull, who = call.pull, call.who
    state = _state(call)
    places = [_place(pull, item) for item in call.items("comments") if _is_object(item)]
    _need_sense(call, pull, state, with_lines=bool(places))
    if any(old.state == "PENDING" and old.by == who for old in pull.reviews):
        raise errors.unprocessable("User can only have one pending review per pull request")
    made = Review(
        id=call.world.new_id(),
        by=who,
        state=state,
        body=call.text("body"),
        submitted=call.world.clock(),
        commit=call.text("commit_id") or pull.head.sha,
    )
    pull.reviews.append(made)
    for (path, body), place in places:
        pull.line_comments.append(_line_comment(call, path, body, place, made))
    _answered(call, pull, made)
    call.wrote("review", number=pull.number, made=made.id)
    return Answer(body=pulls.review(call.site, call.repository, pull, made))


def submit_review(call: Call) -> Answer:
    """Send a pending review off."""
    pull, pending = call.pull, _review(call)
    if pending.by != call.who or pending.state != "PENDING":
        raise errors.unprocessable("Can not submit a review that is not pending")
    state = _state(call)
    _need_sense(call, pull, state, with_lines=True)
    now = call.world.clock()
    sent = replace(pending, state=state, body=call.text("body", pending.body), submitted=now)
    pull.reviews[pull.reviews.index(pending)] = sent
    _answered(call, pull, sent)
    call.wrote("review", number=pull.number, made=sent.id)
    return Answer(body=pulls.review(call.site, call.repository, pull, sent))


def list_line_comments(call: Call) -> Answer:
    pull = call.pull
    shown = sorted(pull.line_comments, key=lambda comment: comment.created)
    if call.query.get("direction") == "desc":
        shown.reverse()
    return page(call, shown, lambda comment: pulls.line_comment(call.site, call.repository, pull, comment))


def comment_on_line(call: Call) -> Answer:
    """One comment beside a line: GitHub makes a review of one comment of it."""
    pull = call.pull
    if call.body.get("in_reply_to"):
        return _reply(call, pull, str(call.body["in_reply_to"]))
    (path, body), place = _place(pull, call.body)
    return _commented(call, pull, _line_comment(call, path, body, place, _lone_review(call, pull)))


def reply(call: Call) -> Answer:
    return _reply(call, call.pull, call.match["comment"])


def read_line_comment(call: Call) -> Answer:
    pull, found = _line_comment_of(call)
    return Answer(body=pulls.line_comment(call.site, call.repository, pull, found))


def edit_line_comment(call: Call) -> Answer:
    pull, found = _line_comment_of(call)
    if found.by != call.who:
        call.need("write")
    found.body, found.updated = _body(call.body), call.world.clock()
    call.wrote("edit_review_comment", number=pull.number, made=found.id)
    return Answer(body=pulls.line_comment(call.site, call.repository, pull, found))


def delete_line_comment(call: Call) -> Answer:
    pull, found = _line_comment_of(call)
    if found.by != call.who:
        call.need("write")
    pull.line_comments.remove(found)
    call.wrote("delete_review_comment", number=pull.number, made=found.id)
    return Answer(status=204)


def _state(call: Call) -> ReviewState:
    event = call.text("event")
    if event not in _EVENTS:
        raise errors.not_of_type("event", event, "one of APPROVE, REQUEST_CHANGES, COMMENT")
    return _EVENTS[event]


def _need_sense(call: Call, pull: Pull, state: ReviewState, *, with_lines: bool) -> None:
    if call.who == pull.by and state == "APPROVED":
        raise errors.unprocessable("Can not approve your own pull request")
    if call.who == pull.by and state == "CHANGES_REQUESTED":
        raise errors.unprocessable("Can not request changes on your own pull request")
    said = bool(call.text("body").strip())
    if (state == "CHANGES_REQUESTED" and not said) or (state == "COMMENTED" and not said and not with_lines):
        raise errors.unprocessable("Body can't be blank")


def _answered(call: Call, pull: Pull, made: Review) -> None:
    """Whoever has reviewed is no longer asked."""
    pull.updated = call.world.clock()
    if made.state != "PENDING":
        pull.wants = [account for account in pull.wants if account != made.by]


def _is_object(item: object) -> TypeGuard[Json]:
    return isinstance(item, dict)


def _place(pull: Pull, draft: Json) -> tuple[tuple[str, str], Spot]:
    """Path, text and place of one comment; refused where the diff does not show the line."""
    path, body = str(draft.get("path", "")), _body(draft)
    side: Side = "LEFT" if draft.get("side") == "LEFT" else "RIGHT"
    file = pull.file(path)
    if file is None:
        raise errors.invalid("PullRequestReviewComment", "pull_request_review_thread.path", "invalid")
    place = spot(file.patch, line=draft.get("line"), position=draft.get("position"), side=side)
    if place is None:
        field = "pull_request_review_thread.line"
        raise errors.invalid("PullRequestReviewComment", field, "custom", f"{field} must be part of the diff")
    return (path, body), place


def _line_comment(call: Call, path: str, body: str, place: Spot, made: Review) -> LineComment:
    now = call.world.clock()
    return LineComment(
        id=call.world.new_id(),
        by=call.who,
        body=body,
        created=now,
        updated=now,
        path=path,
        line=place.line,
        side=place.side,
        position=place.position,
        hunk=place.hunk,
        commit=made.commit,
        review=made.id,
    )


def _lone_review(call: Call, pull: Pull) -> Review:
    made = Review(
        id=call.world.new_id(),
        by=call.who,
        state="COMMENTED",
        body="",
        submitted=call.world.clock(),
        commit=pull.head.sha,
    )
    pull.reviews.append(made)
    return made


def _reply(call: Call, pull: Pull, number: str) -> Answer:
    above = next((comment for comment in pull.line_comments if str(comment.id) == number), None)
    if above is None:
        raise errors.not_found()
    place = Spot(above.position, above.line, above.side, above.hunk)
    made = _line_comment(call, above.path, _body(call.body), place, _lone_review(call, pull))
    made.reply_to = above.reply_to or above.id
    return _commented(call, pull, made)


def _commented(call: Call, pull: Pull, made: LineComment) -> Answer:
    pull.line_comments.append(made)
    pull.updated = made.created
    call.wrote("review_comment", number=pull.number, made=made.id)
    return created(pulls.line_comment(call.site, call.repository, pull, made))


def _body(draft: Json) -> str:
    body = draft.get("body")
    if body is None:
        raise errors.not_supplied("body")
    if not isinstance(body, str) or not body.strip():
        raise errors.invalid("PullRequestReviewComment", "body", "missing_field")
    return body


def _review(call: Call) -> Review:
    found = next((review for review in call.pull.reviews if str(review.id) == call.match["review"]), None)
    if found is None:
        raise errors.not_found()
    return found


def _line_comment_of(call: Call) -> tuple[Pull, LineComment]:
    for pull in call.repository.pulls():
        for comment in pull.line_comments:
            if str(comment.id) == call.match["comment"]:
                return pull, comment
    raise errors.not_found()


_HERE = "/repos/{owner}/{repo}/pulls"

ROUTES = (
    Route("GET", f"{_HERE}/{{number}}/reviews", list_reviews),
    Route("POST", f"{_HERE}/{{number}}/reviews", review),
    Route("GET", f"{_HERE}/{{number}}/reviews/{{review}}", read_review),
    Route("GET", f"{_HERE}/{{number}}/reviews/{{review}}/comments", list_comments_of_review),
    Route("POST", f"{_HERE}/{{number}}/reviews/{{review}}/events", submit_review),
    Route("GET", f"{_HERE}/{{number}}/comments", list_line_comments),
    Route("POST", f"{_HERE}/{{number}}/comments", comment_on_line),
    Route("POST", f"{_HERE}/{{number}}/comments/{{comment}}/replies", reply),
    Route("GET", f"{_HERE}/comments/{{comment}}", read_line_comment),
    Route("PATCH", f"{_HERE}/comments/{{comment}}", edit_line_comment),
    Route("DELETE", f"{_HERE}/comments/{{comment}}", delete_line_comment),
)
