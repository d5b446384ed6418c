"""What is shown of tickets and boards, and what is left out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.atlassian.models import Comments, Sprint, Status, Ticket
from skills.tickets.boards import done_since, shelves
from skills.tickets.shown import MAX_BODY, MAX_TALK, in_full

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def status(name: str, kind: str) -> dict[str, Any]:
    return {"id": name, "name": name, "statusCategory": {"key": kind}}


def ticket(key: str = "TRAIL-1", **fields: Any) -> Ticket:
    plain = {
        "summary": "A summary",
        "status": status("To Do", "new"),
        "issuetype": {"name": "Task"},
        "updated": NOW.isoformat(),
    }
    return Ticket.model_validate({"key": key, "fields": {**plain, **fields}})


def talk(count: int, size: int, *, total: int | None = None) -> Comments:
    said = [
        {"id": str(n), "created": (NOW + timedelta(minutes=n)).isoformat(), "author": None, "body": "x" * size}
        for n in range(count)
    ]
    return Comments.model_validate({"comments": said, "total": count if total is None else total})


def shown(one: Ticket, comments: Comments | None = None) -> dict[str, Any]:
    return in_full(one, comments or talk(0, 0), link="https://tamarack.example/browse/TRAIL-1")


def test_a_ticket_with_nothing_in_it_is_shown_as_that():
    found = shown(ticket())
    assert (found["assignee"], found["priority"], found["parent"], found["description"]) == (None, None, None, "")
    assert (found["comments"], found["links"], found["history"]) == ([], [], [])
    assert "note" not in found


def test_a_long_discussion_keeps_its_newest_end_and_says_so():
    found = shown(ticket(), talk(50, 1_900, total=80))
    assert found["comments"][-1]["id"] == "49"
    assert len(str(found["comments"])) <= MAX_TALK + 2_000
    assert found["note"] == f"{80 - len(found['comments'])} older comments are left out."


def test_a_long_description_says_how_much_is_missing():
    found = shown(ticket(description="y" * (MAX_BODY + 5)))
    assert found["description"].endswith("… (5 more characters)")


def test_the_history_tells_only_what_people_ask_for():
    items = [
        {"field": "status", "fromString": "To Do", "toString": "Done"},
        {"field": "description", "fromString": "a", "toString": "b"},
        {"field": "Fix Version", "toString": "4.13"},
    ]
    changes = [{"created": NOW.isoformat(), "author": None, "items": items}]
    one = Ticket.model_validate(
        {
            "key": "A-1",
            "fields": {"summary": "s", "status": status("Done", "done"), "issuetype": {"name": "Bug"}, "updated": NOW},
            "changelog": {"histories": changes},
        }
    )
    assert [(line["field"], line["from"], line["to"]) for line in shown(one)["history"]] == [
        ("status", "To Do", "Done"),
        ("Fix Version", None, "4.13"),
    ]


def test_links_say_which_way_they_point():
    kind = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    other = {"key": "B-2", "fields": {"summary": "Other", "status": status("Done", "done")}}
    found = shown(ticket(issuelinks=[{"type": kind, "inwardIssue": other}, {"type": kind, "outwardIssue": other}]))
    assert [line["how"] for line in found["links"]] == ["is blocked by", "blocks"]


def test_columns_run_from_open_to_done_and_hold_what_no_project_status_names():
    known = [Status.model_validate(status(name, kind)) for name, kind in (("Done", "done"), ("To Do", "new"))]
    strays = [ticket("A-1", status=status("Testing", "indeterminate")), ticket("A-2")]
    columns = [(shelf.name, [one.key for one in shelf.tickets]) for shelf in shelves(known, strays)]
    assert columns == [("To Do", ["A-2"]), ("Testing", ["A-1"]), ("Done", [])]


def test_done_in_a_sprint_is_what_was_finished_since_it_began():
    begun = NOW - timedelta(days=5)
    sprint = Sprint.model_validate({"id": 1, "name": "S", "state": "active", "startDate": begun.isoformat()})
    done = status("Done", "done")
    tickets = [
        ticket("A-1", status=done, resolutiondate=(NOW - timedelta(days=1)).isoformat()),
        ticket("A-2", status=done, resolutiondate=(NOW - timedelta(days=9)).isoformat()),
        ticket("A-3", status=done, statuscategorychangedate=(NOW - timedelta(days=2)).isoformat()),
        # Reopened: the old date stands, the work is not done.
        ticket("A-4", resolutiondate=(NOW - timedelta(days=1)).isoformat()),
    ]
    assert [one.key for one in done_since(sprint, tickets)] == ["A-3", "A-1"]
