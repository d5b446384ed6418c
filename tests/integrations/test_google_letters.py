"""Mails as they are sent, and the addresses that they are sent to."""

import base64
from collections.abc import Sequence
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.mail_addresses import decoded, plain_address, read_addresses
from integrations.google.mail_compose import Letter, composed, one_line, reply_subject
from integrations.google.mail_models import Header, Identity, Mail, Part
from integrations.google.mail_query import mail_query

PRIYA = Identity(send_as_email="priya@tamarack.example", display_name="Priya Raghunathan")
OUTLOOK = f"<{'A' * 90}@eurprd04.prod.outlook.example>"
# All that JSON can hold, lone surrogates too.
anything = st.text(st.characters(), max_size=60)


def sent(letter: Letter, *, sender: Identity = PRIYA, answers: Mail | None = None) -> EmailMessage:
    """The letter as the one who gets it reads it."""
    raw = composed(letter, sender=sender, message_id="<1@tamarack.example>", answers=answers)
    message = message_from_bytes(base64.urlsafe_b64decode(raw), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def text(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n").rstrip("\n")


def letter(to: Sequence[str] = ("luca@valtorta.example",), subject: str = "Hello", body: str = "Dear Luca") -> Letter:
    return Letter(to=to, subject=subject, body=body)


def mail(**headers: str) -> Mail:
    named = tuple(Header(name=name.replace("_", "-"), value=value) for name, value in headers.items())
    return Mail(id="m", thread_id="t", payload=Part(headers=named))


# Writing


@given(subject=anything, body=anything, name=anything)
@settings(max_examples=60, deadline=None)
def test_no_value_adds_a_header_or_a_receiver(subject: str, body: str, name: str):
    sender = Identity(send_as_email="priya@tamarack.example", display_name=name)
    message = sent(letter(subject=subject, body=body), sender=sender)
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    )
    assert [address.addr_spec for address in message["To"].addresses] == ["luca@valtorta.example"]
    assert [address.addr_spec for address in message["From"].addresses] == ["priya@tamarack.example"]


@pytest.mark.parametrize(
    "evil", ["Hi\r\nBcc: spy@evil.example", "Hi\nBcc: a@b.example", "Hi\x0bBcc: x", "Hi\u2028B: c"]
)
def test_a_line_break_in_a_subject_is_a_space(evil: str):
    message = sent(letter(subject=evil))
    assert message["Bcc"] is None
    assert str(message["Subject"]).startswith("Hi ")


@given(body=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=2_000))
@settings(max_examples=40, deadline=None)
def test_the_text_arrives_as_it_was_written(body: str):
    assert text(sent(letter(body=body))) == body.rstrip("\n")


def test_names_subjects_and_texts_of_any_language_arrive():
    sender = Identity(send_as_email="yuki@tamarack.example", display_name="田辺 ゆき, Ñandú")
    message = sent(letter(subject="Grüße aus Zürich: " + "ä" * 120, body="Grüezi\n\n.\nFrom here on: ✓"), sender=sender)
    assert message["Subject"] == "Grüße aus Zürich: " + "ä" * 120
    assert message["From"].addresses[0].display_name == "田辺 ゆき, Ñandú"
    assert text(message) == "Grüezi\n\n.\nFrom here on: ✓"


def test_copies_go_to_those_named_and_nobody_else():
    message = sent(Letter(to=["a@x.example", "b@x.example"], cc=["c@x.example"], subject="s", body="b"))
    assert message["To"] == "a@x.example, b@x.example"
    assert message["Cc"] == "c@x.example"
    assert message["Bcc"] is None


def test_an_answer_names_what_it_answers():
    message = sent(letter(), answers=mail(Message_ID="<2@x.example>", References="<1@x.example>"))
    assert message["In-Reply-To"] == "<2@x.example>"
    assert message["References"] == "<1@x.example> <2@x.example>"


def test_long_message_ids_stay_as_they_are():
    raw = composed(
        letter(), sender=PRIYA, message_id="<1@x.example>", answers=mail(Message_ID=OUTLOOK, References=OUTLOOK)
    )
    lines = base64.urlsafe_b64decode(raw).decode().split("\r\n")
    assert f"In-Reply-To: {OUTLOOK}" in lines
    assert f"References: {OUTLOOK}" in lines


def test_a_very_long_thread_keeps_its_root_and_its_end():
    many = " ".join(f"<{number}@x.example>" for number in range(60))
    references = str(sent(letter(), answers=mail(Message_ID="<60@x.example>", References=many))["References"]).split()
    assert (references[0], references[-1], len(references)) == ("<0@x.example>", "<60@x.example>", 21)


@given(written=anything)
@settings(max_examples=60, deadline=None)
def test_no_strangers_message_id_adds_a_header(written: str):
    answered = mail(Message_ID=f"<{written}>", References=written)
    assert {"Bcc", "X"}.isdisjoint(sent(letter(), answers=answered).keys())


@pytest.mark.parametrize("subject", ["Winter pilot", "Re: Winter pilot", "RE: re:Re : Winter pilot"])
def test_an_answer_has_one_re_in_front(subject: str):
    assert reply_subject(subject) == "Re: Winter pilot"


@given(text=anything)
def test_a_subject_is_one_line_that_can_be_written(text: str):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


# Addresses


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("luca@valtorta.example", "luca@valtorta.example"),
        (" Luca.F+x@Valtorta.Example ", "Luca.F+x@valtorta.example"),
        ("Luca Ferrante <luca@valtorta.example>", "luca@valtorta.example"),
        ("o'neill@a-b.example", "o'neill@a-b.example"),
        ("eva@bücher.example", "eva@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_taken_bare(written: str, address: str):
    assert plain_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "luca",
        "@x.example",
        "luca@",
        "luca@localhost",
        "a b@x.example",
        "a@x.example, b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "<a@x.example> b@x.example",
        "b@y.example <a@x.example>",
        "lüca@x.example",
        "a..b@x.example",
        f"{'a' * 65}@x.example",
        "a@" + "x." * 200 + "example",
    ],
)
def test_what_is_no_address_is_refused(written: str):
    with pytest.raises(ValueError, match="is no e-mail address"):
        plain_address(written)


@given(written=st.one_of(anything, st.emails()))
@settings(max_examples=100, deadline=None)
def test_every_address_that_is_taken_can_be_written_to(written: str):
    try:
        address = plain_address(written)
    except ValueError:
        return
    assert [one.addr_spec for one in sent(letter(to=[address]))["To"].addresses] == [address]


def test_people_in_a_header_are_read_with_their_names():
    people = read_addresses(
        '"Ferrante, Luca" <luca@x.example>, =?utf-8?q?Zo=C3=AB?= <z@x.example>, b@x.example, nobody'
    )
    assert [person.shown for person in people] == [
        "Ferrante, Luca <luca@x.example>",
        "Zoë <z@x.example>",
        "b@x.example",
    ]


def test_a_name_that_poses_as_another_address_is_left_out():
    assert [person.shown for person in read_addresses('"boss@tamarack.example" <evil@x.example>')] == ["evil@x.example"]


@given(header=st.one_of(anything, st.text('()<>@,;"\\=?a. ', max_size=400)))
@settings(max_examples=100, deadline=None)
def test_no_header_is_too_strange_to_read(header: str):
    assert all("@" in person.email for person in read_addresses(header))
    assert isinstance(decoded(header), str)


def test_remarks_in_remarks_do_not_go_too_deep():
    assert read_addresses("(" * 5_000 + "a@x.example") == read_addresses("a@x.example")


# Searching


def test_a_search_says_all_of_its_conditions():
    query = mail_query("price OR club", sender="Sunniva Berg", unread=True)
    assert query == 'in:inbox from:"Sunniva Berg" is:unread (price OR club)'


def test_a_day_begins_where_the_person_is():
    assert mail_query(since=date(2026, 11, 20), folder="anywhere", zone="Europe/Amsterdam") == "after:1795129199"


@pytest.mark.parametrize("sender", ['"} in:sent {"', "a:b", "()"])
def test_a_sender_cannot_widen_a_search(sender: str):
    query = mail_query(sender=sender)
    assert not set("{}():") & set(query.removeprefix("in:inbox").replace("from:", ""))
