"""The kinds of evidence that a suggestion is mixed from, and where each keeps its weights."""

ALL, RECENT, PLACE, ALIKE, WORDS, WITH, AFTER = range(7)
"""Of the person's own calls: all; the newest; in this channel; in this channel and of this kind; with such words; with
the same other arguments; after the same two values."""
TEAM, TEAM_NOW, TEAM_PLACE, TEAM_ALIKE, TEAM_GROUP, TEAM_AFTER, TEAM_WITH, TEAM_WORDS = range(7, 15)
"""Of everybody's: all; the newest; in this channel, for the same given arguments; the same and of this type; by people
of the same host; after the same value; with the same other arguments; with such words."""
COUNT = 15

AMOUNTS = 6
"""Steps of how much of one source there is: a weight is learned for each."""
RUN = COUNT * AMOUNTS
"""Weights for the value of the last calls, by how many of them had it, 0 to `LONGEST_RUN`."""
LONGEST_RUN = 6
TURN = RUN + LONGEST_RUN + 1
"""Weights for a value that came up lately and replaced another, by the calls since, 0 to `LONGEST_TURN`."""
LONGEST_TURN = 4
BLANK = TURN + LONGEST_TURN + 1
"""Weight for leaving it blank."""
ELEMENTS = BLANK + 1
"""Weight for what the elements of a set say, one by one."""
NEW = ELEMENTS + 1
"""Weight for something that nobody here can foresee; where several values may be right, for any of them."""
WEIGHTS = NEW + 1


def amount(total: float) -> int:
    """The step of `total`, a decayed number of calls."""
    if total < 3.5:
        return 0 if total < 0.5 else 1 if total < 1.5 else 2
    return 3 if total < 8 else 4 if total < 20 else 5


_FIRST = {
    ALL: 0.12,
    RECENT: 0.12,
    PLACE: 0.12,
    ALIKE: 0.12,
    WORDS: 0.14,
    WITH: 0.1,
    AFTER: 0.1,
    TEAM: 0.08,
    TEAM_NOW: 0.08,
    TEAM_PLACE: 0.18,
    TEAM_ALIKE: 0.13,
    TEAM_GROUP: 0.08,
    TEAM_AFTER: 0.11,
    TEAM_WITH: 0.08,
    TEAM_WORDS: 0.2,
}
_FIRST_RUN = (0.2, 0.22, 0.3, 0.3, 0.28, 0.28, 0.4)
_FIRST_TURN = (0.0, 0.5, 2.0, 2.0, 2.0)
_FIRST_ELEMENTS = 0.1
_FIRST_NEW = -1.5


def first_weights() -> list[float]:
    """What the weights are before anything was learned: about what they came to be on three public histories."""
    return [
        *(_FIRST[source] for source in range(COUNT) for _ in range(AMOUNTS)),
        *_FIRST_RUN,
        *_FIRST_TURN,
        0.0,
        _FIRST_ELEMENTS,
        _FIRST_NEW,
    ]
