"""Every Web API method that this Slack knows, by name."""

from collections.abc import Mapping

from playground.slack.call import Registered
from playground.slack.methods import (
    agents,
    chat,
    conversations,
    files,
    profiles,
    search,
    signing_in,
    streams,
    users,
    views,
)

METHODS: Mapping[str, Registered] = {
    name: registered
    for module in (agents, chat, conversations, files, profiles, search, signing_in, streams, users, views)
    for name, registered in module.METHODS.known.items()
}
