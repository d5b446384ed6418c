"""Values that a card shows in a person's words."""

from pydantic import create_model

from bot.pending import spoken
from skills.described import Described


def test_a_card_reads_the_words_and_what_is_stored_is_the_value():
    settled = {"event": Described("e1", "Call, Mon 23 Nov"), "room": None}
    assert spoken("{event}{room}", settled) == "Call, Mon 23 Nov"
    model = create_model("Arguments", event=(str, ...), room=(str | None, None))
    assert model(**settled).model_dump(mode="json") == {"event": "e1", "room": None}


def test_it_is_the_value_wherever_it_is_compared_or_joined():
    found = Described("e1", "Call")
    assert found == "e1"
    assert {"e1": 1}[found] == 1
    assert f"{found!r}" == "'e1'"
