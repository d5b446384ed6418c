"""What somebody wrote of the agent that they want: the outline, and what they answered to questions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_OUTLINE = re.compile(r"<outline>\n(.*?)\n?</outline>", re.DOTALL)
_ANSWERED = re.compile(
    r"^Q: (?P<asked>[^\n]+)\nA: (?P<answer>.*?)(?=\nQ: |\n\nThe agent so far:|\Z)", re.DOTALL | re.MULTILINE
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_WISH = re.compile(
    r"^(?:(?:hi|hello|hey|please|so|ok)\W+)*"
    r"(?:(?:i|we) (?:want|need|would like|'d like|wish for|am looking for)\s+"
    r"|(?:make|build|create|draft|give) (?:me\s+)?)?"
    r"(?:(?:an?|the|some|my|our)\s+)?(?:(?:new|small|little|ai)\s+)*"
    r"(?:agent|assistant|bot|helper|something|somebody|someone)?\s*"
    r"(?:called\s+\S+\s+)?(?:that|which|who|to|for|it should|should|can|will)?\s+",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """The person's words."""

    outline: str
    answers: tuple[tuple[str, str], ...] = ()
    """(question, answer); without those that were left empty."""

    @property
    def words(self) -> str:
        """All that they wrote, in lower case."""
        return "\n".join((self.outline, *(answer for _, answer in self.answers))).lower()

    @property
    def sentences(self) -> Sequence[str]:
        """Of the outline, without what only says that an agent is wanted."""
        found = [" ".join(sentence.split()).strip(" -*•") for sentence in _SENTENCE.split(self.outline)]
        return [plain for sentence in found if (plain := _without_wish(sentence))]

    @property
    def addresses(self) -> Sequence[str]:
        return list(dict.fromkeys(_URL.findall("\n".join((self.outline, *(answer for _, answer in self.answers))))))


def wished_in(said: str) -> Wished:
    """What the last message holds of it."""
    outline = _OUTLINE.search(said)
    answers = ((found["asked"].strip(), " ".join(found["answer"].split())) for found in _ANSWERED.finditer(said))
    return Wished(
        outline=(outline[1] if outline else said).strip(),
        answers=tuple((asked, answer) for asked, answer in answers if answer),
    )


def _without_wish(sentence: str) -> str:
    plain = _WISH.sub("", sentence, count=1) if _WISH.match(sentence) else sentence
    plain = plain.strip(" .;")
    return f"{plain[:1].upper()}{plain[1:]}." if re.search(r"\w", plain) else ""
