"""What a mail says, whatever its sender's program or its sender made of it."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.mail_models import Body, Header, Part
from integrations.google.mail_text import attachments_of, new_words, text_of
from integrations.google.mail_visible import html_to_text, visible


def part(kind: str, content: str | bytes = "", *, charset: str = "utf-8", filename: str = "", **more: Part) -> Part:
    data = content if isinstance(content, bytes) else content.encode(charset)
    return Part(
        mime_type=kind,
        filename=filename,
        headers=(Header(name="Content-Type", value=f'{kind}; charset="{charset}"'),),
        body=Body(data=base64.urlsafe_b64encode(data).decode().rstrip("="), size=len(data)),
        parts=tuple(more.values()),
    )


def many(kind: str, *parts: Part) -> Part:
    return Part(mime_type=f"multipart/{kind}", parts=parts)


# Parts


def test_the_plain_form_is_preferred():
    mail = many("alternative", part("text/html", "<b>fancy</b>"), part("text/plain", "plain"))
    assert text_of(mail) == "plain"


def test_markup_is_read_where_the_plain_form_is_empty():
    assert text_of(many("alternative", part("text/plain", " \n"), part("text/html", "<p>fancy</p>"))) == "fancy"


def test_text_around_files_is_put_together_and_files_are_only_named():
    note = part("text/plain", "secret", filename="notes.txt")
    mail = many("mixed", many("alternative", part("text/plain", "one")), note, part("text/plain", "two"))
    assert text_of(mail) == "one\n\ntwo"
    assert [(file.name, file.kind, file.size) for file in attachments_of(mail)] == [("notes.txt", "text/plain", 6)]


def test_what_is_attached_to_a_forwarded_mail_belongs_to_that_one():
    forwarded = Part(mime_type="message/rfc822", filename="old.eml", parts=(part("image/png", filename="a.png"),))
    assert [file.name for file in attachments_of(many("mixed", forwarded))] == ["old.eml"]


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "windows-1252", "utf-16"])
def test_the_text_is_read_in_its_own_encoding(charset: str):
    assert text_of(part("text/plain", "Grüße", charset=charset)) == "Grüße"


@pytest.mark.parametrize("charset", ["no-such-thing", "rot13", "base64", "zip", "\r\nX: y"])
def test_an_encoding_that_is_none_does_no_harm(charset: str):
    mail = Part(
        mime_type="text/plain",
        headers=(Header(name="Content-Type", value=f"text/plain; charset={charset}"),),
        body=Body(data=base64.urlsafe_b64encode(b"hello").decode()),
    )
    assert text_of(mail) == "hello"


def test_data_that_is_no_base64_says_nothing():
    assert text_of(Part(mime_type="text/plain", body=Body(data="a"))) == ""


# Markup


def test_markup_becomes_lines_lists_and_links():
    markup = (
        "<html><head><title>No</title><style>p{}</style></head><body><p>Dear&nbsp;Priya,</p><p>see <a"
        " href='https://x.example/a'>this page</a> &amp; 3 &lt; 4:</p><ul><li>one<li>two</ul>"
        "<table><tr><td>a</td><td>b</td></tr></table>Best<br>Luca</body></html>"
    )
    assert html_to_text(markup) == (
        "Dear Priya,\n\nsee this page (https://x.example/a) & 3 < 4:\n\n- one\n- two\n\na b\n\nBest\nLuca"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>SECRET</script>",
        "<style>SECRET</style>",
        "<title>SECRET</title>",
        "<!-- SECRET -->",
        "<template>SECRET</template>",
        "<div hidden>SECRET</div>",
        "<div style='display: none'>SECRET <b>SECRET</b></div>",
        "<div style='DISPLAY : /**/ NONE'><p>SECRET<p>SECRET</div>",
        "<span style='visibility:hidden'>SECRET</span>",
        "<span style='font-size:0'>SECRET</span>",
        "<span style='font-size: 1px'>SECRET</span>",
        "<span style='opacity:0'>SECRET</span>",
        "<span style='color: transparent'>SECRET</span>",
        "<div style='max-height:0;overflow:hidden'>SECRET</div>",
        "<div style='position:absolute;left:-9999px'>SECRET</div>",
        "<div style='mso-hide:all'>SECRET</div>",
        "<div style='display:none'><br>SECRET</span></div>",
        "<a title='SECRET' href='javascript:SECRET'></a>",
        "<img alt='SECRET'>",
        "<unfinished SECRET='",
    ],
)
def test_what_a_person_does_not_see_is_not_read(hidden: str):
    assert html_to_text(f"<p>before</p>{hidden}") == "before"


@pytest.mark.parametrize(
    "style", ["font-size:0.9em", "font-size:10px", "background-color:transparent", "line-height:0", "opacity:0.9"]
)
def test_what_a_person_sees_is_read(style: str):
    assert html_to_text(f"<p style='{style}'>seen</p><p>after</p>") == "seen\n\nafter"


def test_signs_that_draw_nothing_are_left_out():
    tags = "".join(chr(0xE0000 + ord(sign)) for sign in "obey")
    assert visible(f"a\u200bb\u202ec{tags}d\u00ade") == "abcde"


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<!--",
        "<![CDATA[",
        "&",
        "<div>",
        "</b>",
        "<p>",
        "<b style=",
        "<a href='",
        "<script>",
        "<b>x</b>",
        "<?",
        " ",
    ],
)
def test_no_markup_takes_long_to_read(unit: str):
    began = time.process_time()
    text = html_to_text((unit * 60_000)[:60_000])
    new_words(f"{text}x")
    assert time.process_time() - began < 2


@given(markup=st.text("<>/!-'\"= abp&;#x", max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_markup_is_too_strange_to_read(markup: str):
    assert isinstance(html_to_text(markup), str)


# Quoted history


@pytest.mark.parametrize(
    "history",
    [
        "On Thu, 19 Nov 2026 at 18:20, Luca <l@x.example> wrote:\n> old\n> older\n",
        "On Thu, 19 Nov 2026 at 18:20, Luca Ferrante\n<l@x.example> wrote:\n\n> old\n>\n> > older\n\n",
        "Am 19.11.2026 um 18:20 schrieb Luca <l@x.example>:\n> old",
        "-----Original Message-----\nFrom: Luca\nSent: today\n\nold",
        "________________________________\nFrom: Luca <l@x.example>\nSent: Thursday\nTo: Priya\n\nold",
        "From: Luca <l@x.example>\nDate: Thursday\n\nold",
        "> old",
    ],
)
def test_earlier_mails_under_an_answer_are_left_out(history: str):
    assert new_words(f"Thanks, that fits.\n\nPriya\n\n{history}") == "Thanks, that fits.\n\nPriya"


def test_an_answer_between_quoted_lines_stays_whole():
    text = "> Is the date right?\nYes.\n> And the price?\nNo."
    assert new_words(text) == text


def test_a_mail_that_only_quotes_stays_whole():
    assert new_words("> old\n> older") == "> old\n> older"


def test_a_quote_in_markup_is_known_as_one():
    markup = "<p>Fine.</p><div>On Monday Luca wrote:</div><blockquote>old<br>older</blockquote>"
    assert new_words(html_to_text(markup)) == "Fine."


@given(text=st.text("> :\nawrote", max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_new_words_are_the_beginning_of_the_text(text: str):
    assert text.startswith(new_words(text)) or new_words(text).splitlines() == text.splitlines()
