"""What one call of the gate costs in a long turn: `python -m tests.benchmarks.dojo_speed`. A figure, not a test."""

import random
import time

from bot.gate import Deed, gate
from bot.provenance import Run, Step
from skills.record import Record
from skills.verbs import SEND

RECORDS = 60
CHARACTERS = 60_000


def long_turn(seed: int = 4) -> Run:
    """60 mails of 60,000 characters each."""
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyzäé", k=chance.randint(2, 10))) for _ in range(8000)]

    def text() -> str:
        return " ".join(chance.choices(vocabulary, k=CHARACTERS // 7))[:CHARACTERS]

    records = (Record(kind="mail", id=str(at), name=f"Letter {at}", text=text()) for at in range(RECORDS))
    steps = tuple(Step(tool="read_mail", lookup=("letter",), records=(record,)) for record in records)
    words = "Send a summary of the letters to bob@tamarack.example"
    return Run(words=words, me=frozenset({"emma@tamarack.example"}), steps=steps)


def deed(words: int) -> Deed:
    chance = random.Random(words)  # noqa: S311 - no secret hangs on it
    text = " ".join("".join(chance.choices("abcdefghij", k=5)) for _ in range(words))
    bob = "bob@tamarack.example"
    return Deed(
        tool="send_mail",
        effect="write",
        egress=True,
        asked_as=SEND,
        targets=(("person", bob),),
        texts=("Summary", text),
        seen_by=frozenset({bob}),
    )


def main() -> None:
    run = long_turn()
    for words in (5, 200, 2000):
        began = time.perf_counter()
        gate(deed(words), run)
        first = time.perf_counter()
        for _ in range(20):
            gate(deed(words), run)
        each = (time.perf_counter() - first) / 20
        print(f"{words:5} words: first {1000 * (first - began):.1f} ms, then {1000 * each:.2f} ms")  # noqa: T201 - a figure to read


if __name__ == "__main__":
    main()
