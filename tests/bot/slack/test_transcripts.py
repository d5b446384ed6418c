"""The words of a WebVTT file."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.transcripts import spoken_words

SPOKEN = """\ufeffWEBVTT - a clip

NOTE nobody said this

STYLE
::cue { color: red }

1
00:00:00.000 --> 00:00:02.000 align:start
- <v Ada>Sort my thoughts,</v>

00:00:02.000 --> 00:00:04.000
- A &amp; B come
first &lt;really&gt;
"""


def test_only_what_was_said_is_left():
    assert spoken_words(SPOKEN) == "Sort my thoughts, A & B come first <really>"
    assert spoken_words(SPOKEN.replace("\n", "\r\n")) == "Sort my thoughts, A & B come first <really>"


def test_silence_is_nothing():
    assert spoken_words("WEBVTT\n\n1\n00:00.000 --> 00:01.000\n- \n") == ""
    assert spoken_words("") == ""


@given(st.text())
def test_whatever_comes_is_read_to_one_line(text: str):
    assert "\n" not in spoken_words(text)
