"""A mail's text and the words with which it is signed, apart and together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.errors import RetryToolCall
from skills.mail.closings import MAX_SIGN_OFF, parted, together

NAME = "Priya Raghunathan"
END = "Cheers, Priya"


@pytest.mark.parametrize(
    "closing",
    [
        END,
        "Cheers,   Priya",
        "Best,\nPriya",
        "Kind regards and many thanks,\nPriya Raghunathan",
        "Viele Grüße\npriya",
        "– Priya",
        "Best, Priya.",
        "Talk soon\nBest\nPriya",
    ],
)
def test_a_sign_off_takes_the_place_of_the_one_in_the_text(closing: str) -> None:
    assert parted(f"Hello Luca,\n\nthe date stands.\n\n{closing}\n", END, name=NAME) == (
        "Hello Luca,\n\nthe date stands.",
        END,
    )


@pytest.mark.parametrize(
    "last",
    [
        "Shall we meet?\nPriya",
        "Call me at 14:00\nPriya",
        "This is a longer line than anybody writes above a name\nPriya",
        "Best,\nNadia",
        "Ask Priya",
        "One\ntwo\nthree\nPriya",
    ],
)
def test_what_is_not_certainly_a_sign_off_stays(last: str) -> None:
    body = f"Hello Luca,\n\n{last}"
    assert parted(body, END, name=NAME) == (body, END)


def test_a_sign_off_right_below_the_text_is_not_written_twice() -> None:
    assert parted("The date stands.\nCheers, Priya", END, name=NAME) == ("The date stands.", END)


def test_a_text_of_nothing_but_a_name_keeps_it() -> None:
    assert parted("Priya", END, name=NAME) == ("Priya", END)


@pytest.mark.parametrize("sign_off", [None, "", " ", "NONE"])
def test_without_a_sign_off_the_text_is_as_the_model_wrote_it(sign_off: str | None) -> None:
    body = "The date stands.\n\nBest,\nPriya\n"
    assert together(*parted(body, sign_off, name=NAME)) == body


@pytest.mark.parametrize("sign_off", ["x" * (MAX_SIGN_OFF + 1), "a\nb\nc\nd\ne"])
def test_a_sign_off_is_short(sign_off: str) -> None:
    with pytest.raises(RetryToolCall, match="`sign_off` may have 200 characters on 4 lines"):
        parted("Hello", sign_off, name=NAME)


@settings(max_examples=100, deadline=None)
@given(body=st.text(alphabet="ab \nP.", max_size=60), sign_off=st.sampled_from([END, "Best,\nPriya", "P."]))
def test_what_was_put_together_comes_apart_again(body: str, sign_off: str) -> None:
    """Settled twice, a mail is signed once."""
    once = parted(body.rstrip(), sign_off, name=NAME)
    again = parted(together(*once), sign_off, name=NAME)
    assert together(*again).count(sign_off) <= together(*once).count(sign_off)


def test_a_long_text_is_looked_through_once() -> None:
    for text in (
        "a line\n" * 20_000,
        "word " * 20_000,
        "\n \n" * 20_000 + "Priya",
        "x\n\n" + "long line of words\n" * 9,
    ):
        assert together(*parted(text, "Cheers, Priya", name="Priya Raghunathan")).endswith("Cheers, Priya")
