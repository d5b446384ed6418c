"""Parameter memory on streams of public histories: `python -m tests.benchmarks.membench STREAM...`."""

# ruff: noqa: T201  a command line prints

import argparse
import importlib.util
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import orjson

from memory.parameters.edits import encode
from memory.parameters.evidence import Evidence, Kind, Occasion, PastCall, Value, word_hashes
from memory.parameters.predict import Model
from memory.parameters.suggestion import Suggestion

Same = Callable[[str, Any, Any], bool]
"""Of score.py: (kind, suggested, true) → whether that was right."""
BURN = 500
"""Events that are learned and not counted."""


class Suggested(tuple[Any, float]):
    """A suggestion as score.py reads it: value and confidence."""

    fill: bool
    made: Suggestion

    @classmethod
    def of(cls, made: Suggestion) -> "Suggested":
        one = cls((joined(made.parameter, made.value), made.confidence))
        one.fill, one.made = made.fill, made
        return one


class Memory:
    """The adapter of score.py: translates its events, and nothing else."""

    def __init__(self, workspace: str, args: Mapping[str, str]) -> None:
        self.model = Model({name: kind_of(name, kind) for name, kind in args.items()})
        self.people: dict[str, Evidence] = {}
        self._keys: set[str] = set()

    def suggest(self, event: Mapping[str, Any]) -> dict[str, Suggested]:
        person = event["user"]
        found = self.model.suggest(
            occasion(event), person, self.people.get(person, NOBODY), event["missing"], values(event.get("given") or {})
        )
        return {name: Suggested.of(one) for name, one in found.items()}

    def observe(self, event: Mapping[str, Any]) -> None:
        person = event["user"]
        said: Mapping[str, Any] = event.get("given") or {}
        call = PastCall(
            id=str(event["id"]),
            occasion=occasion(event),
            values=values(event["arguments"]),
            how={name: "said" if name in said else "chose" for name in event["arguments"]},
        )
        self.people[person] = self.model.learn(call, person, self.people.get(person, NOBODY))
        self._keys |= self.model.changed
        self.model.changed.clear()

    @staticmethod
    def fill(suggestion: Suggested) -> bool:
        return suggestion.fill

    def size(self) -> int:
        """Bytes of all people and of the workspace's rows."""
        return sum(self.people_sizes()) + self.rows_size()

    def people_sizes(self) -> list[int]:
        return [len(encode(one).encode()) for one in self.people.values()]

    def rows_size(self) -> int:
        """Bytes of the workspace's rows, as a store keeps them."""
        rows = ((key, self.model.row(key)) for key in self._keys)
        return sum(len(key) + len(orjson.dumps(row)) for key, row in rows if row is not None)


NOBODY = Evidence()
SETS = {"components": ("|", False), "pick_to": (" ", True)}
"""Arguments of the streams that are sets, written as one text: what stands between elements, whether they descend."""


def kind_of(name: str, kind: str) -> Kind:
    return "any" if kind == "any" else "set" if name in SETS else "one"


def joined(name: str, value: Value) -> Value:
    """A set as the stream writes it."""
    if name not in SETS or not isinstance(value, tuple):
        return value
    between, descends = SETS[name]
    return between.join(sorted(value, reverse=descends))


def split(name: str, value: Any) -> Value:
    if isinstance(value, list):
        return tuple(cast("list[str]", value))
    if name not in SETS or not isinstance(value, str):
        return value
    return tuple(sorted(value.split(SETS[name][0])))


def occasion(event: Mapping[str, Any]) -> Occasion:
    context = event["context"]
    return Occasion(
        at=event["ts"],
        place=event.get("channel") or "",
        type=context.get("ext") or "",
        kind=",".join(context.get("mentions") or ()),
        words=word_hashes(event["utterance"]),
        group=event.get("team") or "",
        size=str(context.get("n_files") or ""),
    )


def values(arguments: Mapping[str, Any]) -> dict[str, Value]:
    return {name: split(name, value) for name, value in arguments.items()}


@dataclass(slots=True)
class Fills:
    """How often memory filled in, and how often that was right."""

    right: int = 0
    wrong: int = 0
    slots: int = 0

    def add(self, *, is_filled: bool, is_right: bool) -> None:
        self.slots += 1
        self.right += is_filled and is_right
        self.wrong += is_filled and not is_right

    @property
    def count(self) -> int:
        return self.right + self.wrong

    @property
    def coverage(self) -> float:
        """Filled in and right, of all that was missing."""
        return self.right / max(1, self.slots)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.count)

    def __str__(self) -> str:
        return f"{self.coverage:.3f} at {self.precision:.4f} ({self.count} fills)"


class Watched(Memory):
    """The product's own decision to fill in, counted beside what the scorer counts. The same slots: after `BURN`."""

    def __init__(self, workspace: str, args: Mapping[str, str], *, same: Same) -> None:
        super().__init__(workspace, args)
        self._args, self._same = args, same
        self._suggested: Mapping[str, Suggested] = {}
        self._seen = 0
        self._calls: Counter[str] = Counter()
        self.by_argument: defaultdict[str, Fills] = defaultdict(Fills)
        self.by_person: defaultdict[str, Fills] = defaultdict(Fills)
        self.by_age: defaultdict[str, Fills] = defaultdict(Fills)
        self.seconds = 0.0
        """Processor time of all suggestions: other work on the machine does not count."""

    def suggest(self, event: Mapping[str, Any]) -> dict[str, Suggested]:
        begun = time.process_time()
        found = super().suggest(event)
        self.seconds += time.process_time() - begun
        self._suggested = found
        return found

    def observe(self, event: Mapping[str, Any]) -> None:
        person = event["user"]
        self._seen += 1
        self._calls[person] += 1
        if self._seen > BURN:
            for name, truth in event["arguments"].items():
                self._judge(person, name, truth)
        super().observe(event)

    def _judge(self, person: str, name: str, truth: Any) -> None:
        made = self._suggested.get(name)
        is_filled = made is not None and made.fill
        is_right = made is not None and self._same(self._args[name], made[0], truth)
        for fills in (self.by_argument[name], self.by_person[person], self.by_age[age(self._calls[person])]):
            fills.add(is_filled=is_filled, is_right=is_right)

    def report(self) -> None:
        macro = sum(one.coverage for one in self.by_argument.values()) / max(1, len(self.by_argument))
        print(f"  own fill: macro {macro:.4f}")
        for name, one in self.by_argument.items():
            print(f"    {name:14s} {one}")
        for name in AGES.values():
            print(f"    {name:14s} {self.by_age[name]}")
        often = [one for one in self.by_person.values() if one.count >= 20]
        badly = sum(one.precision < 0.9 for one in often)
        print(f"    people with 20 fills or more: {len(often)}; with fewer than 90 % right: {badly}")
        sizes = self.people_sizes()
        print(f"  bytes: a person {sum(sizes) / len(sizes):.0f}, the largest {max(sizes)}; rows {self.rows_size()}")
        print(f"  processor time of a suggestion: {1000 * self.seconds / self._seen:.3f} ms")


AGES = {1: "first call", 5: "calls 2 to 5", 20: "calls 6 to 20", 10**9: "later calls"}


def age(call: int) -> str:
    return next(name for last, name in AGES.items() if call <= last)


def scorer(folder: Path) -> ModuleType:
    """score.py, which lies beside the streams and is no package."""
    spec = importlib.util.spec_from_file_location("membench_score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"no score.py in {folder}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(stream: Path, *, limit: int | None = None) -> tuple[dict[str, Any], Watched]:
    """What score.py finds on one stream, and the memory as it is then."""
    score = scorer(stream.resolve().parents[2])
    made: list[Watched] = []

    def make(workspace: str, args: Mapping[str, str]) -> Watched:
        made.append(Watched(workspace, args, same=score.same))
        return made[0]

    return score.score(str(stream), make, BURN, limit), made[0]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("streams", nargs="+", type=Path)
    options.add_argument("--limit", type=int)
    chosen = options.parse_args()
    results: list[dict[str, Any]] = []
    for stream in chosen.streams:
        result, memory = measure(stream, limit=chosen.limit)
        results.append(result)
        tell(result)
        memory.report()
    print(f"mean of cov95_macro: {sum(one['cov95_macro'] for one in results) / len(results):.4f}")


def tell(result: Mapping[str, Any]) -> None:
    print(
        f"{result['dataset']}: cov95_macro {result['cov95_macro']:.4f}, cov95 {result['cov95']:.4f} "
        f"at {result['precision'] or 0:.4f}, top1 {result['top1']:.4f}, ece {result['ece']:.4f}, "
        f"drift lag {result['drift_lag_mean']}, leak {result['leak_k3_per_1000']}, "
        f"suggest {result['suggest_ms_mean']:.3f} ms"
    )
    for name, one in result["per_arg"].items():
        print(f"    {name:14s} {one['cov95_own_gate']:.3f} at {one['prec_own_gate']:.3f}, top1 {one['top1']:.3f}")


if __name__ == "__main__":
    main()
