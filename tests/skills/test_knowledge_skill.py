"""What an agent knows, searched and read by the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from integrations.integration import Audience
from skills.errors import RetryToolCall, ToolFailed
from skills.knowledge.client import FoundPassages, KnownPassage
from skills.knowledge.tools import MOST_READ, MOST_WORDS, read_knowledge, search_knowledge
from skills.skill import Asker, ToolContext
from tests.fakes.rooms import NOW, PERSON

LINK = "https://docs.google.com/document/d/1abc/edit"
CARD = KnownPassage(title="Refund policy", place="By card, page 3", text="It takes ten days.", link=LINK)
CASH = KnownPassage(title="Refund policy", place="In cash", text="At once.", link=LINK)
DOGS = KnownPassage(title="Office rules", place="", text="Dogs are welcome.", link=None)


@dataclass
class Known:
    """An agent that knows a few passages, and gives the same to every question."""

    passages: tuple[KnownPassage, ...] = ()
    withheld: tuple[str, ...] = ()
    audience: Audience = "members"
    asked: list[str] = field(default_factory=list[str])

    async def titles(self) -> Sequence[str]:
        return ["Refund policy", "Office rules"]

    async def search(self, words: str) -> FoundPassages:
        self.asked.append(words)
        titles = () if self.passages else ("Refund policy", "Office rules")
        return FoundPassages(passages=self.passages, withheld=self.withheld, titles=titles, audience=self.audience)

    async def read(self, title: str, place: str) -> FoundPassages:
        if title == "Nothing":
            raise KeyError(title)
        self.asked.append(f"{title}|{place}")
        return FoundPassages(passages=self.passages, withheld=self.withheld, audience=self.audience)


def at(known: Known) -> ToolContext[Any]:
    return ToolContext(client=known, account="", asker=Asker(person=PERSON.id, name=PERSON.name), now=NOW)


def content(result: Any) -> Any:
    return result.content


async def test_a_search_gives_passages_with_title_place_and_link():
    known = Known((CARD, DOGS))
    result = await search_knowledge.run(at(known), "  how long\ndoes a refund take ")
    assert known.asked == ["how long does a refund take"]
    assert content(result) == {
        "passages": [
            {"title": "Refund policy", "place": "By card, page 3", "text": "It takes ten days.", "link": LINK},
            {"title": "Office rules", "place": "", "text": "Dogs are welcome."},
        ]
    }
    assert result.links == (LINK,)
    assert result.link is None
    assert result.untrusted
    assert result.audience == "members"


async def test_each_document_is_a_record_with_all_that_was_shown_of_it():
    result = await search_knowledge.run(at(Known((CARD, DOGS, CASH))), "refunds")
    assert [record.name for record in result.records] == ["Refund policy", "Office rules"]
    assert "ten days" in result.records[0].text
    assert "At once" in result.records[0].text
    assert "In cash" in result.records[0].text
    assert not any(record.ours or record.readers for record in result.records)


async def test_where_nothing_fits_the_model_is_told_what_there_is_and_not_to_guess():
    told = content(await search_knowledge.run(at(Known()), "football"))
    assert told["passages"] == []
    assert told["titles"] == ["Refund policy", "Office rules"]
    assert "No passage fits" in told["note"]


async def test_share_acl_what_is_withheld_is_said_and_is_the_asker_s_alone():
    known = Known((DOGS,), ("One Drive document is not open to your Google account.",), "asker")
    result = await search_knowledge.run(at(known), "salaries")
    assert content(result)["withheld"] == ["One Drive document is not open to your Google account."]
    assert result.audience == "asker"


@pytest.mark.parametrize("words", ["", "  ", "x" * (MOST_WORDS + 1)])
async def test_a_search_needs_a_few_words(words: str):
    with pytest.raises(RetryToolCall, match="`words`"):
        await search_knowledge.run(at(Known()), words)


async def test_a_document_is_read_from_a_place_on():
    known = Known((CARD, CASH))
    result = await read_knowledge.run(at(known), "Refund policy", "By card, page 3")
    assert known.asked == ["Refund policy|By card, page 3"]
    assert len(content(result)["passages"]) == 2
    assert "goes_on_at" not in content(result)
    assert result.link == LINK


async def test_a_long_document_says_where_it_goes_on():
    long = tuple(
        KnownPassage(title="Guide", place=f"page {number}", text="x" * 1_000, link=None) for number in range(60)
    )
    told = content(await read_knowledge.run(at(Known(long)), "Guide"))
    shown = sum(len(one["text"]) for one in told["passages"])
    assert 20_000 < shown <= MOST_READ
    assert told["goes_on_at"] == f"page {len(told['passages'])}"


async def test_what_the_agent_does_not_know_is_answered_with_what_it_knows():
    with pytest.raises(RetryToolCall, match="'Refund policy', 'Office rules'"):
        await read_knowledge.run(at(Known()), "Nothing", "page 2")


async def test_what_cannot_be_read_now_says_why():
    with pytest.raises(ToolFailed, match="connect Google"):
        await read_knowledge.run(at(Known(withheld=("Left out: connect Google and ask again.",))), "Salary bands")
