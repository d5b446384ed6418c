"""The kind way to say that something does not go on: what happened, that nothing was changed, and what to do."""

from collections.abc import Mapping
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class Stopped(Exception):
    """Ends a request with a page that says so.

    `actions` are (words, address), the most likely first; an address of "slack" opens the chat with Pinyon. `why` and
    `details` go to the log beside the page's reference, and never to the page.
    """

    def __init__(
        self,
        *,
        title: str,
        text: str,
        why: str,
        actions: tuple[tuple[str, str], ...] = (("Back to Slack", "slack"),),
        warning: str = "",
        names_visitor: bool = False,
        status: int = 400,
        details: Mapping[str, str] = NOTHING,
    ) -> None:
        super().__init__(why)
        self.title = title
        self.text = text
        self.why = why
        self.actions = actions
        self.warning = warning
        self.names_visitor = names_visitor
        """Begin with "You are signed in as …"."""
        self.status = status
        self.details = details


def nothing_here(*, why: str) -> Stopped:
    """The end of a request for what does not exist, or does not exist for this visitor."""
    return Stopped(
        title="There is nothing here",
        text="The address is not complete, or the page is gone.",
        actions=(("Open Connections", "/connections"), ("Back to Slack", "slack")),
        status=404,
        why=why,
    )
