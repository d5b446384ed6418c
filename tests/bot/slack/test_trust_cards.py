"""What a card shows of hostile values, each promise by its id."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Pair, Question, QuestionCard, QuestionState, Write
from bot.slack.cards import approval_card, approval_modal, payload_modal, question_card
from memory.ids import PendingId
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import EXPIRES, NOW, built, buttons, card_of, comment, nasty, state, values

quick = settings(max_examples=80, derandomize=True, deadline=None)
PADDING = "harmless words " * 300
FAKE = (
    "*Comment posted*\n✅ Approved by Ren\n<!channel> <@U1> <https://evil.example|tamarack/web #482> `code` ```block```"
)


# 23. appr_spoof


@quick
@given(value=nasty, text=nasty, account=nasty)
def test_appr_spoof_no_value_stands_where_slack_reads_markup(value: str, text: str, account: str) -> None:
    """The words that Slack reads as markup are the same, whatever the values are."""
    hostile = write(value, text=f"{text} {FAKE}", account=f"<!channel>{account}")
    card = built(approval_card(card_of(state(write=hostile)), now=NOW))
    check(card)
    for forbidden in ("<!channel>", "<@U1>", "evil.example", "Approved by"):
        assert forbidden not in ours(card)


def test_appr_spoof_padding_pushes_no_recipient_out_of_view() -> None:
    """Targets stand before texts, whole, and what is cut can be looked at before it is approved."""
    recipients = ", ".join(f"person{number}@tamarack.example" for number in range(30))
    card = built(approval_card(card_of(state(write=write(recipients, text=PADDING + FAKE))), now=NOW))
    check(card)
    blocks = json.dumps(card["blocks"], ensure_ascii=False)
    assert recipients in values(card)
    assert blocks.index("person29@tamarack.example") < blocks.index("harmless words")
    assert "Show all" in "".join(buttons(card))
    modal = payload_modal(write(recipients, text=PADDING + FAKE))
    assert "".join(b["text"]["text"] for b in modal["blocks"] if b["type"] == "section") == PADDING + FAKE


@pytest.mark.parametrize("size", [500, 3_000, 30_000])
def test_appr_spoof_a_target_that_no_card_can_show_whole_cannot_be_approved_there(size: int) -> None:
    target = "x" * size
    card = built(approval_card(card_of(state(write=write(target))), now=NOW))
    check(card)
    assert target in values(card).replace("\n", "") or "approval.approve" not in json.dumps(card)


def test_appr_spoof_line_breaks_in_a_target_draw_no_second_line() -> None:
    card = built(
        approval_card(card_of(state(write=write("a@tamarack.example\n\n*Approved*\r\nb@evil.example"))), now=NOW)
    )
    assert "a@tamarack.example⏎⏎*Approved*⏎b@evil.example" in values(card)


@quick
@given(nasty)
def test_appr_spoof_the_fallback_of_a_card_holds_nothing_of_a_stranger(value: str) -> None:
    hostile = built(approval_card(card_of(state(write=write(value, text=value))), now=NOW))
    harmless = built(approval_card(card_of(state(write=write("y", text="y"))), now=NOW))
    assert hostile["text"] == harmless["text"]


def test_appr_spoof_a_question_cannot_look_like_an_approval() -> None:
    question = Question(pending=PendingId("p_1"), ask=FAKE, about=FAKE, choices=("<!channel>", "Approve"))
    card = built(
        question_card(QuestionCard(items=(QuestionState(question=question),), expires=EXPIRES, reference="7F3K"))
    )
    check(card)
    assert "<!channel>" not in ours(card)
    assert "Approved by" not in ours(card)
    assert "approval." not in json.dumps(card)


# 24. appr_unicode

LOOKALIKES = {
    "marit@t\u0430marack.example": "xn--",
    "https://g\u0456thub.com/tamarack": "xn--",
    "bud\u0261et.csv\u202egpj.exe": "⟨U+202E⟩",
    "ren\u200b@tamarack.example": "⟨U+200B⟩",
    "t\u0430marack/web": "⟨U+0430⟩",
    "plan\ufeff.pdf": "⟨U+FEFF⟩",
}


@pytest.mark.parametrize(("value", "shown"), LOOKALIKES.items(), ids=ascii)
def test_appr_unicode_what_only_looks_like_something_else_is_written_out(value: str, shown: str) -> None:
    card = built(approval_card(card_of(state(write=write(value))), now=NOW))
    assert shown in values(card)
    assert value not in values(card)


@quick
@given(st.text(st.sampled_from("ab@./\u0430\u200b\u200d\u202e\u2066\u00ad\ufeff\U000e0041"), min_size=1, max_size=40))
def test_appr_unicode_nothing_that_draws_nothing_reaches_a_card(value: str) -> None:
    card = card_of(state(write=write(f"x{value}", text=f"y{value}", account=f"z{value}")))
    for shown in (built(approval_card(card, now=NOW)), approval_modal(card, now=NOW)):
        assert not set("\u200b\u202e\u2066\u00ad\ufeff\U000e0041") & set(json.dumps(shown, ensure_ascii=False))


@quick
@given(
    st.lists(
        st.text(st.sampled_from("a\u0430\u200b\u202e"), min_size=1, max_size=6), min_size=2, max_size=2, unique=True
    )
)
def test_appr_unicode_two_targets_that_differ_look_different(pair: list[str]) -> None:
    one, other = (values(built(approval_card(card_of(state(write=write(f"x{value}"))), now=NOW))) for value in pair)
    assert one != other


# 25. appr_fatigue


@pytest.mark.parametrize("count", [2, 8, 9, 20, 40])
def test_appr_fatigue_however_much_waits_it_is_one_message_that_slack_takes(count: int) -> None:
    card = card_of(*(state(number=number, write=comment(number, text=PADDING)) for number in range(1, count + 1)))
    message = built(approval_card(card, now=NOW))
    check(message)
    check(approval_modal(card, now=NOW))
    menus = [node for _, node in walk(message["blocks"]) if node.get("type") == "overflow"]
    assert len(menus) <= 8
    if count > 8:
        assert "approval.approve" not in json.dumps(message)


# 28. exfil_unfurl


@quick
@given(nasty)
def test_exfil_unfurl_no_card_holds_an_image_or_an_address_of_a_stranger(value: str) -> None:
    card = card_of(
        state("done", write=write(f"https://evil.example/{value}", text=f"![x](https://evil.example/{value})"))
    )
    message = built(approval_card(card, now=NOW))
    assert not [node for _, node in walk(message["blocks"]) if node.get("type") == "image"]
    addresses = [node["url"] for _, node in walk(message["blocks"]) if "url" in node]
    assert not [address for address in addresses if "evil" in address]


def write(target: str, *, text: str = "x", account: str = "tamarack-lead") -> Write:
    pair = Pair(label="To", value=target, origin="found in a mail", foreign=True)
    return comment(pairs=(pair,), text=text, account=account)
