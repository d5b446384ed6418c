"""How the demo model works with mail and calendar (pure, on canned results)."""

from typing import Any

import pytest

from tests.playground.test_model_demo import DENIED, Thread

TOOLS: dict[str, list[str]] = {
    "search_mail": ["words", "sender", "unread", "since", "folder"],
    "read_mail": ["thread"],
    "reply_to_mail": ["thread", "body", "to", "everyone"],
    "file_mail": ["thread", "archive", "add_labels"],
    "list_events": ["day", "days", "person"],
    "find_time": ["attendees", "minutes", "day", "days", "earliest", "latest"],
    "create_event": ["title", "start", "minutes", "attendees", "description", "room"],
    "move_event": ["event", "start", "minutes"],
    "cancel_event": ["event", "message"],
    "answer_invitation": ["event", "answer", "message"],
    "find_people": ["words"],
    "read_profile": ["person"],
    "search_files": ["words"],
    "read_file": ["file"],
    "share_file": ["file", "people", "role"],
}
FINN = {"name": "Finn Moe", "title": "Baker", "address": "finn@reef.example"}
STANDUP: dict[str, Any] = {
    "id": "standup",
    "title": "Standup",
    "start": "2026-11-20T09:30:00+00:00",
    "end": "2026-11-20T09:45:00+00:00",
    "when": "Fri 20 Nov 2026, 09:30–09:45 UTC",
    "guests": [
        {"name": "you", "email": "me@reef.example", "answer": "yes"},
        {"name": "Finn Moe", "email": "finn@reef.example", "answer": "yes"},
    ],
    "your_answer": "yes",
    "link": "https://cal.example/standup",
    "overlaps": ["tides"],
}
TIDES: dict[str, Any] = {
    **STANDUP,
    "id": "tides",
    "title": "Tides review",
    "start": "2026-11-20T09:40:00+00:00",
    "end": "2026-11-20T10:10:00+00:00",
    "when": "Fri 20 Nov 2026, 09:40–10:10 UTC",
    "link": "https://cal.example/tides",
    "overlaps": ["standup"],
}
SLOT: dict[str, Any] = {
    "start": "2026-11-20T11:00:00+00:00",
    "local": {"you": "Fri 20 Nov 2026, 11:00–11:30", "finn@reef.example": "Fri 20 Nov 2026, 12:00–12:30"},
    "outside_usual_day": [],
}
FREE: dict[str, Any] = {
    "people": {"you": {"zone": "UTC"}, "finn@reef.example": {"zone": "Europe/Oslo"}},
    "slots": [SLOT],
    "note": "",
}
ROW: dict[str, Any] = {
    "thread": "t1",
    "subject": "Bread",
    "from": "Finn Moe <finn@reef.example>",
    "when": "2026-11-19T18:20+00:00",
    "preview": "Dear you, is 24 November still right?",
    "mails": 2,
    "unread": 1,
    "labels": ["inbox"],
    "link": "https://mail.example/t1",
}
MAILS: dict[str, Any] = {
    "mails": [
        {
            "from": "Me <me@reef.example>",
            "to": ["Finn Moe <finn@reef.example>"],
            "when": "2026-11-18T10:00+00:00",
            "text": "Hi Finn,\n\nthe oven comes on 24 November.\n\nBest, Me",
            "from_me": True,
        },
        {
            "from": "Finn Moe <finn@reef.example>",
            "to": ["Me <me@reef.example>"],
            "when": "2026-11-19T18:20+00:00",
            "text": "Hi,\n\nis 24 November still right?\n\nFinn",
            "unread": True,
        },
    ]
}
WORLD: dict[str, Any] = {
    "search_mail": {"mails": [ROW]},
    "read_mail": MAILS,
    "reply_to_mail": {"thread": "t1", "sent_to": ["finn@reef.example"], "link": "https://mail.example/t1"},
    "file_mail": {"thread": "t1", "link": "https://mail.example/t1"},
    "list_events": {"whose": "you", "zone": "UTC", "events": [STANDUP, TIDES]},
    "find_time": FREE,
    "create_event": {"id": "new", "start": "…", "end": "…", "link": "https://cal.example/new"},
    "move_event": {"id": "tides", "start": "…", "end": "…", "link": "https://cal.example/tides"},
    "cancel_event": {"cancelled": "tides"},
    "answer_invitation": {"id": "tides", "answer": "decline", "link": "https://cal.example/tides"},
    "find_people": {"total": 1, "people": [FINN]},
    "read_profile": {"name": "Mara Vik", "manager": FINN},
    "search_files": {"files": [{"id": "f1", "name": "Oven notes", "link": "https://files.example/f1"}]},
    "read_file": {"id": "f1", "text": "Hot."},
    "share_file": {"file": "f1", "shared_with": ["finn@reef.example"], "link": "https://files.example/f1"},
}


def thread(**answers: Any) -> Thread:
    return Thread({**WORLD, **answers}, TOOLS)


def remembering(**memory: Any) -> Thread:
    """A thread in which Pinyon puts something into calls before they are made."""
    return Thread(WORLD, TOOLS, memory=memory)


def test_a_day_is_listed_with_what_overlaps():
    talk = thread()
    answer = talk.say("what's on my calendar today?")
    assert talk.calls == [("list_events", {"day": "2026-11-20", "days": 1})]
    assert answer.startswith("**2 entries today:**")
    assert "[Standup](https://cal.example/standup): Fri 20 Nov 2026, 09:30–09:45 UTC, overlaps Tides review" in answer


def test_before_a_weekend_tomorrow_reaches_to_the_next_working_day():
    talk = thread(list_events={"events": []})
    answer = talk.say("do I have meetings tomorrow")
    assert talk.calls == [("list_events", {"day": "2026-11-21", "days": 3})]
    assert answer == "Nothing stands in your calendar from Saturday, 21 November to Monday, 23 November."


def test_what_overlaps_is_told_alone():
    answer = thread().say("Does anything in my calendar overlap this week?")
    assert answer.count("\n- ") == 1
    assert "Tides review" in answer


def test_a_free_time_is_told_on_the_clocks_of_all_and_nothing_is_booked():
    talk = thread()
    answer = talk.say("find 30 minutes with finn today")
    assert (
        "find_time",
        {"attendees": ["finn@reef.example"], "minutes": 30, "day": "2026-11-20", "days": 1},
    ) in talk.calls
    assert "- Fri 20 Nov 2026, 11:00–11:30 UTC; 12:00–12:30 Europe/Oslo (Finn Moe)" in answer
    assert "create_event" not in [tool for tool, _ in talk.calls]


def test_who_is_free_alone_is_nobody_and_not_left_out():
    talk = thread()
    talk.say("When am I free for an hour in the next three days?")
    assert talk.calls[0] == ("find_time", {"attendees": [], "minutes": 60, "day": "2026-11-20", "days": 3})


def test_what_is_booked_has_topic_guest_and_the_time_that_was_said():
    talk = thread()
    answer = talk.say("book 45 min with finn about the new oven on tuesday at 15:00")
    assert talk.calls[-1] == (
        "create_event",
        {"title": "New oven", "start": "2026-11-24T15:00", "minutes": 45, "attendees": ["finn@reef.example"]},
    )
    assert answer == "“New oven” is in the calendar. [Look at it](https://cal.example/new)."


def test_a_meeting_without_a_topic_is_called_after_those_who_meet():
    talk = thread()
    talk.say("schedule 30 min with finn")
    assert talk.calls[-1][1]["title"] == "Mara and Finn"


def test_the_persons_words_for_somebody_go_into_calls_as_they_are():
    talk = remembering(find_time={"attendees": ["finn@reef.example"], "minutes": 25})
    talk.say("schedule a meeting with my manager about bread")
    assert talk.calls[0] == ("find_time", {"attendees": ["my manager"], "day": "2026-11-20", "days": 7})
    made = {"title": "Bread", "start": SLOT["start"], "minutes": 25, "attendees": ["my manager"]}
    assert talk.calls[-1] == ("create_event", made)
    assert "The first 25 minutes free for you and Finn Moe: " in "\n".join(talk.texts)


def test_a_name_that_fits_two_is_asked_about():
    two = {"people": [FINN, {**FINN, "name": "Finn Berg", "address": "finnb@reef.example"}]}
    talk = thread(find_people=two)
    assert talk.say("find 30 minutes with finn").startswith("“finn” fits 2 people. Which one?")
    assert [tool for tool, _ in talk.calls] == ["find_people"]


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("push the tides review by 30 minutes", "2026-11-20T10:10+00:00"),
        ("move the tides review to 16:45.", "2026-11-20T16:45+00:00"),
        ("move the tides review to monday", "2026-11-23T09:40+00:00"),
    ],
)
def test_an_event_is_moved_to_when_the_person_says(said: str, start: str):
    talk = thread()
    talk.say(said)
    assert talk.calls[-1] == ("move_event", {"event": "tides", "start": start})


def test_an_event_that_fits_twice_is_not_moved():
    talk = thread()
    assert talk.say("move the call with finn to 16:00").startswith("2 events fit. Which one?")
    assert [tool for tool, _ in talk.calls] == ["list_events"]


def test_a_move_that_was_denied_is_not_claimed():
    assert thread(move_event=DENIED).say("move the tides review to 16:45").startswith("Not moved. You denied it.")


def test_an_invitation_is_declined_and_an_event_cancelled():
    talk = thread()
    assert talk.say("decline the tides review").startswith("Declined: Tides review.")
    assert talk.calls[-1] == ("answer_invitation", {"event": "tides", "answer": "decline"})
    assert talk.say("cancel the tides review") == "Cancelled: Tides review."
    assert talk.calls[-1] == ("cancel_event", {"event": "tides"})


def test_what_cannot_be_cancelled_is_said_without_the_name_of_a_tool():
    refusal = "Only the organiser can cancel this event. The person can decline it: `answer_invitation`."
    answer = thread(cancel_event=refusal).say("cancel the tides review")
    assert answer == "Not cancelled. Only the organiser can cancel this event."


def test_what_somebody_is_to_do_is_asked_of_them():
    talk = thread()
    talk.say("tell finn to bring flour")
    assert talk.calls[-1][1]["body"].endswith("\n\nPlease bring flour.")


def test_mail_is_searched_by_sender_and_words():
    talk = thread()
    answer = talk.say("find the mail from finn about the oven")
    assert talk.calls == [("search_mail", {"words": "oven", "sender": "finn", "folder": "inbox"})]
    assert "- Finn Moe, yesterday, unread, [Bread](https://mail.example/t1)" in answer


def test_what_is_not_in_the_inbox_is_looked_for_everywhere():
    talk = thread(search_mail=[{"mails": []}, {"mails": [ROW]}])
    assert "[Bread]" in talk.say("search my mail for oven")
    assert [arguments["folder"] for _, arguments in talk.calls] == ["inbox", "anywhere"]


def test_one_mail_is_archived_and_of_several_it_asks():
    talk = thread()
    assert talk.say("archive the mail from finn").startswith("Archived [Bread]")
    assert talk.calls[-1] == ("file_mail", {"thread": "t1", "archive": True})
    several = thread(search_mail={"mails": [ROW, {**ROW, "thread": "t2"}]})
    assert several.say("archive the mail from finn").startswith("2 mails fit. Which one?")
    assert "file_mail" not in [tool for tool, _ in several.calls]


def test_an_answer_greets_as_before_names_the_date_and_leaves_the_sign_off_to_memory():
    talk = thread()
    talk.say("tell finn the date stands, and that we found the bug")
    assert talk.calls[-1] == (
        "reply_to_mail",
        {
            "thread": "t1",
            "body": "Hi Finn,\n\nThe date stands: Tuesday, 24 November. We found the bug.",
            "to": ["finn@reef.example"],
        },
    )


def test_an_answer_to_several_of_one_name_is_asked_about():
    other = {**ROW, "thread": "t2", "from": "Finn Berg <berg@bank.example>"}
    talk = thread(search_mail={"mails": [ROW, other]})
    assert talk.say("tell finn the date stands").startswith("Several people called “finn” wrote to you.")
    assert "reply_to_mail" not in [tool for tool, _ in talk.calls]


def test_urgent_is_what_asks_and_names_a_day():
    later = {**ROW, "thread": "t2", "subject": "Flour"}
    news = {**ROW, "thread": "t3", "subject": "News", "newsletter": True}
    flour = {"mails": [{**MAILS["mails"][1], "text": "Could you tell me which flour?"}]}
    talk = thread(search_mail={"mails": [ROW, later, news]}, read_mail=[MAILS, flour])
    answer = talk.say("anything urgent in my mail?")
    urgent, _, rest = answer.partition("Can wait, but asks something:")
    assert "[Bread](https://mail.example/t1). Wanted by Tuesday, 24 November: “is 24 November still right?”" in urgent
    assert "“Could you tell me which flour?”" in rest
    assert "News" not in answer
    assert talk.calls[0] == ("search_mail", {"unread": True})


def test_a_file_that_raises_no_doubt_is_shared_on_a_card():
    talk = thread()
    talk.say("send finn the oven notes")
    assert talk.calls[-1] == ("share_file", {"file": "f1", "people": ["finn@reef.example"]})


def test_a_file_that_says_for_whom_it_is_is_asked_about():
    talk = thread(read_file={"id": "f1", "text": "# Oven notes\nConfidential, bakers only.\nHot."})
    answer = talk.say("send finn the oven notes")
    assert "It says “Confidential, bakers only.”" in answer
    assert "share_file" not in [tool for tool, _ in talk.calls]
    talk.say("yes, to Finn Moe")
    assert talk.calls[-1] == ("share_file", {"file": "https://files.example/f1", "people": ["finn@reef.example"]})


@pytest.mark.parametrize("said", ["cancel", "tell me a joke", "merge it", "approve 7", "say thanks on 7", "help"])
def test_what_is_no_matter_of_mail_or_calendar_calls_nothing_there(said: str):
    talk = thread(**dict.fromkeys(WORLD, "There is no such thing."))
    talk.say(said)
    assert not {tool for tool, _ in talk.calls} & set(TOOLS)
