"""A Google that behaves like the real one as far as Pinyon needs it: sign-in, mail, files, calendar."""

from playground.google.server import GoogleServer

__all__ = ["GoogleServer"]
