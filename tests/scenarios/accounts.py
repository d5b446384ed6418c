"""Accounts as they stand after somebody allowed everything that the skills ask for (test_connecting.py)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from integrations.integration import Account, Site, Tokens
from memory.grants import Grants
from memory.ids import PersonId
from playground.servers import Servers
from skills.catalog import skill_catalog

HOURS = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a consent brings."""

    account: Account
    given: Mapping[str, Any]
    """As the vendor's token endpoint answers."""
    site: Site | None = None


def person_of(servers: Servers, handle: str) -> PersonId:
    """Somebody's id in Pinyon."""
    return PersonId(f"{servers.slack.workspace.id}:{servers.slack.user(handle).id}")


async def connect(
    grants: Grants, servers: Servers, handle: str, services: tuple[str, ...], *, lasts: timedelta = HOURS
) -> None:
    """Connect somebody's accounts, GitHub's if none is named."""
    now = datetime.now(UTC)
    for service in services or ("github",):
        signed_in = sign_in(servers, handle, service)
        refresh, scope = signed_in.given.get("refresh_token"), str(signed_in.given["scope"])
        await grants.grant(
            person_of(servers, handle),
            service,
            account=signed_in.account,
            tokens=Tokens(
                access=SecretStr(signed_in.given["access_token"]),
                refresh=SecretStr(refresh) if refresh else None,
                expires_at=now + lasts if refresh else None,
                refresh_expires_at=None,
                scopes=tuple(re.split(r"[,\s]+", scope)) if scope else (),
            ),
            now=now,
            site=signed_in.site,
        )


def sign_in(servers: Servers, handle: str, service: str) -> SignedIn:
    person = servers.company.person(handle)
    match service:
        case "github":
            given = servers.github.sign_in(handle)
            return SignedIn(account=Account(id=str(given["login"]), name=str(given["login"])), given=given)
        case "atlassian":
            jira = servers.atlassian
            return SignedIn(
                account=Account(id=str(person.jira), name=person.name, email=person.email),
                given=jira.sign_in(handle),
                site=Site(id=jira.cloud_id, name="tamarack", url=jira.site_url),
            )
        case "google":
            account = Account(id=person.email, name=person.email, email=person.email)
            asked = [skill.scopes for skill in skill_catalog().values() if skill.integration == service]
            scopes = {scope for one in asked for scope in (*one.read, *one.write)}
            return SignedIn(account=account, given=servers.google.sign_in(handle, scopes))
        case _:
            account = Account(id=person_of(servers, handle), name=handle)
            return SignedIn(account=account, given=servers.slack.sign_in_user(handle))
