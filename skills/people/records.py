"""What the gate is told of people: whom a row names, in every form that a tool may take."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from integrations.slack.models import Group, User
from skills.record import Record


def of_person(user: User, shown: JsonValue) -> Record:
    """One person; `shown` is what the model reads of them.

    Their id is the address, which mails, invitations and sharings take; where Slack does not tell it, Slack's id. The
    name and most of the rest is what they wrote themselves, so none of it is the asker's own; a handle is no key, for
    people choose it too, and another one's first name may be free. Only they are known to have seen it.
    """
    name = user.known_as
    return Record(
        kind="person",
        id=user.profile.email.lower() or user.id,
        name=user.called,
        keys=tuple(filter(None, (user.id, user.profile.email.lower()))),
        author=name,
        readers=frozenset({name, f"slack:{user.id}".lower()}),
        text="\n".join(_strings(shown)),
    )


def of_people(users: Iterable[User], rows: Sequence[JsonValue]) -> tuple[Record, ...]:
    return tuple(of_person(user, row) for user, row in zip(users, rows, strict=True))


def of_group(group: Group) -> Record:
    """A group with its description, which its members may write."""
    return Record(
        kind="group",
        id=f"@{group.handle}",
        name=group.name or group.handle,
        keys=(f"@{group.handle}", group.id),
        text=group.description,
    )


def _strings(value: JsonValue) -> list[str]:
    """Every text in `value`."""
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    return [value] if isinstance(value, str) else []
