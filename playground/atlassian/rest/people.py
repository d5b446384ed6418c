"""Endpoints about people and about the site itself."""

from collections.abc import Iterable

from playground.atlassian import errors, scopes
from playground.atlassian.calls import MOST_PER_PAGE, Answer, Call, Route
from playground.atlassian.shapes import people
from playground.atlassian.world import Account

V3 = "/rest/api/3"


def read_self(call: Call) -> Answer:
    return Answer(body=people.own(call.view, call.who))


def read_person(call: Call) -> Answer:
    found = call.world.accounts.get(call.word("accountId"))
    if found is None:
        raise errors.said("Specified user does not exist or you do not have required permissions", status=404)
    return Answer(body=people.user(call.view, found))


def search(call: Call) -> Answer:
    """People by the beginning of a word of their name, or of their address."""
    if not call.word("query") and not call.word("accountId"):
        raise errors.said("The query parameter is required.")
    return _found(call, call.world.accounts.values())


def search_assignable(call: Call) -> Answer:
    """People to whom a ticket of a project may be given: here everybody."""
    if not call.word("project") and not call.word("issueKey"):
        raise errors.said("Either a project or an issue key must be given.")
    if (name := call.word("project")) and call.jira.project(name) is None:
        raise errors.no_project(name)
    if name := call.word("issueKey"):
        call.jira.issue(call.who, name)
    return _found(call, call.world.accounts.values())


def server(call: Call) -> Answer:
    return Answer(
        body={
            "baseUrl": call.view.site,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100_300,
            "buildDate": call.view.stamp(call.now),
            "serverTime": call.view.stamp(call.now),
            "scmInfo": "playground",
            "serverTitle": "Jira",
        }
    )


def _found(call: Call, accounts: Iterable[Account]) -> Answer:
    wanted, only = call.word("query").casefold(), call.word("accountId")
    matching = [a for a in accounts if (not only or a.id == only) and _matches(a, wanted)]
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), MOST_PER_PAGE)
    return Answer(body=[people.user(call.view, account) for account in matching[start : start + size]])


def _matches(account: Account, wanted: str) -> bool:
    name = account.name.casefold()
    words = [name, *name.replace("-", " ").split(), account.email]
    return any(word.startswith(wanted) for word in words)


ROUTES = (
    Route("GET", f"{V3}/myself", read_self, scopes.USER),
    Route("GET", f"{V3}/user", read_person, scopes.USER),
    Route("GET", f"{V3}/user/search", search, scopes.USER),
    Route("GET", f"{V3}/user/assignable/search", search_assignable, scopes.USER),
    Route("GET", f"{V3}/serverInfo", server, ()),
)
