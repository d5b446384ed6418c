"""Endpoints about accounts and the organisation."""

from playground.github import errors
from playground.github.calls import Answer, Call, Route, page
from playground.github.shapes import people, repositories
from playground.github.world import Account


def read_self(call: Call) -> Answer:
    return Answer(body=people.own_profile(call.site, call.who))


def list_own_emails(call: Call) -> Answer:
    return page(call, [call.who], people.email)


def list_own_repositories(call: Call) -> Answer:
    found = sorted(call.world.visible(call.who), key=lambda repository: repository.name)
    return page(call, found, lambda repository: repositories.repository(call.site, repository, call.who))


def list_own_organisations(call: Call) -> Answer:
    own = [call.world] if call.who.member else []
    return page(call, own, lambda _: people.organisation(call.site))


def read_person(call: Call) -> Answer:
    found = call.world.account(call.match["login"])
    if found is None:
        raise errors.not_found()
    return Answer(body=people.profile(call.site, found))


def read_organisation(call: Call) -> Answer:
    _need_organisation(call)
    return Answer(body=people.organisation(call.site))


def list_organisation_repositories(call: Call) -> Answer:
    _need_organisation(call)
    return page(call, call.world.visible(call.account), lambda repository: repositories.minimal(call.site, repository))


def list_members(call: Call) -> Answer:
    """Only members see who is a member; there are no public ones."""
    _need_organisation(call)
    members = [account for account in call.world.accounts.values() if account.member]
    shown = members if call.account and call.account.member else []
    return page(call, shown, lambda account: people.user(call.site, account))


def list_teams(call: Call) -> Answer:
    _need_organisation(call)
    if not call.who.member:
        raise errors.not_found()
    return page(call, list(call.world.teams.values()), lambda team: people.team(call.site, team))


def list_team_members(call: Call) -> Answer:
    _need_organisation(call)
    team = call.world.teams.get(call.match["team"])
    if team is None or not call.who.member:
        raise errors.not_found()
    members: list[Account] = [account for account in call.world.accounts.values() if account.team == team.slug]
    return page(call, members, lambda account: people.user(call.site, account))


def _need_organisation(call: Call) -> None:
    if call.match["org"].lower() != call.world.organisation.lower():
        raise errors.not_found()


ROUTES = (
    Route("GET", "/user", read_self),
    Route("GET", "/user/emails", list_own_emails),
    Route("GET", "/user/repos", list_own_repositories),
    Route("GET", "/user/orgs", list_own_organisations),
    Route("GET", "/users/{login}", read_person),
    Route("GET", "/orgs/{org}", read_organisation),
    Route("GET", "/orgs/{org}/repos", list_organisation_repositories),
    Route("GET", "/orgs/{org}/members", list_members),
    Route("GET", "/orgs/{org}/teams", list_teams),
    Route("GET", "/orgs/{org}/teams/{team}/members", list_team_members),
)
