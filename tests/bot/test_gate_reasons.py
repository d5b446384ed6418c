"""Why a call asks: sentences that people understand, without a value that somebody else wrote."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gate import Allow, Deed, gate
from bot.provenance import Run, Step
from skills.record import Record
from skills.verbs import SEND

ME = "emma@tamarack.example"
STRANGE = "Zyzzyva"
RECORD = Record(kind="mail", id=STRANGE, name=STRANGE, text=f"{STRANGE} wants a deposit", author=STRANGE)
STEPS = (
    (),
    (Step(tool="read", records=(RECORD,)),),
    (Step(tool="read", records=(RECORD,)), Step(tool="send", writes=True, targets=(("person", STRANGE),))),
)
TEXTS = ("hello", f"{STRANGE} wants a deposit", "www.attacker.example", "my own summary of it all")


def deeds() -> list[Deed]:
    return [
        Deed(
            tool="send",
            effect=effect,
            egress=egress,
            destroys=destroys,
            asked_as=asked_as,
            targets=targets,
            texts=(text,),
            seen_by=seen_by,
            opens=targets,
            when=("2030-01-01T10:00",),
        )
        for effect, egress, destroys, asked_as, targets, text, seen_by in product(
            ("read", "write"),
            (True, False),
            (True, False),
            (SEND, frozenset[str]()),
            ((), (("person", STRANGE),), (("person", "bob@tamarack.example"),), (("person", ME),)),
            TEXTS,
            (frozenset[str](), frozenset({"?"}), frozenset({"bob@tamarack.example"})),
        )
    ]


def test_every_reason_is_whole_sentences_of_ours() -> None:
    me = frozenset({ME})
    words = "Send hello to bob@tamarack.example on 2024-05-20"
    rules: tuple[dict[str, str], ...] = ({}, {"send": "forbid"}, {"send": "ask"})
    runs = [Run(words=words, me=me, steps=steps, ruled=ruled) for steps in STEPS for ruled in rules]
    reasons = {gate(deed, run).because for deed in deeds() for run in runs}
    assert len(reasons) > 10
    for reason in reasons:
        assert reason.endswith(".")
        assert reason[0].isupper()
        assert STRANGE.lower() not in reason.lower()
        assert not set("!_{}<>*`") & set(reason)


def test_a_reason_after_reading_says_what_was_read() -> None:
    asked = gate(deeds()[-1], Run(words="Hi", me=frozenset({ME}), steps=STEPS[1]))
    assert asked.because.endswith("I read a mail on the way, so I ask before I act.")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(words=st.text(max_size=200), text=st.text(max_size=200), value=st.text(max_size=60), heard=st.text(max_size=60))
def test_whatever_is_written_has_a_verdict(words: str, text: str, value: str, heard: str) -> None:
    record = Record(kind="mail", id=value, name=text, keys=(value,), text=heard)
    run = Run(
        words=words, me=frozenset({ME}), steps=(Step(tool="read", lookup=(value,), records=(record,)),), heard=heard
    )
    deed = Deed(
        tool="send",
        effect="write",
        egress=True,
        asked_as=SEND,
        targets=(("mail", value), ("", text)),
        texts=(text, heard),
        seen_by=frozenset({value}),
        into=(("mail", value),),
        opens=(("mail", value),),
        when=(value,),
    )
    verdict = gate(deed, run)
    assert verdict.because
    assert not isinstance(verdict, Allow) or words
