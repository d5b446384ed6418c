"""An argument that a card shows in a person's words."""


class Described(str):
    """A value as the tool and the vendor know it (an id), with the words in which `str()` speaks of it.

    For `settle`: the card shows the words, while what is stored, approved and executed is the value alone.
    """

    __slots__ = ("_words",)
    _words: str

    def __new__(cls, value: str, words: str) -> "Described":
        made = super().__new__(cls, value)
        made._words = words
        return made

    def __str__(self) -> str:
        return self._words

    @property
    def plain(self) -> str:
        """The value itself."""
        return "".join(self)
