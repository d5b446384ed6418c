"""A run, arranged for the questions of the gate: what is the person's, and who could see a text already."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.provenance.links import LINK, address, as_sent, called_in, has_strange_host, links_in
from bot.provenance.run import ATTRIBUTES, INSTRUCTED, Origin, Run, Step, Target, tainted
from bot.provenance.spoken import Spoken, spoken
from bot.provenance.times import DAY, EXACT_MOMENT, clocks_in, dates_in, same_clock, same_day, weekdays_in
from bot.provenance.words import (
    EDGE,
    FILE_NAME,
    QUOTE,
    RUN,
    WORD,
    Indexed,
    Runs,
    grams,
    indexed,
    norm,
    own_words,
    plain,
    quoted_words,
    stem_of,
    words_of,
)
from skills.record import STRANGERS, Record
from skills.verbs import NOUNS, QUANTIFIERS, STOP

HEARD = "heard"
"""Kind of the record that holds what others said before the model."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with the read that showed it."""

    record: Record
    lookup: tuple[str, ...] = ()
    trusted: bool = False

    @property
    def indexed(self) -> Indexed:
        return indexed(self.record.name, self.record.text)


@dataclass(frozen=True, slots=True)
class Trail:
    """A run, arranged for the questions of the gate."""

    run: Run
    own: Spoken
    """What the person said, taken apart."""
    edited: frozenset[Target]
    """Targets that the person put on a card themselves."""
    answered: frozenset[str]
    """What they wrote when they were asked something: a target where it is exactly that."""
    written: str
    """All that the person wrote, on cards as well: for texts that are made of it, never for targets."""
    tainted: bool
    shown: tuple[Shown, ...]
    readers: dict[Target, frozenset[str]]
    """(kind, id) → everybody seen as its reader."""
    made: dict[Target, tuple[str, ...]]
    """(kind, id) of what is new from this thread → the texts that the thread wrote into it."""
    approved: frozenset[Target]

    @classmethod
    def of(cls, run: Run) -> "Trail":
        steps = (*run.past, *run.steps)
        edited = [value for step in steps for value in step.edited]
        return cls(
            run,
            spoken(run.words),
            frozenset((kind, norm(value)) for step in steps for kind, value in step.targets if value in step.edited),
            frozenset(norm(value) for step in steps if not step.writes for value in step.edited),
            norm("\n".join((own_words(run.words), *edited))),
            tainted(run),
            tuple(_everything_shown(run)),
            _readers(steps),
            _made(steps),
            frozenset(
                (kind, _address_of(norm(value))) for step in run.steps if step.approved for kind, value in step.targets
            ),
        )

    @property
    def words(self) -> str:
        """The person's own words, as `norm` has them, without pasted links."""
        return self.own.words

    def said(self, value: str, kind: str = "") -> bool:
        """Whether it is a whole token of the person's words; a short number needs its noun beside it ("file 13").

        A link counts as a whole. What a link to a service names counts as the thing that it is, and as nothing else.
        """
        wanted = norm(value).strip(QUOTE + " ")
        if not wanted:
            return False
        if has_strange_host(value):
            return _token(value.strip(QUOTE + " ").lower()).search(self.own.letters) is not None
        if (kind, wanted) in self.edited or wanted in self.answered or self._linked(wanted):
            return True
        if wanted in self.own.pointed and kind not in _NOT_POINTED:
            return True
        words = self.own.plain if kind in ATTRIBUTES else self.words
        return self._stands_in(plain(wanted) if kind in ATTRIBUTES else wanted, kind, words)

    def spelled(self, value: str, kind: str = "") -> bool:
        """Whether a request to an address carries only what the person wrote, letter for letter.

        The case of a path, a dot at its end or one more slash could carry what was read.
        """
        own = own_words(self.run.words)
        edited = [one for step in self.steps for one in step.edited]
        tokens = [token.strip("()<>\"'“”„") for token in own.split()]
        ended = [token.rstrip(".,;:!?)>") for token in tokens]  # of the person's words alone, a sentence's end is none
        return self.said(value, kind) and as_sent(value) in map(as_sent, (*tokens, *ended, *edited))

    def _linked(self, wanted: str) -> bool:
        return wanted in self.own.linked or ("@" not in wanted and "." in wanted and address(wanted) in self.own.linked)

    def _stands_in(self, wanted: str, kind: str, words: str) -> bool:
        if wanted not in words:
            return False
        if len(wanted) <= _SHORT and wanted.isdecimal():
            return self._beside_noun(wanted, kind)
        return _token(wanted).search(words) is not None

    def wrote(self, text: str) -> bool:
        """Whether a text is the person's own, word for word."""
        wanted = norm(text).strip(QUOTE + " ")
        whole = " " in wanted or any(wanted == norm(value) for step in self.steps for value in step.edited)
        return self.said(text) or (whole and _token(wanted).search(self.written) is not None)

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.run.past, *self.run.steps)

    def _beside_noun(self, number: str, kind: str) -> bool:
        nouns = NOUNS.get(kind, (kind.replace("_", " "),) if kind else ("id",))
        any_of = "|".join(map(re.escape, nouns))
        found = rf"(?:\bid|\b(?:{any_of})|#)\s*(?:id|number|no|nr)?\s*[:#.'\"]?\s*{re.escape(number)}(?![\w-])"
        return re.search(found, plain(self.words)) is not None

    def chose(self, value: str) -> bool:
        """Whether a word of the request shares its stem with a value of a closed set: "writer" and "write access"."""
        word = plain(value)
        stem = word[: max(_STEM, len(word) - 3)]
        words = WORD.findall(self.own.plain)
        return word in words or (len(stem) >= _STEM and any(said.startswith(stem) for said in words))

    def asked(self, stems: frozenset[str]) -> bool:
        """Whether the request holds a word for this kind of action. "The comment" and "comments" are none."""
        long = tuple(stem for stem in stems if len(stem) > _WHOLE)
        return any(
            word in stems or (word.startswith(long) and word.removesuffix("s") not in long) for word in self.own.wishes
        )

    @property
    def wrote_times(self) -> bool:
        """Whether the person wrote any day or time of day."""
        words = self.own.plain
        return bool(dates_in(words) or clocks_in(words) or weekdays_in(words))

    def time_fits(self, moment: str) -> bool:
        """Whether a moment is one of those that the person wrote; True where they wrote none."""
        words = self.own.plain
        return same_day(norm(moment), words) and same_clock(norm(moment), words)

    def links(self, text: str) -> list[str]:
        """Links, addresses, mentions and commands in a text that the person did not write."""
        known = {address(link) for link in links_in(self.written)}
        found = (*links_in(norm(text)), *called_in(text))
        return [link for link in found if address(link) not in known and not self.said(link)]

    def named(self, record: Record) -> bool:
        """The person wrote its full name; where others could have made it, in quotes or as the name of a file."""
        if self.keyed(record):
            return True
        stem = stem_of(record.name)
        if not stem:
            return False
        if stem in self.words and re.search(
            rf"(?:[{QUOTE}]|« ){re.escape(stem)}(?:\.\w{{2,5}})?(?:[{QUOTE}]| »)", self.words
        ):
            return True
        if FILE_NAME.search(norm(record.name)) and self.said(record.name):
            return True
        words = words_of(stem)
        return record.ours and len(set(words) - STOP) > 1 and tuple(words) in grams(words_of(self.words), len(words))

    def keyed(self, record: Record) -> bool:
        """The person wrote a short name of it that nobody else can give away."""
        return any(self._wrote_key(key, record.kind) for key in record.keys)

    def _wrote_key(self, key: str, kind: str) -> bool:
        if self.said(key, kind):
            return True
        if key.startswith("#") and key[1:]:
            nouns = "|".join(map(re.escape, NOUNS.get(kind, ("channel",))))
            name = re.escape(norm(key[1:]))
            return (
                re.search(rf"\b(?:{nouns})\s+['\"]?{name}(?![\w-])|(?<![\w-]){name}['\"]?\s+(?:{nouns})\b", self.words)
                is not None
            )
        return "." in key and bool(LINK.fullmatch(key)) and address(norm(key)) in self.own.linked

    def mentioned(self, record: Record) -> bool:
        """Two neighbouring content words of the request stand in its name; of a private record of ours, or its text."""
        pairs = {
            pair for pair in grams(words_of(self.words), 2) if not STOP & set(pair) and all(_telling(w) for w in pair)
        }
        if pairs & grams(words_of(record.name), 2):
            return True
        return self.is_private(record) and (
            self.said(stem_of(record.name)) or bool(pairs & grams(words_of(record.text[:200]), 2))
        )

    def is_private(self, record: Record) -> bool:
        return record.ours and record.readers <= self.run.me

    def the_one(self, shown: Shown) -> bool:
        """Named, and a read that could not hide a namesake shows no other record of its kind with that name."""
        record = shown.record
        if self.keyed(record):
            same = {
                s.record.id
                for s in self.shown
                if s.record.kind == record.kind and self.keyed(s.record) and set(s.record.keys) & set(record.keys)
            }
            return len(same) == 1
        return self.named(record) and self._broad(shown) and len(self._namesakes(record)) == 1

    def _namesakes(self, record: Record) -> set[str]:
        stem = stem_of(record.name)
        return {s.record.id for s in self.shown if s.record.kind == record.kind and stem_of(s.record.name) == stem}

    def _broad(self, shown: Shown) -> bool:
        """The read asked for the name itself, with only such filters as the person wrote beside it."""
        name = set(words_of(shown.record.name))
        return all(
            set(words_of(asked)) <= name
            or (any(c in asked for c in "@/#") and self.said(asked))
            or self._date_beside(shown.record.name, asked)
            for asked in shown.lookup
        )

    def _date_beside(self, name: str, day: str) -> bool:
        stem = stem_of(name)
        at = self.words.find(stem)
        end = at + len(stem)
        near = min(DAY.finditer(self.words), key=lambda m: min(abs(m.start() - end), abs(at - m.end())), default=None)
        return at >= 0 and near is not None and near.group() == day

    def origin(self, target: Target, *, private: bool = False) -> Origin:
        """`private`: the effect stays with the person, so a looser way of naming is enough."""
        kind, value = target[0], _address_of(norm(target[1]))
        if has_strange_host(target[1]):
            return "said" if self.said(_address_of(target[1]), kind) else "foreign"
        if self._own(kind, value):
            return "said"
        if (kind, value) in self.approved:
            return "approved"
        if (kind, value) in self.made:
            return "made"
        if any(self.the_one(s) for s in self.shown if _is(s.record, kind, value) or _in(s.record, kind, value)):
            return "named"
        if private and self._mentioned_one(kind) == {value}:
            return "mentioned"
        if self._is_me(kind, value):
            return "me"
        if kind == "person" and self._member(value):
            return "member"
        return self.found(target)

    def _own(self, kind: str, value: str) -> bool:
        if kind == "time" or (not kind and EXACT_MOMENT.fullmatch(value)):
            return self.time_fits(value)
        if kind in ATTRIBUTES and self.chose(value):
            return True
        return self.said(value, kind) or (kind in ("", "person") and self._spells_a_colleague(value))

    def _spells_a_colleague(self, address: str) -> bool:
        """An address of the asker's own company that is the full name in the request: nobody outside can have it."""
        name, _, host = address.partition("@")
        words = tuple(WORD.findall(plain(name)))
        full = len(words) > 1 and all(len(word) > 1 for word in words)
        return full and host == self.run.domain and words in grams(WORD.findall(plain(self.words)), len(words))

    def found(self, target: Target) -> Origin:
        """Where it comes from when the person did not name it."""
        if (target[0], norm(target[1])) in {(kind, norm(value)) for kind, value in self.run.remembered}:
            return "remembered"
        return "trusted" if self._trusted(target[0], norm(target[1])) else "foreign"

    def _trusted(self, kind: str, value: str) -> bool:
        return any(
            shown.trusted and kind == shown.record.kind and value in _handles(shown.record) for shown in self.shown
        )

    def approved_before(self, target: Target) -> bool:
        """Whether it stood on a card that the person approved in an earlier turn of the thread."""
        wanted = (target[0], norm(target[1]))
        return any(step.approved and wanted in {(k, norm(v)) for k, v in step.targets} for step in self.run.past)

    def _mentioned_one(self, kind: str) -> set[str]:
        """Ids of the private records that the request mentions, found by words of the request alone."""
        return {
            norm(shown.record.id)
            for shown in self.shown
            if shown.record.kind == kind
            and self.is_private(shown.record)
            and self.mentioned(shown.record)
            and all(self.said(asked) for asked in shown.lookup)
        }

    def _is_me(self, kind: str, value: str) -> bool:
        return kind in ("", "person") and any(_same_person(value, reader) for reader in self.run.me)

    def _member(self, person: str) -> bool:
        """On the people list of a record that the person named, and asked for: all of it or one by first name.

        A list counts if it is ours, or an event's. The sender of a mail to us never does: he writes that line himself.
        """
        asked = set(WORD.findall(plain(self.words)))
        lists = [s for s in self.shown if (s.record.ours or s.record.kind == "event") and s.record.kind != "person"]
        if QUANTIFIERS.intersection(WORD.findall(self.own.plain)) and any(
            _on_list(person, s.record) and self.the_one(s) for s in lists
        ):
            return True
        return self._called(asked, lists) == {person}

    def _called(self, asked: set[str], lists: list[Shown]) -> set[str]:
        """Everybody on these lists whose first name stands in the request."""
        own = [s for s in lists if (self.named(s.record) and self._broad(s) if s.record.ours else self.the_one(s))]
        people = {who for s in own for who in s.record.readers if "@" in who and who not in self.run.me}
        return {
            who for who in people if asked & {w for w in WORD.findall(plain(who.split("@")[0])) if len(w) > _INITIALS}
        }

    def sources(self, text: str) -> list[Shown]:
        """Records that share a run of three words with the text (all of it, if shorter), beyond the person's words."""
        words = words_of(text)
        size = min(RUN, len(words))
        runs = Runs.of(words, size).without(Runs.of(words_of(self.written), size))
        return [shown for shown in self.shown if runs.all and shown.indexed.shares(runs)]

    def explained(self, text: str, by: Sequence[Shown]) -> bool:
        """Whether every word of the text stands in such a run of the request or of these records."""
        words = words_of(text)
        runs = Runs.of(words, min(RUN, len(words)))
        known = indexed(self.written).known(runs).union(*(shown.indexed.known(runs) for shown in by))
        covered: set[int] = set()
        for at, run in enumerate(runs.all):
            if hash(run) in known:
                covered |= set(range(at, at + runs.size))
        return len(covered) == len(words)

    def from_one_errand(self) -> bool:
        """Whether all that was read came from one search, by words that stand in the request."""
        asked = {shown.lookup for shown in self.shown if not shown.record.ours or shown.lookup}
        return (
            not self.run.heard.strip()
            and len(asked) == 1
            and all(lookup and all(self.said(word) for word in lookup) for lookup in asked)
        )

    def holding(self, target: Target) -> Record | None:
        """The record where a value stands: the one that it names, else the first that holds it."""
        kind, value = target[0], norm(target[1])
        last = value.rpartition("/")[2]  # people write `web #482` where the target is `tamarack/web`
        shown = [s.record for s in self.shown if _is(s.record, kind, value)]
        shown += [s.record for s in self.shown if value in _handles(s.record)]
        shown += [s.record for s in self.shown if last and last in norm(f"{s.record.name} {s.record.text}")]
        return min(shown, key=lambda record: record.kind == HEARD, default=None)

    def people_of(self, targets: Iterable[Target]) -> frozenset[str]:
        """Everybody who sees these records; strangers where that is not known."""
        unknown = frozenset({STRANGERS})
        return frozenset(who for kind, value in targets for who in self.readers.get((kind, norm(value)), unknown))


_NOT_POINTED = ATTRIBUTES | {"", "person", "time"}
"""Kinds of targets that no link names."""
_SHORT = 5
_STEM = 4
_WHOLE = 3
_INITIALS = 2
_ADDRESS = 400
"""Characters of the longest name with an address."""


@lru_cache(maxsize=512)
def _token(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![{EDGE}])(?<!\w\.){re.escape(value)}(?![{EDGE}])(?!\.\w)")


def _telling(word: str) -> bool:
    return len(word) > _INITIALS and not word.isdigit()


def _is(record: Record, kind: str, value: str) -> bool:
    return bool(record.id) and record.kind == kind and norm(record.id) == value


def _in(record: Record, kind: str, place: str) -> bool:
    """`octo/hello#12` is in `octo/hello`."""
    return kind == "repository" and any(norm(key).startswith(f"{place}#") for key in record.keys)


def _address_of(value: str) -> str:
    """Of `Full Name <address>` what says who it is."""
    if not value.endswith(">") or len(value) > _ADDRESS:
        return value
    found = re.fullmatch(r"[^<>]{1,200}<([^<>\s@]+@[^<>\s@]+)>", value)
    return found[1] if found else value


def _handles(record: Record) -> set[str]:
    return {norm(value) for value in (record.id, record.name, *record.keys, *record.readers) if value}


def _same_person(value: str, reader: str) -> bool:
    """A person may be written without the service before the colon: `octocat` is `github:octocat`."""
    return value in (reader, reader.partition(":")[2])


def _on_list(person: str, record: Record) -> bool:
    return any(_same_person(person, reader) for reader in record.readers)


def _everything_shown(run: Run) -> Iterator[Shown]:
    for step in (*run.past, *run.steps):
        if step.writes:
            yield from (_echo(record, step) for record in step.records)
            continue
        # What no record describes is a text that only the asker could see.
        records = step.records or (Record(kind=""),)
        if not step.tool:  # what the person passed on, as the thread keeps it
            records = tuple(record if record.kind == INSTRUCTED else replace(record, kind=HEARD) for record in records)
        yield from (Shown(record, step.lookup, trusted=not step.untrusted) for record in records)
    quoted = quoted_words(run.words)
    if heard := f"{run.heard}\n{quoted}".strip():
        yield Shown(Record(kind=HEARD, text=heard))


def _echo(record: Record, step: Step) -> Shown:
    """What a write gave back says what the model wrote: it limits who may see what comes next, and names nothing."""
    text = f"{record.name} {record.text}"
    return Shown(
        replace(record, kind="", id="", name="", keys=(), author="", text=text, ours=record.ours or not step.untrusted)
    )


def _readers(steps: Sequence[Step]) -> dict[Target, frozenset[str]]:
    found: dict[Target, frozenset[str]] = {}
    for record in (record for step in steps for record in step.records if record.id):
        people = record.readers | ({record.author} - {""})
        if not people and not record.ours:  # whoever made it sees it, also where the service does not say who
            people = frozenset({STRANGERS})
        key = (record.kind, norm(record.id))
        found[key] = found.get(key, frozenset()) | people
    return found


def _made(steps: Sequence[Step]) -> dict[Target, tuple[str, ...]]:
    made: dict[Target, tuple[str, ...]] = {}
    seen: set[Target] = set()
    for step in steps:
        keys = {(record.kind, norm(record.id)) for record in step.records if record.id}
        if step.writes:
            acted_on = {(kind, norm(value)) for kind, value in step.targets}
            for key in (keys - seen - acted_on) | ((keys | acted_on) & made.keys()):
                made[key] = (*made.get(key, ()), *step.texts)
        seen |= keys
    return made
