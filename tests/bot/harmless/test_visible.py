"""What values of strangers look like on a card."""

import string
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.harmless.visible import is_plain_words, visible, visible_target

quick = settings(max_examples=150, derandomize=True)
anything = st.text(st.characters(codec=None), max_size=60)


def test_a_text_that_reads_backwards_is_written_out():
    assert visible("invoice\u202egpj.exe") == "invoice⟨U+202E⟩gpj.exe"


def test_a_zero_width_space_is_written_out():
    assert visible("a\u200bb") == "a⟨U+200B⟩b"


def test_lines_and_emoji_of_a_text_stay():
    assert visible("one\r\ntwo ⚠️ 👩‍💻") == "one\ntwo ⚠️ 👩‍💻"


def test_letters_hidden_behind_an_emoji_are_written_out():
    assert visible("😀\ufe0f\ufe01\U000e0141") == "😀\ufe0f⟨U+FE01⟩⟨U+E0141⟩"


def test_a_target_is_one_line():
    assert visible_target("a@b.example\nBcc: c@d.example") == "a@b.example⏎Bcc: c@d.example"


def test_a_cyrillic_letter_in_a_latin_word_is_written_out():
    assert visible_target("t\u0430marack/web") == "t⟨U+0430⟩marack/web"


def test_a_name_in_one_alphabet_stays():
    assert visible_target("Дмитрий Ω 山田 Müller") == "Дмитрий Ω 山田 Müller"


def test_a_host_with_foreign_letters_is_shown_as_it_is_looked_up():
    assert visible_target("https://\u0430\u0440\u0440\u04cf\u0435.com/x") == "https://xn--80ak6aa92e.com/x"
    assert visible_target("lead@b\u00fccher.example") == "lead@xn--bcher-kva.example"


def test_a_space_of_another_width_is_written_out_in_a_target():
    assert visible_target("tamarack\u00a0web") == "tamarack⟨U+00A0⟩web"


def test_words_with_markup_are_no_plain_words():
    assert is_plain_words("I read 3 mails, at 10:42. Nothing changed.")
    assert is_plain_words("Für welches “Board” ist das? Où, señor?")
    for text in ("<!channel>", "*bold*", "evil.example", ":tada:", "@here", "`x`", "https://a", "a_b", "a & b"):
        assert not is_plain_words(text)


@quick
@given(anything)
def test_nothing_hides(text: str):
    for shown in (visible(text), visible_target(text)):
        hidden = [char for char in shown if unicodedata.category(char) in {"Cf", "Cc", "Cs", "Zl", "Zp"}]
        assert set(hidden) <= {"\n", "\t", "\u200d"}
        shown.encode()


@quick
@given(anything)
def test_a_target_never_breaks_its_line(text: str):
    assert len(visible_target(text).splitlines()) <= 1


@quick
@given(st.text(string.ascii_letters + string.digits + string.punctuation + " ", max_size=60))
def test_plain_ascii_stays_as_it_is(text: str):
    assert visible(text) == visible_target(text) == text


@quick
@given(anything, anything)
def test_two_different_words_of_a_target_look_different_when_one_is_ascii(left: str, right: str):
    ascii_only = left.encode("ascii", "ignore").decode()
    if right != ascii_only and visible_target(right) == visible_target(ascii_only):
        assert unicodedata.normalize("NFKC", right).casefold() == ascii_only.casefold() or "\n" in right + ascii_only
