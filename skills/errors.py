"""What a tool may raise, named for who has to act. A vendor's own failures are in `integrations.errors`."""


class RetryToolCall(Exception):
    """The model mends its arguments and calls again; the message says which argument, what it got and what it wants."""


class ToolFailed(Exception):
    """The tool cannot do this; the model is told, adapts, and does not try the same call again."""
