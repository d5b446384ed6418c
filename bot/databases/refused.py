"""Why SQL does not run."""


class Refused(Exception):
    """The SQL is none that may run; the message tells the model what to write instead."""
