"""What the skill needs beside the writing itself: a place for pages, and a browser that prints."""

from typing import Protocol


class Publishes(Protocol):
    """Acts for one person in one conversation."""

    @property
    def by(self) -> str:
        """The line under a document's title: whom it was made for, and when."""
        ...

    async def publish(self, title: str, html: str) -> str:
        """Keep a page and say where its people open it; empty where pages have no address. Again, the same place."""
        ...

    async def pdf(self, html: str) -> bytes:
        """A page as PDF. Raises documents.writing.NoBrowser, and NotWritten."""
        ...
