"""Pull requests: what waits for whom, what a change does, and the answers to it."""

from pathlib import Path

from skills.pull_requests.own_records import OWN_RECORDS
from skills.pull_requests.tools import (
    comment_on_pull_request,
    list_pull_requests,
    merge_pull_request,
    read_discussion,
    read_pull_request,
    request_reviewers,
    review_pull_request,
)
from skills.skill import Example, Skill

SKILL = Skill(
    name="pull_requests",
    title="Pull requests",
    purpose="See which pull requests wait for whom, understand a change, and comment, review or merge.",
    integration="github",
    people="logins",
    # The company's work: who may not open a repository may still hear in a channel how it stands.
    audience="members",
    tools=(
        list_pull_requests,
        read_pull_request,
        read_discussion,
        comment_on_pull_request,
        review_pull_request,
        request_reviewers,
        merge_pull_request,
    ),
    examples=(
        Example(title="What waits for me", message="Which pull requests wait for my review?"),
        Example(title="How mine are doing", message="What do my open pull requests wait for?"),
        Example(title="What was merged", message="What was merged in the last five days?"),
    ),
    reads="Pull requests, their diffs, discussions, reviews and checks",
    changes="Comments, reviews, review requests and merges, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    own_records=OWN_RECORDS,
)
