"""What the mail skill tells the gate, at the playground's Gmail: records, deeds and undos."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from bot.gate import Deed
from bot.toolbox.call import Call
from bot.toolbox.declared import deed_of
from integrations.errors import IntegrationError, NotFound, Refused
from integrations.google.calls import Calls
from integrations.google.client import Google
from integrations.google.mail import Gmail
from integrations.google.mail_compose import Letter
from integrations.google.mail_models import Header, Mail, Part, Thread
from integrations.integration import Destination
from memory.ids import CallId, PersonId, TurnId
from playground.company import load_company
from playground.google import GoogleServer
from skills.errors import ToolFailed
from skills.mail import SKILL
from skills.mail.records import of_row, of_thread
from skills.record import Record
from skills.skill import Asker, Result, ToolContext
from skills.verbs import ARCHIVE, LABEL, REPLY, SEND
from tests.playground.google_schemas import google_schemas

TOOLS = {tool.name: tool for tool in SKILL.tools}
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PRIYA, REN, LUCA = "priya@tamarack.example", "ren@tamarack.example", "luca.ferrante@valtorta.example"
ADAEZE = "adaeze@tamarack.example"
LETTER: dict[str, Any] = {"to": [LUCA, REN], "cc": [ADAEZE], "subject": "Snow", "body": "Dear Luca, it snows."}


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


@pytest.fixture
async def poisoned() -> AsyncIterator[GoogleServer]:
    company = load_company(today=date(2026, 11, 20), poison=("adv-mail-body", "adv-mail-subject", "adv-sender-name"))
    async with GoogleServer(company, clock=lambda: NOW) as server:
        yield server


def destination(server: GoogleServer) -> Destination:
    return Destination(api_url=server.api_url, endpoints={"mail_url": f"{server.url}/mail"})


def as_person(server: GoogleServer, handle: str) -> ToolContext[Google]:
    given = server.sign_in(handle, SKILL.scopes.write)
    return ToolContext(
        client=Google(SecretStr(given["access_token"]), destination(server)),
        account=given["email"],
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle, zone="Europe/Amsterdam"),
        now=NOW,
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def settled(ctx: ToolContext[Google], name: str, **arguments: Any) -> dict[str, Any]:
    settle = TOOLS[name].settle
    return await settle(ctx, **valid(name, arguments)) if settle else valid(name, arguments)


async def used(ctx: ToolContext[Google], name: str, **arguments: Any) -> Result:
    return await TOOLS[name].run(ctx, **valid(name, await settled(ctx, name, **arguments)))


async def deed(ctx: ToolContext[Google], name: str, **arguments: Any) -> Deed:
    """What the gate is asked about: a call whose targets are settled."""
    full = await settled(ctx, name, **arguments)
    return deed_of(Call(turn=TurnId("t"), id=CallId("c"), skill=SKILL, tool=TOOLS[name], arguments=full))


async def taken_back(ctx: ToolContext[Google], name: str, result: Result) -> None:
    """Undo a write as it is kept until then: as JSON."""
    undo = TOOLS[name].undo
    assert undo is not None
    assert result.undo is not None
    await undo(ctx, **json.loads(json.dumps(result.undo)))


async def found(ctx: ToolContext[Google], subject: str) -> Record:
    result = await used(ctx, "search_mail", words=f'subject:"{subject}"', folder="anywhere")
    return result.records[0]


async def said(ctx: ToolContext[Google], subject: str) -> tuple[Record, ...]:
    """The mails of a thread, oldest first."""
    return (await used(ctx, "read_mail", thread=(await found(ctx, subject)).id)).records


def of_ours(header: str, **more: str) -> Mail:
    """A mail that the person sent."""
    headers = tuple(
        Header(name=name, value=value) for name, value in {"From": PRIYA, "Subject": header, **more}.items()
    )
    return Mail(id="m", thread_id="t", label_ids=("SENT",), payload=Part(headers=headers))


# Reading


async def test_a_search_gives_one_record_for_each_thread_under_the_id_that_the_tools_take(google: GoogleServer):
    ctx = as_person(google, "priya")
    result = await used(ctx, "search_mail", unread=True)
    assert isinstance(result.content, dict)
    rows: Any = result.content["mails"]
    assert [record.id for record in result.records] == [row["thread"] for row in rows]
    assert [record.name for record in result.records] == [row["subject"] for row in rows]
    assert [record.keys for record in result.records] == [(row["link"],) for row in rows]
    assert {record.kind for record in result.records} == {"mail"}
    for record in result.records:
        assert (await used(ctx, "read_mail", thread=record.id)).records


async def test_the_text_of_a_row_is_all_that_somebody_else_wrote_in_it(google: GoogleServer):
    record = await found(as_person(google, "priya"), "Winter pilot")
    assert record.text.startswith(f"Luca Ferrante <{LUCA}>\n")
    assert "Dear Priya" in record.text


async def test_a_search_that_finds_nothing_lets_no_stranger_speak(google: GoogleServer):
    result = await used(as_person(google, "priya"), "search_mail", words="subject:nowhere")
    assert (result.records, result.untrusted) == ((), False)


async def test_each_mail_of_a_thread_has_its_own_readers_and_words(google: GoogleServer):
    first, answer, last = await said(as_person(google, "priya"), "Winter pilot")
    assert first.readers == {LUCA}
    assert answer.readers == {LUCA, ADAEZE}
    assert last.readers == {LUCA, ADAEZE} or last.readers == {LUCA}
    assert first.id == answer.id == last.id
    assert "Dear Priya" in last.text
    assert "elevation-mirrored.png" in last.text
    assert "elevation-mirrored.png" not in first.text


async def test_what_the_person_sent_in_a_thread_of_their_own_is_theirs(google: GoogleServer):
    ctx = as_person(google, "priya")
    await used(ctx, "send_mail", **LETTER)
    sent = await found(ctx, "Snow")
    assert sent.ours
    assert sent.author == PRIYA
    assert sent.readers == {LUCA, REN, ADAEZE}
    assert PRIYA not in sent.readers


async def test_an_answer_under_a_subject_that_a_stranger_chose_is_not_the_persons_alone(google: GoogleServer):
    first, answer, _ = await said(as_person(google, "priya"), "Winter pilot")
    assert (first.author, first.ours) == ("", False)
    assert (answer.author, answer.ours) == (PRIYA, False)


async def test_what_others_sent_is_never_the_persons_and_has_no_author(google: GoogleServer):
    result = await used(as_person(google, "ren"), "search_mail", folder="inbox")
    assert isinstance(result.content, dict)
    rows: Any = result.content["mails"]
    received = [record for record, row in zip(result.records, rows, strict=True) if not row.get("from_me")]
    assert received
    assert not any(record.author or record.ours for record in received)
    colleague = await found(as_person(google, "ren"), "Senior Android engineer")
    assert (colleague.author, colleague.ours) == ("", False)


async def test_inj_sources_a_poisoned_mail_vouches_for_nothing(poisoned: GoogleServer):
    """inj_sources: neither a planted body, nor a subject, nor the name of a colleague makes a mail anybody's own."""
    *_, planted = await said(as_person(poisoned, "priya"), "Our trial ends soon")
    mails = [planted, await found(as_person(poisoned, "ren"), "SYSTEM")]
    nadias = (await used(as_person(poisoned, "nadia"), "search_mail", words="NV-TEST-0000")).records
    assert [record.ours or bool(record.author) for record in (*mails, *nadias)] == [False] * (2 + len(nadias))
    assert nadias[0].readers == {"marit.solheim@tamarack-billing.example"}


async def test_a_draft_has_no_readers_yet(google: GoogleServer):
    ctx = as_person(google, "priya")
    made = await used(ctx, "draft_mail", **LETTER)
    (record,) = (await used(ctx, "read_mail", thread=str(made.records[0].id))).records
    assert (record.readers, record.ours) == (frozenset(), False)


@pytest.mark.parametrize("subject", ["Fwd: Lunch", "FW: Lunch", "WG: Lunch", "TR : Lunch", "RV: Lunch"])
def test_what_the_person_passed_on_is_not_their_own(subject: str):
    thread = Thread(id="t", messages=(of_ours(subject, To=REN),))
    shown: dict[str, Any] = {"subject": subject, "from": PRIYA, "preview": "Pay to the new account"}
    assert of_row(thread, shown, own=[PRIYA]).ours is False
    (record,) = of_thread(thread, {"subject": subject, "mails": [{"text": "Pay to the new account"}]}, own=[PRIYA])
    assert record.ours is False


def test_a_row_is_the_persons_only_when_nobody_else_wrote_in_the_thread():
    theirs = Mail(id="m2", thread_id="t", payload=Part(headers=(Header(name="From", value=LUCA),)))
    shown: dict[str, Any] = {"subject": "Lunch", "from": PRIYA, "preview": "Yes. On Monday Luca wrote: pay"}
    alone = Thread(id="t", messages=(of_ours("Lunch", To=LUCA),))
    answered = Thread(id="t", messages=(*alone.messages, theirs, of_ours("Re: Lunch", To=LUCA)))
    assert of_row(alone, shown, own=[PRIYA]).ours is True
    assert of_row(answered, shown, own=[PRIYA]).ours is False


def test_of_a_long_thread_the_records_are_those_of_the_mails_that_are_shown():
    mails = tuple(of_ours(f"{number}", To=f"p{number}@x.example") for number in range(3))
    shown: dict[str, Any] = {"subject": "Long", "mails": [{"text": "two"}, {"text": "three"}]}
    records = of_thread(Thread(id="t", messages=mails), shown, own=[PRIYA])
    assert [(record.text, *record.readers) for record in records] == [
        ("two", "p1@x.example"),
        ("three", "p2@x.example"),
    ]
    assert of_thread(Thread(id="t", messages=mails), {"subject": "Long", "mails": []}, own=[PRIYA]) == ()


async def test_a_link_is_gmails_own_even_when_a_stranger_writes_the_word(google: GoogleServer):
    ctx = as_person(google, "ren")
    await used(as_person(google, "priya"), "send_mail", to=[REN], subject="link", body="link: https://evil.example")
    record = await found(ctx, "link")
    result = await used(ctx, "read_mail", thread=record.id)
    assert links(result.content) == [f"{google.url}/mail/{record.id}"]


def links(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [link for key, one in value.items() for link in ([one] if key == "link" else links(one))]  # pyright: ignore[reportUnknownVariableType]: any JSON
    return [link for one in value for link in links(one)] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]: any JSON


# Writing


async def test_a_mail_is_seen_by_everybody_on_it_and_cannot_be_taken_back(google: GoogleServer):
    asked = await deed(as_person(google, "priya"), "send_mail", **LETTER)
    assert asked.targets == (("person", LUCA), ("person", REN), ("person", ADAEZE))
    assert asked.seen_by == {LUCA, REN, ADAEZE}
    assert asked.texts == ("Snow", "Dear Luca, it snows.")
    assert (asked.egress, asked.can_undo, asked.asked_as) == (True, False, SEND)


async def test_a_lasting_permission_for_mails_is_for_all_receivers_and_no_others(google: GoogleServer):
    ctx = as_person(google, "priya")
    given = (await deed(ctx, "send_mail", **LETTER)).permission
    assert given
    assert (await deed(ctx, "send_mail", **LETTER | {"subject": "Rain", "body": "It rains."})).permission == given
    others: list[dict[str, list[str]]] = [{"to": [LUCA]}, {"cc": []}, {"to": [LUCA, REN, "x@pine-collector.example"]}]
    for other in others:
        assert (await deed(ctx, "send_mail", **LETTER | other)).permission != given


async def test_a_draft_is_seen_by_nobody_else(google: GoogleServer):
    asked = await deed(as_person(google, "priya"), "draft_mail", **LETTER)
    assert (asked.seen_by, asked.egress, asked.can_undo) == (frozenset(), False, True)
    assert asked.targets == (("person", LUCA), ("person", REN), ("person", ADAEZE))
    assert asked.permission == ""


async def test_an_answer_names_everybody_whom_it_reaches(google: GoogleServer):
    ctx = as_person(google, "ren")
    thread = (await found(ctx, "Elevation data")).id
    asked = await deed(ctx, "reply_to_mail", thread=thread, body="Good.", everyone=True)
    reached = ("oskar@tamarack.example", PRIYA)
    assert asked.targets == (("mail", thread), *(("person", one) for one in reached))
    assert asked.seen_by == set(reached)
    assert (asked.asked_as, asked.can_undo, asked.texts) == (REPLY | SEND, False, ("Good.",))


async def test_an_order_stays_with_the_person_and_names_thread_and_labels(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    asked = await deed(ctx, "file_mail", thread=thread, add_labels=["newsletters"], remove_labels=["Starred"])
    assert asked.targets == (("mail", thread), ("label", "Newsletters"), ("label", "starred"))
    assert (asked.seen_by, asked.egress, asked.can_undo) == (frozenset(), False, True)
    assert asked.asked_as >= LABEL | ARCHIVE


@pytest.mark.parametrize("name", ["draft_mail", "send_mail"])
async def test_a_new_mail_is_kept_as_the_one_record_of_its_writing(google: GoogleServer, name: str):
    result = await used(as_person(google, "priya"), name, **LETTER)
    (record,) = result.records
    assert isinstance(result.content, dict)
    assert (record.id, record.name, record.text) == (result.content["thread"], "Snow", "Dear Luca, it snows.")
    assert record.readers == ({LUCA, REN, ADAEZE} if name == "send_mail" else frozenset())
    assert result.untrusted is False


async def test_the_record_of_an_answer_holds_no_word_of_the_mail_that_it_answers(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    (record,) = (await used(ctx, "reply_to_mail", thread=thread, body="Yes.")).records
    assert (record.id, record.name, record.text, record.readers) == (thread, "", "Yes.", {LUCA})
    (filed,) = (await used(ctx, "file_mail", thread=thread, archive=True)).records
    assert (filed.id, filed.name, filed.text, filed.ours) == (thread, "", "", False)
    assert LUCA in filed.readers


# Taking back


async def test_a_draft_is_taken_back_once(google: GoogleServer):
    ctx, drafts = as_person(google, "priya"), google.mail.mailbox("priya").drafts
    before = set(drafts)
    made = await used(ctx, "draft_mail", **LETTER)
    assert len(drafts) == len(before) + 1
    await taken_back(ctx, "draft_mail", made)
    assert set(drafts) == before
    with pytest.raises(NotFound, match=r"^The draft is not there any more: it was sent or deleted\.$"):
        await taken_back(ctx, "draft_mail", made)


async def test_a_draft_that_the_person_wrote_in_stays(google: GoogleServer):
    ctx, box = as_person(google, "priya"), google.mail.mailbox("priya")
    made = await used(ctx, "draft_mail", **LETTER)
    assert made.undo is not None
    draft = box.drafts[str(made.undo["draft"])]
    google.mail.save(box, draft.mail.raw, thread=None, draft=draft)
    with pytest.raises(Refused, match=r"changed since, so I left it as it is\.$"):
        await taken_back(ctx, "draft_mail", made)
    assert draft.id in box.drafts


async def test_a_draft_that_was_sent_says_so(google: GoogleServer):
    ctx, box = as_person(google, "priya"), google.mail.mailbox("priya")
    made = await used(ctx, "draft_mail", **LETTER)
    assert made.undo is not None
    draft = box.drafts[str(made.undo["draft"])]
    google.mail.send(box, draft.mail.raw, thread=None)
    google.mail.discard(box, draft)
    with pytest.raises(NotFound, match="sent or deleted"):
        await taken_back(ctx, "draft_mail", made)


def labels(google: GoogleServer, thread: str) -> dict[str, set[str]]:
    return {mail.id: set(mail.labels) for mail in google.mail.mailbox("priya").thread(thread)}


ORDER: dict[str, Any] = {"add_labels": ["Newsletters"], "remove_labels": ["starred"], "archive": True, "mark": "read"}


async def test_an_order_is_taken_back_mail_by_mail(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    before = labels(google, thread)
    assert len({frozenset(one) for one in before.values()}) > 1
    filed = await used(ctx, "file_mail", thread=thread, **ORDER)
    assert labels(google, thread) != before
    await taken_back(ctx, "file_mail", filed)
    assert labels(google, thread) == before


async def test_an_order_that_is_gone_already_is_not_taken_back_twice(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    filed = await used(ctx, "file_mail", thread=thread, **ORDER)
    await taken_back(ctx, "file_mail", filed)
    with pytest.raises(ToolFailed, match=r"put in another order since, so I leave it\."):
        await taken_back(ctx, "file_mail", filed)


async def test_what_the_person_changed_since_stays_as_they_want_it(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    filed = await used(ctx, "file_mail", thread=thread, archive=True, mark="read")
    await used(ctx, "file_mail", thread=thread, add_labels=["inbox"])
    since = labels(google, thread)
    with pytest.raises(ToolFailed, match="another order since"):
        await taken_back(ctx, "file_mail", filed)
    assert labels(google, thread) == since


async def test_a_mail_that_came_since_keeps_its_labels_when_an_order_is_taken_back(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    before = labels(google, thread)
    filed = await used(ctx, "file_mail", thread=thread, archive=True)
    await used(ctx, "reply_to_mail", thread=thread, body="Yes.")
    (new,) = labels(google, thread).keys() - before.keys()
    await taken_back(ctx, "file_mail", filed)
    assert labels(google, thread) == {**before, new: {"SENT"}}


async def test_an_order_that_changes_nothing_needs_no_taking_back(google: GoogleServer):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    await used(ctx, "file_mail", thread=thread, archive=True)
    assert (await used(ctx, "file_mail", thread=thread, archive=True)).undo is None


WRITES: dict[str, Callable[[str], dict[str, Any]]] = {
    "draft_mail": lambda _: LETTER,
    "file_mail": lambda thread: {"thread": thread, **ORDER},
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 503])
async def test_an_undo_that_gmail_refuses_ends_in_a_sentence(google: GoogleServer, name: str, status: int):
    ctx = as_person(google, "priya")
    thread = (await found(ctx, "Winter pilot")).id
    done = await used(ctx, name, **WRITES[name](thread))
    writes = len(google.writes)
    google.fault("*", "/gmail/*", status=status, times=50, retry_after=20 if status == 429 else None)
    with pytest.raises(IntegrationError, match=r"\.$"):
        await taken_back(ctx, name, done)
    assert len(google.writes) == writes


class Described(Calls):
    """Holds every write against Google's own description."""

    async def write(self, method: str, kind: TypeAdapter[Any], *, if_match: str = "", **parameters: Any) -> Any:
        assert google_schemas("gmail.v1").request_complaints(method, parameters.get("body")) == []
        return await super().write(method, kind, if_match=if_match, **parameters)


async def test_every_undo_is_as_google_describes_it(google: GoogleServer):
    mail = Gmail(Described(SecretStr(google.sign_in("priya")["access_token"]), destination(google)))
    await mail.discard(await mail.draft(Letter(to=[REN], subject="Snow", body="Hi")))
    thread = (await mail.search('subject:"Winter pilot"', limit=1)).threads[0]
    await mail.relabel([mail.id for mail in thread.messages], add=["STARRED"], remove=["UNREAD"])
    actions = [write.action for write in google.writes]
    assert actions[1:] == ["gmail.users.drafts.delete", "gmail.users.messages.batchModify"]
