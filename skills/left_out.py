"""How a model says that a value is left out on purpose: where it says nothing, memory may put in what is usual."""

NONE = "none"
ALL = "all"
_WORDS = frozenset({"", NONE, ALL})


def unless_left_out(value: str | None) -> str | None:
    """`value`, or None where it stands for no value: for none at all, or in a search for all that there are."""
    return None if value is None or value.strip().lower() in _WORDS else value
