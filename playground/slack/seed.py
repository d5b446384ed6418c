"""From the invented company to its Slack workspace: people, channels, and what was said so far."""

from datetime import datetime

from playground.company import Channel, Company, DirectMessages, Person, Saying
from playground.slack.app import JSON, SlackApp
from playground.slack.conversation import Conversation
from playground.slack.people import User
from playground.slack.text import typed
from playground.slack.uploads import new_file
from playground.slack.workspace import UserGroup, Workspace, empty_workspace

FIRST = ("jamal", "ren")
"""Whom a newcomer acts as."""


def company_workspace(company: Company, app: SlackApp, *, base: str, now: float) -> Workspace:
    """Build the company's workspace as it stands at `now`, with a direct message to the bot for everybody."""
    team = company.slack_team
    workspace = empty_workspace(
        app,
        team=team["id"],
        name=team["name"],
        bot_token=app.bot_token,
        people=[_user(person, team["id"]) for person in _ordered(company)],
    )
    workspace.domain = team["domain"]
    _add_teams(workspace, company)
    for channel in company.channels:
        _add_channel(workspace, channel)
    for number, talk in enumerate(company.direct_messages, start=1):
        _add_direct(workspace, talk, number)
    # Channels exist before anything is said, so that every `#name` in a text is found.
    for channel in company.channels:
        _say_all(workspace, workspace.conversations[channel.id], channel.messages, now)
    for number, talk in enumerate(company.direct_messages, start=1):
        _say_all(workspace, workspace.conversations[f"G0DIRECT{number}"], talk.messages, now)
    _add_uploads(workspace, company, base, now)
    _mark_read(workspace, company)
    for user in list(workspace.users.values()):
        if user.kind != "bot":
            workspace.dm(user)
    return workspace


def _ordered(company: Company) -> list[Person]:
    first = [company.renamed(handle) for handle in FIRST]
    rank = {"member": 1, "guest": 2, "outsider": 3}

    def key(person: Person) -> tuple[int, int]:
        return (0, first.index(person.handle)) if person.handle in first else (rank[person.kind], 0)

    return sorted(company.people, key=key)


def _user(person: Person, team: str) -> User:
    return User(
        id=person.slack,
        team=person.slack_team or team,
        handle=person.handle,
        name=person.name,
        kind=person.kind,
        email=person.email,
        zone=person.zone,
        title=person.title,
        company=person.company,
        status=person.status,
        pronouns=person.pronouns,
        hours=person.hours,
        is_admin=person.is_admin,
    )


def _add_teams(workspace: Workspace, company: Company) -> None:
    """Say in the profiles who is in which team and whose manager is who; each team is a user group."""
    teams = {team["id"]: team for team in company.trees["people"]["teams"]}
    for person in company.people:
        user = workspace.users[person.slack]
        user.manager = company.person(person.manager).slack if person.manager else ""
        user.team_name = teams[person.team]["name"] if person.team else ""
    for team in teams.values():
        workspace.groups[team["slack_group"]] = UserGroup(
            id=team["slack_group"],
            handle=team["group_handle"],
            name=team["name"],
            description=team["about"],
            users=tuple(person.slack for person in company.people if person.team == team["id"]),
        )


def _add_channel(workspace: Workspace, channel: Channel) -> None:
    members = [workspace.user(handle).id for handle in channel.members]
    if not channel.is_private:
        # The bot was invited to every open channel, and to none of the private ones.
        members.append(workspace.bot.id)
    workspace.conversations[channel.id] = Conversation(
        id=channel.id,
        name=channel.name.removeprefix("#"),
        kind="private" if channel.is_private else "channel",
        members=members,
        topic=channel.topic,
        purpose=channel.purpose,
        shared_with=channel.shared_with,
    )


def _add_direct(workspace: Workspace, talk: DirectMessages, number: int) -> None:
    members = [workspace.user(handle).id for handle in talk.between]
    name = f"mpdm-{'--'.join(talk.between)}-1"
    # Two people talk in an `im` like the bot's; `group` keeps it out of the bot's way and reads the same.
    direct = Conversation(id=f"G0DIRECT{number}", name=name, kind="group", members=members)
    workspace.conversations[direct.id] = direct


def _say_all(workspace: Workspace, conversation: Conversation, sayings: tuple[Saying, ...], now: float) -> None:
    every = [(saying, "") for saying in sayings]
    every += [(reply, saying.id) for saying in sayings for reply in saying.thread]
    stamps: dict[str, str] = {}
    for saying, root in sorted(every, key=lambda pair: pair[0].at):
        if saying.at.timestamp() <= now:
            stamps[saying.id] = _say(workspace, conversation, saying, stamps.get(root, ""))


def _say(workspace: Workspace, conversation: Conversation, saying: Saying, root: str) -> str:
    author = workspace.user(saying.by)
    text, blocks = typed(workspace, saying.text)
    ts = _free_ts(conversation, _ts(saying.at))
    message: JSON = {
        "type": "message",
        "user": author.id,
        "team": author.team,
        "ts": ts,
        "text": text,
        "client_msg_id": saying.id,
    }
    # The seed is written in mrkdwn; a rich text block would show its stars and backticks as they are.
    if "*" not in text and "`" not in text and "_" not in text:
        message["blocks"] = blocks
    if root:
        message |= {"thread_ts": root, "parent_user_id": conversation.messages[root]["user"]}
    if saying.reactions:
        message["reactions"] = [
            {"name": name, "count": len(who), "users": [workspace.user(handle).id for handle in who]}
            for name, who in saying.reactions.items()
        ]
    conversation.add(message)
    return ts


def _add_uploads(workspace: Workspace, company: Company, base: str, now: float) -> None:
    for upload in company.uploads:
        channel = workspace.channel(upload.channel)
        if channel is None or upload.at.timestamp() > now:
            continue
        user = workspace.user(upload.by)
        stored = new_file(
            workspace,
            base,
            name=upload.name,
            user=user.id,
            size=len(upload.content),
            at=upload.at.timestamp(),
            file=upload.id,
        )
        stored.content = upload.content
        stored.info["channels"] = [channel.id]
        message: JSON = {
            "type": "message",
            "subtype": "file_share",
            "user": user.id,
            "team": user.team,
            "ts": _free_ts(channel, _ts(upload.at)),
            "text": "",
            "files": [stored.info],
        }
        channel.add(message)
        channel.messages = dict(sorted(channel.messages.items()))


def _mark_read(workspace: Workspace, company: Company) -> None:
    for channel in company.channels:
        conversation = workspace.conversations[channel.id]
        latest = max(conversation.messages, default="")
        unread = {workspace.user(handle).id: _ts(at) for handle, at in channel.read.items()}
        conversation.read = {member: unread.get(member, latest) for member in conversation.members}
    for conversation in workspace.conversations.values():
        if conversation.kind == "group":
            conversation.read = dict.fromkeys(conversation.members, max(conversation.messages, default=""))


def _ts(at: datetime) -> str:
    return f"{int(at.timestamp())}.000100"


def _free_ts(conversation: Conversation, ts: str) -> str:
    # Two messages of one minute have the same time in the seed; a ts is there once in a channel.
    seconds, _, micro = ts.partition(".")
    number = int(micro)
    while f"{seconds}.{number:06d}" in conversation.messages:
        number += 100
    return f"{seconds}.{number:06d}"
